from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    backorder_ids = fields.One2many(
        "sales.backorder",
        "order_id",
        string="Backorders",
        groups="base.group_user",
        help="What was or is missing of this order.",
    )
    backorder_count = fields.Integer(
        string="Open Backorders",
        compute="_compute_backorder_count",
        groups="base.group_user",
        help="Number of lines that stock cannot cover now.",
    )

    @api.depends("backorder_ids.state")
    def _compute_backorder_count(self):
        counts = self._count_beside()
        for order in self:
            key = ("sales.backorder", order._origin.id)
            order.backorder_count = counts.get(key, 0)

    def _get_count_queries(self):
        queries = super()._get_count_queries()
        backorders = self.env["sales.backorder"]
        if backorders._has_records() and backorders.has_access("read"):
            domain = [("order_id", "in", self._origin.ids), ("state", "=", "open")]
            queries.append(self._get_count_query(backorders, "order_id", domain))
        return queries

    def _after_state(self, state):
        super()._after_state(state)
        if state in ("sale", "cancel", "draft"):
            # A cancelled order may have no move left that would tell.
            self.order_line._note_stock_changes(self.order_line.ids)

    @api.model
    def _get_desk_counters(self):
        return [
            *super()._get_desk_counters(),
            {
                "key": "backordered",
                "sequence": 30,
                "label": self.env._("Backordered"),
                "help": self.env._("Orders with lines that stock cannot cover now"),
                "count": self.search_count(self._get_backordered_domain()),
                "tone": "warning",
                "filter": "backordered",
            },
        ]

    @api.model
    def _get_backordered_domain(self):
        return Domain("backorder_ids", "any", [("state", "=", "open")])

    def _get_portal_backorders(self):
        """Return the open backorders of the order, for its page in the portal.

        :return: records in sudo: the page is also open to who has its access token
        """
        self.ensure_one()
        return self.sudo().backorder_ids.filtered(lambda b: b.state == "open")

    def action_view_backorders(self):
        """Open the backorders of the order.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_backorder_plus.sales_backorder_action"
        )
        action.update(domain=[("order_id", "=", self.id)], context={})
        if self.backorder_count == 1:
            backorder = self.backorder_ids.filtered(lambda b: b.state == "open")
            action.update(views=[(False, "form")], res_id=backorder.id)
        return action
