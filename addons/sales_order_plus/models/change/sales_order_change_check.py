from math import isfinite

from odoo import fields, models

from ...exceptions import ChangeError
from .sales_order_change_line import OF_LINE

NEEDED = {
    "quantity": ("line_id",),
    "price": ("line_id",),
    "substitute": ("line_id", "product_id"),
    "add": ("product_id",),
    "remove": ("line_id",),
    "delivery_address": ("partner_id",),
    "invoice_address": ("partner_id",),
    "carrier": ("carrier_id",),
    "payment_term": ("payment_term_id",),
    "payment_method": ("payment_method_line_id",),
    "priority": ("order_priority",),
    "special": ("request_type_id",),
}
ADDRESS_KINDS = ("delivery_address", "invoice_address")


class SalesOrderChange(models.Model):
    _inherit = "sales.order.change"

    def _check_complete(self):
        """Refuse a request that says too little, or contradicts itself.

        :raise ChangeError: names the field and what to do
        """
        for change in self:
            if not change.line_ids:
                raise ChangeError(
                    self.env._("Changes: add what is to be changed."),
                    field="line_ids",
                    rule="empty",
                )
            change.line_ids._check_complete()
            change.line_ids._check_no_doubles()


class SalesOrderChangeLine(models.Model):
    """What a change must say before it is tried."""

    _inherit = "sales.order.change.line"

    def _check_complete(self):
        for line in self:
            for name in NEEDED.get(line.kind, ()):
                if not line[name]:
                    line._refuse(name, "required", self.env._("it is missing"))
            if line.kind in OF_LINE:
                line._check_order_line()
            if checker := getattr(line, f"_check_{line.kind}", None):
                checker()
            if line.kind in ADDRESS_KINDS:
                line._check_address()

    def _refuse(self, name, rule, why):
        """Raise the refusal of this change.

        :param str name: field of the change that is wrong
        :param str rule: stable name of what it breaks
        :param str why: translated clause with the next step
        """
        self.ensure_one()
        label = self._fields[name]._description_string(self.env)
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        raise ChangeError(
            self.env._(
                "%(kind)s, %(field)s: %(why)s.", kind=kind, field=label, why=why
            ),
            field=name,
            rule=rule,
            kind=self.kind,
            line_id=self.line_id.id or False,
        )

    def _check_no_doubles(self):
        """Refuse two changes of the same thing in one request."""
        seen = set()
        for line in self:
            key = (line._get_group(), line.line_id.id)
            if line.kind != "add" and key in seen:
                line._refuse("kind", "twice", self.env._("changed twice; keep one"))
            seen.add(key)

    def _get_group(self):
        same = ("quantity", "substitute", "remove")
        return "quantity" if self.kind in same else self.kind

    def _check_order_line(self):
        line = self.line_id
        if line.order_id != self.change_id.order_id or line.display_type:
            self._refuse(
                "line_id", "other_order", self.env._("choose a line of this order")
            )
        special = line.is_downpayment or line.is_delivery or line.is_expense
        if special and self.kind != "price":
            self._refuse(
                "line_id",
                "special",
                self.env._("freight, advances and expenses follow their own documents"),
            )

    def _check_number(self, name, lowest=0.0, highest=None):
        value = self[name]
        if (
            isfinite(value)
            and value >= lowest
            and (highest is None or value <= highest)
        ):
            return
        self._refuse(name, "range", self.env._("give a number that makes sense"))

    def _check_quantity(self):
        self._check_number("quantity")

    def _check_price(self):
        self._check_number("discount", 0, 100)
        if not isfinite(self.price_unit):
            self._check_number("price_unit")
        if self.line_id.is_downpayment:
            self._refuse(
                "line_id", "special", self.env._("advances follow their invoice")
            )

    def _check_add(self):
        self._check_number("quantity")
        self._check_number("price_unit")
        self._check_number("discount", 0, 100)
        if not self.quantity:
            self._refuse("quantity", "required", self.env._("say how many"))
        self._check_sellable()

    def _check_sellable(self):
        product, company = self.product_id, self.change_id.company_id
        foreign = product.company_id and product.company_id != company
        if not product.sale_ok or not product.active or foreign:
            self._refuse(
                "product_id", "sellable", self.env._("choose one that is sold")
            )

    def _check_substitute(self):
        old, new = self.line_id.product_id, self.product_id
        self._check_number("quantity")
        self._check_sellable()
        if new == old:
            self._refuse("product_id", "same", self.env._("choose another product"))
        if new.type != old.type or not new.uom_id._has_common_reference(old.uom_id):
            self._refuse(
                "product_id",
                "compatible",
                self.env._(
                    "%(new)s is counted in %(unit)s and cannot stand in for %(old)s; "
                    "remove the line and add a new one",
                    new=new.display_name,
                    unit=new.uom_id.name,
                    old=old.display_name,
                ),
            )
        if not self._get_open_quantity():
            self._refuse("line_id", "delivered", self.env._("nothing of it is open"))

    def _get_open_quantity(self):
        """Return what is neither delivered nor invoiced, in the unit of the line."""
        line = self.line_id
        bound = max(line.qty_delivered, line.qty_invoiced, 0)
        return max(line.product_uom_qty - bound, 0)

    def _check_remove(self):
        line = self.line_id
        if line.qty_delivered or line.qty_invoiced:
            self._refuse(
                "line_id",
                "delivered",
                self.env._(
                    "a part is delivered or invoiced; lower the quantity, or let the "
                    "customer return it"
                ),
            )

    def _check_date(self):
        if not (self.commitment_date or self.requested_date):
            self._refuse("commitment_date", "required", self.env._("give a day"))
        today = fields.Date.context_today(
            self.with_context(tz=self.change_id.order_id.sudo().order_tz)
        )
        late = self.commitment_date and self.commitment_date < fields.Datetime.now()
        if late:
            self._refuse(
                "commitment_date", "past", self.env._("choose a day in the future")
            )
        if self.requested_date and self.requested_date < today:
            self._refuse(
                "requested_date", "past", self.env._("choose a day in the future")
            )
        start, end = self.window_from, self.window_to
        if not (0 <= start <= 24 and 0 <= end <= 24) or (end and start >= end):
            self._refuse(
                "window_to",
                "window",
                self.env._("the hours begin before they end, from 0 to 24"),
            )

    def _check_address(self):
        partner, customer = self.partner_id.sudo(), self.change_id.order_id.partner_id
        if partner.commercial_partner_id != customer.commercial_partner_id:
            self._refuse(
                "partner_id",
                "customer",
                self.env._("choose an address of the customer"),
            )
        gaps = partner._get_address_gaps()
        if gaps:
            self._refuse(
                "partner_id",
                "address",
                self.env._(
                    "the address lacks or has wrong: %s; complete it first",
                    ", ".join(gaps),
                ),
            )
