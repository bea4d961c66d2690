from datetime import timedelta

from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the type and the channel of a quotation decide, after Odoo's own defaults.

    Each compute asks Odoo first, so that a type without an opinion changes
    nothing, and what is written by hand stays until the type is changed.
    """

    _inherit = "sale.order"

    def _apply_desk_defaults(self, name):
        """Set the field ``name`` of quotations from their type, else their channel."""
        for order in self.filtered(lambda one: one.state in ("draft", "sent")):
            given = order._get_desk_default(name)
            if given:
                order[name] = given

    def _get_desk_default(self, name):
        """Return what type or channel say; they may be shared, their values not."""
        sources = (self.order_type_id, self.sales_channel_id, self.territory_id)
        for source in sources:
            value = source[name] if name in source._fields else False
            if value and (not value.company_id or value.company_id == self.company_id):
                return value
        return False

    @api.depends("order_type_id")
    def _compute_payment_term_id(self):
        result = super()._compute_payment_term_id()
        self._apply_desk_defaults("payment_term_id")
        return result

    @api.depends("order_type_id", "sales_channel_id")
    def _compute_pricelist_id(self):
        result = super()._compute_pricelist_id()
        drafts = self.filtered(lambda order: order.state == "draft")
        drafts._apply_desk_defaults("pricelist_id")
        return result

    @api.depends("order_type_id", "sales_channel_id")
    def _compute_warehouse_id(self):
        result = super()._compute_warehouse_id()
        self._apply_desk_defaults("warehouse_id")
        return result

    @api.depends("sales_channel_id", "territory_id")
    def _compute_team_id(self):
        result = super()._compute_team_id()
        self._apply_desk_defaults("team_id")
        return result

    @api.depends("order_type_id")
    def _compute_journal_id(self):
        result = super()._compute_journal_id()
        self._apply_desk_defaults("journal_id")
        return result

    def _compute_validity_date(self):
        # Not a dependency: another customer asks for the type again, and must not
        # undo a date that was typed.
        result = super()._compute_validity_date()
        self._apply_type_validity()
        return result

    def _compute_expected_date(self):
        # Of all orders of a list at once; each line asks for the type of its order.
        # sudo: the type is internal, the customer may be the one who asks.
        self.sudo().order_type_id.mapped("lead_days_cut")
        return super()._compute_expected_date()

    def _apply_type_validity(self):
        for order in self.filtered("order_type_id.validity_days"):
            days = order.order_type_id.validity_days
            today = fields.Date.context_today(order)
            order.validity_date = today + timedelta(days=days)

    @api.onchange("order_type_id")
    def _onchange_order_type_id(self):
        """Load the template of the type, and price samples, as one looks on."""
        self._apply_type_validity()
        template = self._get_desk_default("template_id")
        if template and template != self.sale_order_template_id:
            self.sale_order_template_id = template
            self._onchange_sale_order_template_id()
        self._sync_sample_prices()

    def _sync_sample_prices(self):
        """Price the lines of samples at zero, and former samples as usual again."""
        for order in self.filtered(lambda one: one.state in ("draft", "sent")):
            lines = order._get_update_prices_lines()
            if order._is_sample():
                lines = lines.with_context(force_price_recomputation=True)
            else:
                # A price of zero that nobody gave; one given by hand stays.
                lines = lines.filtered(
                    lambda line: not line.price_unit and not line.technical_price_unit
                )
            lines._compute_price_unit()

    def _is_sample(self):
        self.ensure_one()
        # sudo: the type is internal, the customer may be the one who orders.
        return self.sudo().order_type_id.kind == "sample"


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _reset_price_unit(self):
        if self.order_id._is_sample():
            self.update({"price_unit": 0.0, "technical_price_unit": 0.0})
            return None
        return super()._reset_price_unit()

    def _expected_date(self):
        """Cut the lead time by what the type promises, never before the order."""
        expected = super()._expected_date()
        # sudo: the type is internal, the customer may be the one who asks.
        cut = self.sudo().order_id.order_type_id.lead_days_cut
        lead = int(self.customer_lead or 0)
        return expected - timedelta(days=min(cut, lead)) if cut else expected

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        route = self.order_id.sudo()._get_desk_default("route_id")
        if route and not self.route_ids:
            values["route_ids"] = route.sudo(self.env.su)
        return values
