from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..common import SalesPlusCommon


class ChangeCommon(SalesPlusCommon):
    """A confirmed order of a taxed product, changed by requests of the salesman."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "Change 19 %", "amount": 19, "company_id": cls.company.id}
        )
        cls.product.write(
            {"taxes_id": [Command.set(cls.tax.ids)], "standard_price": 60}
        )
        cls.product.default_code = "CHG-A"
        cls.other = cls._new_product(
            "Test Gizmo", 120.0, is_storable=True, default_code="CHG-B"
        )
        for product in (cls.product, cls.other):
            cls._set_stock(product, 20)
        cls.service.invoice_policy = "order"
        cls.address = cls.env["res.partner"].create(
            {
                "name": "Side Door",
                "parent_id": cls.customer.id,
                "type": "other",
                "street": "Side Street 2",
                "city": "Namur",
                "zip": "5000",
                "country_id": cls.env.ref("base.be").id,
            }
        )
        cls.term = cls.env.ref("account.account_payment_term_30days")
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Change Express",
                "delivery_type": "fixed",
                "fixed_price": 25,
                "product_id": cls._new_product("Express", 25, type="service").id,
            }
        )
        journal = cls.env["account.journal"].create(
            {
                "name": "Change Bank",
                "type": "bank",
                "code": "CHGB",
                "company_id": cls.company.id,
            }
        )
        cls.method_line = journal.inbound_payment_method_line_ids[:1]
        cls.later = fields.Datetime.now().replace(microsecond=0) + timedelta(days=20)

    def _control(self, on=True, **values):
        self.company.write({"sales_change_control": on, **values})

    def _confirmed(self, *lines, **values):
        order = self._new_order(*lines or ((self.product, 10),), **values)
        order.action_confirm()
        self._flush()
        return order

    def _flush(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def _kind(self, order, kind, **values):
        """Return the values of a change that is complete."""
        line = order.order_line[:1].id
        usual = {
            "quantity": {"line_id": line, "quantity": 14},
            "price": {"line_id": line, "discount": 10},
            "substitute": {"line_id": line, "product_id": self.other.id},
            "add": {"product_id": self.other.id, "quantity": 2},
            "remove": {"line_id": line},
            "date": {"commitment_date": self.later},
            "delivery_address": {"partner_id": self.address.id},
            "invoice_address": {"partner_id": self.address.id},
            "carrier": {"carrier_id": self.carrier.id},
            "payment_term": {"payment_term_id": self.term.id},
            "payment_method": {"payment_method_line_id": self.method_line.id},
            "priority": {"order_priority": "3"},
            "instructions": {"text": "Leave it at the gate"},
        }
        return {"kind": kind, **usual[kind], **values}

    def _new_change(self, order, *kinds, user=None, **values):
        """Create a draft from kinds or dicts."""
        rows = [
            self._kind(order, row) if isinstance(row, str) else row for row in kinds
        ]
        return (
            self.env["sales.order.change"]
            .with_user(user or self.salesman)
            .create(
                {
                    "order_id": order.id,
                    "reason": "He asked for it",
                    "line_ids": [Command.create(row) for row in rows],
                    **values,
                }
            )
        )

    def _submitted(self, order, *kinds, **values):
        change = self._new_change(order, *kinds, **values)
        change.action_submit()
        self._flush()
        return change

    def _applied(self, order, *kinds, **values):
        change = self._submitted(order, *kinds, **values)
        change.action_apply()
        self._flush()
        return change

    def _quantity(self, order, quantity, line=None):
        line = line or order.order_line[:1]
        return self._kind(order, "quantity", line_id=line.id, quantity=quantity)

    # --- stock --- #

    def _moves(self, order, *states):
        moves = order.sudo().order_line.move_ids
        if states:
            return moves.filtered(lambda m: m.state in states)
        return moves.filtered(lambda m: m.state not in ("done", "cancel"))

    def _open(self, order):
        return sum(self._moves(order).mapped("product_uom_qty"))

    def _assert_no_return(self, order):
        moves = order.sudo().order_line.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertFalse(moves.filtered(lambda m: m.location_id.usage == "customer"))

    def _deliver(self, order, quantity):
        picking = order.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )[:1]
        picking.action_assign()
        for move in picking.move_ids:
            move.write({"quantity": quantity, "picked": True})
        action = picking.button_validate()
        if isinstance(action, dict):
            wizard = self.env[action["res_model"]].with_context(**action["context"])
            wizard.create({}).process()
        self._flush()
        return picking
