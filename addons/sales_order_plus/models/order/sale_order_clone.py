from odoo import models
from odoo.fields import Command

from ...exceptions import CloneError

# What is agreed with the customer at the time: computed anew with today's prices.
TODAYS_TERMS = frozenset(
    {
        "customer_class",
        "fiscal_position_id",
        "journal_id",
        "opportunity_id",
        "payment_term_id",
        "preferred_payment_method_line_id",
        "prepayment_percent",
        "pricelist_id",
        "require_payment",
        "require_signature",
    }
)
# What belongs to the customer without being computed from him.
CUSTOMER_FIELDS = frozenset({"pickup_location_data"})
MAX_FACTOR = 1_000_000
# What prices follow from; without them the line computes today's.
PRICE_FIELDS = ("discount", "extra_tax_data", "price_unit", "technical_price_unit")


class SaleOrder(models.Model):
    """A new quotation made of an old order.

    Built on ``copy_data``, so what a field says with ``copy=False`` holds:
    signatures, tokens, approvals, keys of origin and transactions stay behind.
    """

    _inherit = "sale.order"

    def _clone(
        self,
        quantity_factor=1.0,
        partner=None,
        reprice=True,
        copy_notes=True,
        copy_attachments=False,
    ):
        """Make a draft quotation of this order.

        :param float quantity_factor: what all quantities are multiplied by
        :param partner: the customer, if it is for another one
        :param bool reprice: today's prices and discounts instead of the old ones
        :param bool copy_notes: terms and note lines
        :return: the quotation, and the lines left out since their product is archived
        :raise CloneError: if the factor is not positive, or nothing is left to sell
        """
        self.ensure_one()
        self._check_quantity_factor(quantity_factor)
        lines, left_out = self._get_clone_lines(copy_notes)
        vals = self._prepare_clone_vals(partner, reprice, copy_notes)
        vals["order_line"] = [
            Command.create(line_vals)
            for line_vals in self._prepare_clone_line_vals(
                lines, quantity_factor, reprice, bool(partner)
            )
        ]
        clone = self.create(vals)
        self.env["sales.order.link"]._link(self, clone, "clone")
        if copy_attachments:
            self._copy_attachments_to(clone)
        self._tell_clone(clone, left_out)
        return clone, left_out

    def _check_quantity_factor(self, factor):
        """Refuse a factor that is no quantity, or that leaves nothing of a line."""
        if not isinstance(factor, int | float) or not 0 < factor <= MAX_FACTOR:
            raise CloneError(
                self.env._(
                    "Quantity Factor: %s is not between 0 and a million. "
                    "Enter 1 to keep the quantities.",
                    factor,
                ),
                field="quantity_factor",
                rule="positive",
            )
        for line in self._get_plain_lines().filtered("product_uom_qty"):
            if line.product_uom_id.is_zero(line.product_uom_qty * factor):
                raise CloneError(
                    self.env._(
                        "Quantity Factor: with %(factor)s nothing is left of %(line)s. "
                        "Enter a larger one.",
                        factor=factor,
                        line=line.product_id.display_name,
                    ),
                    field="quantity_factor",
                    rule="rounds_to_nothing",
                )

    # === Lines === #

    def _get_clone_lines(self, copy_notes):
        """Return the lines to copy, and those whose product is archived."""
        lines = self._get_plain_lines()
        if not copy_notes:
            lines = lines.filtered(lambda line: line.display_type != "line_note")
        left_out = lines.filtered(lambda line: line._has_archived_product())
        left_out |= lines.filtered(lambda line: line.linked_line_id in left_out)
        lines -= left_out
        if not lines.filtered("product_id"):
            raise CloneError(
                self.env._(
                    "%(order)s: nothing is left to sell, its products are archived "
                    "or it has none. Choose another order, or make a new quotation.",
                    order=self.name,
                ),
                field="order_line",
                rule="nothing_left",
            )
        return lines, left_out

    def _get_plain_lines(self):
        """Return the lines that were ordered: no rewards, freight or down payments."""
        return self._get_copiable_order_lines().filtered(
            lambda line: not line.is_reward_line and not line.is_delivery
        )

    def _prepare_clone_line_vals(self, lines, factor, reprice, is_other_customer):
        """Return the values of the copied lines, combos still tied together."""
        drop = {"tax_ids"} if reprice or is_other_customer else set()
        result = []
        for line, vals in zip(lines, lines.copy_data(), strict=True):
            dropped = drop | line._get_repriced_fields() if reprice else drop
            vals = {name: v for name, v in vals.items() if name not in dropped}
            vals.update(line._prepare_combo_link_vals())
            if not line.display_type and not line._is_global_discount():
                quantity = line.product_uom_qty * factor
                vals["product_uom_qty"] = line.product_uom_id.round(quantity)
            result.append(vals)
        return result

    # === Header === #

    def _prepare_clone_vals(self, partner, reprice, copy_notes):
        vals = self.copy_data({"order_line": []})[0]
        if partner:
            dropped = self._get_customer_fields(partner)
            vals = {k: v for k, v in vals.items() if k not in dropped}
            vals["partner_id"] = partner.id
        elif not self.user_id.active:
            vals.pop("user_id", None)
        if not reprice:
            # The old prices are amounts of the old currency.
            vals["pricelist_id"] = self.pricelist_id.id
        elif not self.pricelist_id.active:
            vals.pop("pricelist_id", None)
        vals.pop("note", None)
        if copy_notes and self.note:
            vals["note"] = self.note
        # A mail that waits to be sent is about the old order.
        vals.pop("pending_email_template_id", None)
        return {**vals, "origin": self.name}

    def _get_customer_fields(self, partner):
        """Return the fields that are computed anew for the customer of the copy."""
        if partner == self.partner_id:
            stale = set() if self.user_id.active else {"user_id", "team_id"}
            return TODAYS_TERMS | stale
        depends = self.env.registry.field_depends
        computed = {
            name
            for name, field in self._fields.items()
            if field.compute
            and field.store
            and any(path.split(".")[0] == "partner_id" for path in depends[field])
        }
        return TODAYS_TERMS | CUSTOMER_FIELDS | computed

    # === What goes along === #

    def _copy_attachments_to(self, orders):
        """Copy the files of this order that the user may read."""
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ]
        )
        for order in orders:
            for file in files:
                # A token would open the copy to whoever holds the old one.
                file.copy({"res_id": order.id, "access_token": False})

    def _tell_clone(self, clone, left_out):
        body = self.env._("Copied from %s.", self.name)
        if left_out:
            names = ", ".join(left_out.product_id.mapped("display_name"))
            body += " " + self.env._(
                "Left out, since they are not sold any more: %s.", names
            )
        clone.message_post(body=body)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _has_archived_product(self):
        self.ensure_one()
        product = self.product_id
        return bool(product) and not (product.active and product.sale_ok)

    def _get_repriced_fields(self):
        """Return the fields a line must not bring along to get today's price."""
        self.ensure_one()
        if self.display_type or not self.product_id or self._is_global_discount():
            return set()
        return set(PRICE_FIELDS)

    def _prepare_combo_link_vals(self):
        """Return what ties the copy of a combo to the copies of its choices."""
        self.ensure_one()
        vals = {}
        if self.product_type == "combo":
            vals["virtual_id"] = f"copy_{self.id}"
        if self.linked_line_id:
            vals["linked_virtual_id"] = f"copy_{self.linked_line_id.id}"
        return vals
