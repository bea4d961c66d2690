from odoo import api, fields, models

# What a request is made for: anything else does not make it stale.
HEADER_TERMS = (
    "state",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "currency_id",
    "pricelist_id",
    "fiscal_position_id",
    "payment_term_id",
    "preferred_payment_method_line_id",
    "commitment_date",
    "requested_date",
    "requested_window_from",
    "requested_window_to",
    "carrier_id",
    "order_priority",
    "delivery_instructions",
)
LINE_TERMS = (
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "qty_delivered",
    "qty_invoiced",
)


def _get_plain(value):
    if isinstance(value, models.BaseModel):
        return sorted(value.ids) if len(value) > 1 else value.id
    if isinstance(value, bool) or value is None:
        return value or False
    return round(value, 6) if isinstance(value, int | float) else str(value)


class SaleOrder(models.Model):
    """The order under change control: its requests, and what they are made for."""

    _inherit = "sale.order"

    change_ids = fields.One2many(
        "sales.order.change",
        "order_id",
        string="Change Requests",
        groups="base.group_user",
        help="What was to be changed since the order was confirmed, and what became "
        "of it.",
    )
    change_count = fields.Integer(
        compute="_compute_request_counts",
        groups="base.group_user",
        help="Number of change requests that you may read.",
    )
    is_change_controlled = fields.Boolean(
        string="Under Change Control",
        compute="_compute_is_change_controlled",
        groups="base.group_user",
        help="The order is, or was, confirmed and changes only through change "
        "requests.",
    )

    @api.depends("change_ids")
    def _compute_request_counts(self):
        return super()._compute_request_counts()

    @api.model
    def _get_request_counters(self):
        return {**super()._get_request_counters(), "change_count": "sales.order.change"}

    @api.depends("state", "company_id")
    def _compute_is_change_controlled(self):
        for order in self:
            order.is_change_controlled = order._is_change_controlled()

    def _is_under_control(self, operation):
        # sudo: a setting of the company.
        return super()._is_under_control(operation) or (
            operation == "change" and self.company_id.sudo().sales_change_control
        )

    def _is_change_controlled(self):
        """Return whether nothing but a change request may alter this order.

        Once confirmed it stays what it was, also when it is cancelled or a quotation
        again: else one cancels, edits and confirms past everybody who has to decide.
        """
        self.ensure_one()
        return self._is_under_control("change") and (
            self.state == "sale" or self._was_confirmed()
        )

    # === What a request is made for === #

    def _get_change_terms(self):
        """Return what the order is now as plain data: terms, lines and progress."""
        self.ensure_one()
        # sudo: who reads the order need not read its carrier or taxes.
        order = self.sudo()
        lines = order.order_line.filtered(lambda line: not line.display_type)
        return {
            "header": {name: _get_plain(order[name]) for name in HEADER_TERMS},
            "lines": {
                str(line.id): {name: _get_plain(line[name]) for name in LINE_TERMS}
                for line in lines
            },
        }

    @api.model
    def _get_terms_conflicts(self, old, new):
        """Return what differs between two results of :meth:`_get_change_terms`.

        :return: list of dicts with ``where``, ``field``, ``old`` and ``new`` as text
        """
        label = self.env._("Order")
        found = self._compare_terms(self, label, old["header"], new["header"])
        lines = self.env["sale.order.line"].sudo()
        for id_ in dict.fromkeys([*old["lines"], *new["lines"]]):
            before, after = old["lines"].get(id_), new["lines"].get(id_)
            name = lines.browse(int(id_)).exists().product_id.display_name
            where = name or self.env._("Line %s", id_)
            if before and after:
                found += self._compare_terms(lines, where, before, after)
            else:
                words = (self.env._("not there"), self.env._("there"))
                pair = words if after else words[::-1]
                found.append(
                    {"where": where, "field": "", "old": pair[0], "new": pair[1]}
                )
        return found

    @api.model
    def _compare_terms(self, records, where, old, new):
        return [
            {
                "where": where,
                "field": records._fields[name]._description_string(self.env),
                "old": self._get_term_text(records, name, old.get(name)),
                "new": self._get_term_text(records, name, value),
            }
            for name, value in new.items()
            if old.get(name) != value
        ]

    @api.model
    def _get_term_text(self, records, name, value):
        field = records._fields[name]
        if value and field.relational:
            # sudo: the name of what the order itself shows.
            others = self.env[field.comodel_name].sudo().browse(value).exists()
            return ", ".join(others.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "-")
        return "-" if value is False or value is None else str(value)

    # === Buttons === #

    def action_open_change(self):
        """Open a new change request of this confirmed order.

        :return: window action
        :raise ChangeError: if the order is not confirmed
        """
        self.ensure_one()
        self.check_access("write")
        self.env["sales.order.change"].new({"order_id": self.id})._check_order()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change %s", self.name),
            "res_model": "sales.order.change",
            "views": [(False, "form")],
            "context": {"default_order_id": self.id},
        }

    def action_view_changes(self):
        """Open the change requests of this order.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_change_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }
