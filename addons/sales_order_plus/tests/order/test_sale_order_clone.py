from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import CloneError
from ..common import SalesPlusCommon

PIXEL = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class TestSaleOrderClone(SalesPlusCommon):
    def _clone(self, order, **choices):
        return order._clone(**choices)

    def _old_order(self, *lines, **values):
        order = self._new_order(*lines, **values)
        order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=365)
        return order

    def test_from_a_list(self):
        """One order that is selected there; of several none is left out in silence."""
        orders = self._old_order((self.product, 2)) + self._old_order((self.product, 1))
        action = self.env.ref("sales_order_plus.sales_order_clone_action")
        bindings = self.env["ir.actions.actions"].with_user(self.salesman)
        offered = bindings.get_bindings("sale.order")["action"]
        (mine,) = [one for one in offered if one["id"] == action.id]
        self.assertEqual(mine["binding_view_types"], "form,list")
        wizards = self.env["sales.order.clone"].with_user(self.salesman)
        one = wizards.with_context(active_id=orders[0].id, active_ids=orders[:1].ids)
        self.assertEqual(one.create({}).order_id, orders[0])
        two = wizards.with_context(active_id=orders[0].id, active_ids=orders.ids)
        with self.assertRaises(CloneError):
            two.create({})

    def test_year_old_order_with_todays_prices(self):
        """The acceptance: prices of today, archived products named, a link back."""
        gone = self._new_product("Gone Gadget", 10)
        order = self._old_order((self.product, 2), (gone, 1), (self.service, 3))
        self.product.list_price = 120
        gone.active = False
        wizard = Form(
            self.env["sales.order.clone"]
            .with_user(self.salesman)
            .with_context(active_id=order.id)
        )
        self.assertIn("Gone Gadget", wizard.left_out)
        action = wizard.save().action_clone()
        clone = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(clone.state, "draft")
        self.assertRecordValues(
            clone.order_line,
            [
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 2,
                    "price_unit": 120,
                },
                {"product_id": self.service.id, "product_uom_qty": 3, "price_unit": 50},
            ],
        )
        self.assertGreater(clone.date_order, order.date_order)
        self.assertEqual(clone.origin, order.name)
        relation = clone._get_order_relations()[clone.id][0]
        self.assertEqual(
            (relation.order, relation.kind, relation.is_origin), (order, "clone", False)
        )
        told = clone.message_ids.filtered(lambda m: "Gone Gadget" in (m.body or ""))
        self.assertTrue(told)

    def test_old_prices(self):
        order = self._new_order((self.product, 2))
        order.order_line.write({"price_unit": 33.3, "discount": 10})
        self.product.list_price = 120
        clone, _left = self._clone(order, reprice=False)
        self.assertEqual(clone.order_line.price_unit, 33.3)
        self.assertEqual(clone.amount_total, order.amount_total)

    def test_manual_price_and_discount_go_with_todays_prices(self):
        order = self._new_order((self.product, 2))
        order.order_line.write({"price_unit": 33.3, "discount": 10})
        clone, _left = self._clone(order)
        self.assertEqual(clone.order_line.price_unit, 100)
        self.assertEqual(clone.order_line.discount, 0)

    def test_quantity_factor(self):
        order = self._new_order((self.product, 3), (self.service, 5))
        clone, _left = self._clone(order, quantity_factor=2.5)
        self.assertEqual(clone.order_line.mapped("product_uom_qty"), [7.5, 12.5])

    def test_bad_factor_is_refused(self):
        order = self._new_order()
        for factor in (0, -1, float("nan"), float("inf"), "2", None, 0.0001):
            with self.assertRaises(CloneError) as refusal:
                self._clone(order, quantity_factor=factor)
            self.assertEqual(refusal.exception.context["field"], "quantity_factor")

    def test_nothing_left_is_refused(self):
        gone = self._new_product("Gone Gadget", 10)
        order = self._new_order((gone, 1))
        gone.active = False
        with self.assertRaises(CloneError) as refusal:
            self._clone(order)
        self.assertEqual(refusal.exception.context["rule"], "nothing_left")
        self.assertFalse(self.env["sale.order"].search([("origin", "=", order.name)]))

    def test_other_customer(self):
        tax = self.env["account.tax"].create({"name": "T 10", "amount": 10})
        exempt = self.env["account.fiscal.position"].create({"name": "Exempt"})
        self.env["account.tax"].create(
            {
                "name": "T 0",
                "amount": 0,
                "fiscal_position_ids": [Command.set(exempt.ids)],
                "original_tax_ids": [Command.set(tax.ids)],
            }
        )
        self.product.taxes_id = tax
        term = self.env["account.payment.term"].create({"name": "Their term"})
        other = self.env["res.partner"].create(
            {
                "name": "Other",
                "property_account_position_id": exempt.id,
                "property_payment_term_id": term.id,
            }
        )
        address = self.env["res.partner"].create(
            {"name": "Yard", "type": "delivery", "parent_id": self.customer.id}
        )
        order = self._new_order((self.product, 1), partner_shipping_id=address.id)
        self.assertEqual(order.amount_tax, 10)
        for reprice in (True, False):
            clone, _left = self._clone(order, partner=other, reprice=reprice)
            self.assertEqual(clone.partner_id, other)
            self.assertEqual(clone.partner_invoice_id, other)
            self.assertEqual(clone.partner_shipping_id, other)
            self.assertEqual(clone.payment_term_id, term)
            self.assertEqual(clone.fiscal_position_id, exempt)
            self.assertEqual(clone.amount_tax, 0)

    def test_same_customer_keeps_his_address(self):
        """As “Order again” does it: his address, but the terms of today."""
        address = self.env["res.partner"].create(
            {"name": "Yard", "type": "delivery", "parent_id": self.customer.id}
        )
        order = self._new_order(partner_shipping_id=address.id)
        term = self.env["account.payment.term"].create({"name": "New term"})
        self.customer.property_payment_term_id = term
        clone, _left = self._clone(order, partner=self.customer)
        self.assertEqual(clone.partner_shipping_id, address)
        self.assertEqual(clone.payment_term_id, term)
        self.assertEqual(clone.user_id, self.salesman)

    def test_what_is_never_copied(self):
        order = self._new_order(
            client_order_ref="PO 1", commitment_date=fields.Datetime.now()
        )
        order.sudo().write({"signature": PIXEL, "signed_by": "Somebody"})
        order._portal_ensure_token()
        order.sudo()._write_own({"intake_key": "KEY-1"})
        clone, _left = self._clone(order)
        self.assertRecordValues(
            clone.sudo(),
            [
                {
                    "signature": False,
                    "signed_by": False,
                    "signed_on": False,
                    "access_token": False,
                    "client_order_ref": False,
                    "commitment_date": False,
                    "intake_key": False,
                    "hold_since": False,
                    "state": "draft",
                }
            ],
        )
        self.assertFalse(clone.sudo().transaction_ids)
        self.assertNotEqual(clone.name, order.name)

    def test_notes_and_files(self):
        order = self._new_order(note="<p>Our terms</p>")
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "Please ring twice"})
        ]
        self.env["ir.attachment"].with_user(self.salesman).create(
            {
                "name": "drawing.txt",
                "raw": b"lines",
                "res_model": "sale.order",
                "res_id": order.id,
            }
        ).generate_access_token()
        clone, _left = self._clone(order, copy_attachments=True)
        self.assertIn("Our terms", clone.note)
        self.assertIn("Please ring twice", clone.order_line.mapped("name"))
        files = self._get_files(clone)
        self.assertEqual(files.mapped("name"), ["drawing.txt"])
        self.assertFalse(files.access_token)
        bare, _left = self._clone(order, copy_notes=False)
        self.assertNotIn("Our terms", bare.note or "")
        self.assertEqual(len(bare.order_line), 1)
        self.assertFalse(self._get_files(bare))

    def _get_files(self, order):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )

    def test_rewards_freight_and_down_payments_stay_behind(self):
        order = self._new_order((self.product, 1))
        order.order_line = [
            Command.create(
                {"product_id": self.service.id, "is_delivery": True, "price_unit": 9}
            ),
            Command.create(
                {
                    "product_id": self.service.id,
                    "is_downpayment": True,
                    "product_uom_qty": 0,
                    "price_unit": 9,
                }
            ),
        ]
        clone, _left = self._clone(order)
        self.assertEqual(clone.order_line.product_id, self.product)
