from odoo import models

# What a dispute is about later. Prices are watched from the first draft on, the rest
# as soon as somebody else has seen the order.
PRICE_FIELDS = frozenset({"discount", "price_unit"})
LINE_FIELDS = PRICE_FIELDS | {
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
}
ORDER_FIELDS = frozenset(
    {
        "commitment_date",
        "company_id",
        "fiscal_position_id",
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "payment_term_id",
        "pricelist_id",
        "user_id",
    }
)


class SaleOrder(models.Model):
    """Who changed what of an order that somebody else has seen: old and new."""

    _name = "sale.order"
    _inherit = ["sale.order", "sales.audit.change.mixin"]

    def write(self, vals):
        seen = self if not ORDER_FIELDS.isdisjoint(vals) else self.browse()
        seen = seen.filtered(lambda order: order.state != "draft")
        before = seen._read_for_audit(ORDER_FIELDS.intersection(vals))
        result = super().write(vals)
        seen._log_changes("order.changed", before)
        return result


class SaleOrderLine(models.Model):
    """Changes of lines as events of their order."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "sales.audit.change.mixin"]

    def _get_audited_document(self):
        return self.order_id

    def _prepare_change_data(self):
        return {"line": self.product_id.display_name or self.name}

    def write(self, vals):
        names = LINE_FIELDS.intersection(vals)
        if not names:
            return super().write(vals)
        drafts = self.filtered(lambda line: line.state == "draft")
        before = {
            **(self - drafts)._read_for_audit(names),
            **drafts._read_for_audit(names & PRICE_FIELDS),
        }
        result = super().write(vals)
        self._log_changes("order.line_changed", before)
        return result

    def unlink(self):
        events = self.env["sales.audit.event"]
        seen = self.filtered(lambda line: line.product_id and line.state != "draft")
        vals_list = [
            events._prepare_event_vals(
                line.order_id,
                "order.line_removed",
                {**line._prepare_change_data(), "quantity": line.product_uom_qty},
            )
            for line in seen
        ]
        result = super().unlink()
        if vals_list:
            events._add(vals_list)
        return result
