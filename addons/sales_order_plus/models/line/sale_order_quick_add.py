from odoo import api, fields, models

from ...exceptions import LineRuleError


class SaleOrder(models.Model):
    """Key an order by scanning."""

    _inherit = "sale.order"

    quick_add = fields.Char(
        string="Scan/SKU",
        store=False,
        groups="base.group_user",
        help="Scan or type a barcode, a number of ours or of the customer: one unit is "
        "added, or one more of a line that is there.",
    )

    @api.onchange("quick_add")
    def _onchange_quick_add(self):
        code = (self.quick_add or "").strip()
        self.quick_add = False
        if not code:
            return None
        product, unit = self._find_product(code)
        if not product:
            message = self._get_not_found_message(code)
            return {"warning": {"title": self.env._("Scan/SKU"), "message": message}}
        quantity, unit = self._get_scanned_quantity(product, unit)
        line = self._get_line_to_raise(product, unit)
        if line:
            line.product_uom_qty += quantity
        else:
            self.order_line |= self.env["sale.order.line"].new(
                self._prepare_quick_vals(product, unit, quantity)
            )
        return None

    def add_product(self, *, code: str, quantity: float = 1.0):
        """Add a product to this quotation by its number.

        :param str code: barcode, our number, or the customer's number
        :param float quantity: how many, above 0
        :return: dict with ``line_id``, ``product`` and ``quantity`` of the line
        :raise LineRuleError: if nothing or several products have the number, the
            quantity is not above 0, or the order is no quotation
        """
        self.ensure_one()
        self._check_quick_add(quantity)
        product, unit = self._find_product(code.strip())
        if not product:
            raise LineRuleError(self._get_not_found_message(code), field="code")
        line = self._get_line_to_raise(product, unit)
        if line:
            line.product_uom_qty += quantity
        else:
            vals = self._prepare_quick_vals(product, unit, quantity)
            line = self.env["sale.order.line"].create({**vals, "order_id": self.id})
        return {
            "line_id": line.id,
            "product": product.display_name,
            "quantity": line.product_uom_qty,
        }

    def _check_quick_add(self, quantity):
        if quantity <= 0:
            raise LineRuleError(
                self.env._("Quantity: give more than 0."), field="quantity"
            )
        if self.state not in ("draft", "sent"):
            raise LineRuleError(
                self.env._(
                    "Scan/SKU: %(order)s is no quotation any more.",
                    order=self.display_name,
                ),
                field="state",
            )

    def _find_product(self, code):
        """Return (product, unit or empty) of a scanned number; empty if unclear."""
        products = self.env["product.product"]
        units = self.env["uom.uom"]
        packed = self.env["product.uom"].search([("barcode", "=", code)], limit=1)
        if packed and packed.product_id.sale_ok:
            return packed.product_id, packed.uom_id
        company = self.company_id or self.env.company
        allowed = [
            ("sale_ok", "=", True),
            ("company_id", "in", [False, company.id]),
        ]
        for field in ("barcode", "default_code"):
            found = products.search([*allowed, (field, "=", code)], limit=2)
            if len(found) == 1:
                return found, units
            if found:
                return products, units
        return self._find_customer_product(code), units

    def _find_customer_product(self, code):
        agreed = self.env["sales.customer.product"].search(
            [
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("customer_code", "=", code),
            ],
            limit=2,
        )
        if len(agreed) != 1:
            return self.env["product.product"]
        variants = agreed.product_id or agreed.product_tmpl_id.product_variant_ids
        return variants if len(variants) == 1 else self.env["product.product"]

    def _get_line_to_raise(self, product, unit):
        return self.order_line.filtered(
            lambda line: (
                line.product_id._origin == product
                and line.product_uom_id._origin == (unit or product.uom_id)
                and not line.combo_item_id
                and not line.is_reward_line
                and not line.is_delivery
                and not line.is_downpayment
            )
        )[:1]

    def _get_scanned_quantity(self, product, unit):
        """Return (quantity, unit) one scan stands for.

        Who works without units of measure gets twelve instead of one dozen: his form
        has no unit to save.
        """
        if not unit or self.env.user.has_group("uom.group_uom"):
            return 1.0, unit
        return unit._compute_quantity(1.0, product.uom_id), self.env["uom.uom"]

    def _prepare_quick_vals(self, product, unit, quantity):
        vals = {"product_id": product.id, "product_uom_qty": quantity}
        return {**vals, "product_uom_id": unit.id} if unit else vals

    def _get_not_found_message(self, code):
        return self.env._(
            "Scan/SKU: no product, or more than one, has the number “%(code)s”. "
            "Choose it in the lines instead.",
            code=code,
        )
