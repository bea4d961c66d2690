from odoo import api, fields, models

from .sale_order_quotation import OPEN_STATES


class SaleOrder(models.Model):
    """When the customer looked at his quotation."""

    _inherit = "sale.order"

    quotation_view_ids = fields.One2many(
        "sales.quotation.view",
        "order_id",
        string="Views",
        groups="base.group_user",
        help="Visits of the customer to the page of the quotation.",
    )
    quotation_view_count = fields.Integer(
        string="Number of Views",
        compute="_compute_quotation_views",
        store=True,
        groups="base.group_user",
        help="Visits of people; programs are not counted.",
        prefetch="sales_rare",
    )
    first_viewed_on = fields.Datetime(
        compute="_compute_quotation_views",
        store=True,
        groups="base.group_user",
        help="When somebody looked at it for the first time.",
        prefetch="sales_rare",
    )
    last_viewed_on = fields.Datetime(
        compute="_compute_quotation_views",
        store=True,
        groups="base.group_user",
        help="When somebody looked at it for the last time.",
        prefetch="sales_rare",
    )

    @api.depends("quotation_view_ids.agent", "quotation_view_ids.date")
    def _compute_quotation_views(self):
        for order in self:
            views = order.quotation_view_ids.filtered(lambda v: v.agent == "human")
            dates = views.mapped("date")
            order.quotation_view_count = len(views)
            order.first_viewed_on = min(dates, default=False)
            order.last_viewed_on = max(dates, default=False)

    def _record_view(self, *, kind, address, agent_text, partner):
        """Count a hit of the customer; tell the salesperson of a new visit.

        :return: whether it is the visit of a person that was not known yet
        """
        self.ensure_one()
        if self.state not in OPEN_STATES:
            return False
        # sudo: visitors have no rights on the visits.
        view = (
            self.env["sales.quotation.view"]
            .sudo()
            ._record_hit(
                self, kind=kind, address=address, agent_text=agent_text, partner=partner
            )
        )
        if view.agent != "human":
            return False
        self._note_view(view)
        return True

    def _note_view(self, view):
        """Leave Odoo's own note, once a visit, in the language of the salesperson."""
        lang = self.user_id.lang or self.company_id.partner_id.lang
        order = self.with_context(lang=lang)
        order.message_post(
            body=order.env._(
                "Quotation viewed by customer %(name)s", name=view.partner_id.name
            ),
            message_type="notification",
            subtype_xmlid="sale.mt_order_viewed",
        )

    def action_view_quotation_views(self):
        """Open the visits of the customer.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_quotation_view_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        return action
