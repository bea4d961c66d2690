from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import ChangeControlError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeGuard(ChangeCommon):
    """A confirmed order under change control changes on no other path."""

    def setUp(self):
        super().setUp()
        self._control()
        self.order = self._confirmed((self.product, 10), (self.service, 1))
        self.line = self.order.order_line[0]

    def _refused(self, change, **context):
        terms = self.order._get_change_terms()
        with self.assertRaises(ChangeControlError) as refusal, self.env.cr.savepoint():
            change()
            self.env.flush_all()
        self.assertEqual(refusal.exception.context["code"], "change_control")
        self.assertIn("Request Change", str(refusal.exception))
        self._flush()
        self.assertEqual(self.order._get_change_terms(), terms)

    def test_lines(self):
        values = {
            "product_uom_qty": 11,
            "price_unit": 1,
            "discount": 50,
            "tax_ids": [Command.clear()],
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            "is_downpayment": True,
        }
        for name, value in values.items():
            for user in (self.salesman, self.manager, self.env.user):
                with self.subTest(field=name, user=user.login):
                    line = self.line.with_user(user)
                    self._refused(lambda line=line: line.write({name: value}))  # noqa: B023
                    self._refused(
                        lambda line=line: line.sudo().write({name: value})  # noqa: B023
                    )

    def test_header(self):
        values = {
            "partner_shipping_id": self.address.id,
            "partner_invoice_id": self.address.id,
            "partner_id": self.portal_user.partner_id.id,
            "payment_term_id": self.term.id,
            "commitment_date": self.later,
            "requested_date": self.later.date(),
            "carrier_id": self.carrier.id,
        }
        for name, value in values.items():
            with self.subTest(field=name):
                self._refused(lambda: self.order.write({name: value}))  # noqa: B023
                self._refused(lambda: self.order.sudo().write({name: value}))  # noqa: B023

    def test_commands_of_the_order(self):
        commands = (
            Command.update(self.line.id, {"product_uom_qty": 3}),
            Command.create({"product_id": self.other.id, "product_uom_qty": 1}),
            Command.delete(self.line.id),
            Command.clear(),
        )
        for command in commands:
            self._refused(lambda c=command: self.order.write({"order_line": [c]}))

    def test_lines_created_and_moved(self):
        vals = {
            "order_id": self.order.id,
            "product_id": self.other.id,
            "product_uom_qty": 1,
        }
        lines = self.env["sale.order.line"].with_user(self.salesman)
        self._refused(lambda: lines.create(vals))
        self._refused(
            lambda: lines.create({**vals, "is_downpayment": True, "price_unit": 5})
        )
        quotation = self._new_order()
        self._refused(lambda: quotation.order_line.write({"order_id": self.order.id}))

    def test_context_lets_nothing_pass(self):
        line = self.line.with_context(
            skip_procurement=True,
            applying=True,
            sales_change_applying=[self.order.id],
            sale_write_from_compute=True,
            tracking_disable=True,
        )
        self._refused(lambda: line.write({"price_unit": 1}))

    def test_buttons_of_odoo(self):
        self.product.list_price = 7
        self._flush()
        self._refused(self.order.action_update_prices)

    def test_locked_order(self):
        self.order.action_lock()
        self._refused(lambda: self.order.write({"partner_invoice_id": self.address.id}))

    def test_what_stays_free(self):
        same = self.order.partner_shipping_id.id
        self.order.write(
            {
                "client_order_ref": "X",
                "internal_note": "y",
                "partner_shipping_id": same,
            }
        )
        self.line.write({"sequence": 3, "product_uom_qty": 10})
        self.env["sale.order.line"].create(
            {
                "order_id": self.order.id,
                "display_type": "line_note",
                "name": "Thank you",
            }
        )
        quotation = self._new_order()
        quotation.order_line.product_uom_qty = 5
        self.assertEqual(quotation.order_line.product_uom_qty, 5)

    def _again(self):
        """Cancel the order and make it a quotation again, as its salesman."""
        order = self.order.with_user(self.salesman)
        order.action_cancel()
        self._flush()
        return order

    def _all_refused(self):
        line = self.line.with_user(self.salesman)
        vals = {"order_id": self.order.id, "product_id": self.other.id}
        self._refused(lambda: line.write({"price_unit": 1}))
        self._refused(lambda: line.sudo().write({"product_uom_qty": 99}))
        self._refused(line.unlink)
        self._refused(lambda: line.create({**vals, "product_uom_qty": 1}))
        order = line.order_id
        self._refused(lambda: order.write({"partner_shipping_id": self.address.id}))
        command = Command.update(line.id, {"discount": 50})
        self._refused(lambda: order.write({"order_line": [command]}))

    def test_cancelled_and_quotation_again(self):
        order = self._again()
        self._all_refused()
        order.action_draft()
        self._flush()
        self.assertTrue(order.is_change_controlled)
        self._all_refused()
        order.write({"client_order_ref": "Mistake, it stays"})
        order.action_confirm()
        self._flush()
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 1050))
        self._all_refused()
        self._applied(order, self._quantity(order, 12))
        self.assertEqual(order.amount_untaxed, 1250)

    def test_copy_of_a_cancelled_order_is_free(self):
        order = self._again().copy()
        order.order_line[0].product_uom_qty = 3
        self.assertEqual(order.order_line[0].product_uom_qty, 3)

    def test_controlled_after_it_was_confirmed(self):
        self._control(on=False)
        self.order = self._confirmed((self.product, 10))
        self.line = self.order.order_line
        self.assertFalse(self.order.version_ids)
        self._control()
        self._again().action_draft()
        self._flush()
        self._all_refused()

    def test_cancelled_quotation_is_free(self):
        order = self._new_order((self.product, 2))
        order.action_quotation_sent()
        order.action_cancel()
        order.action_draft()
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.order_line.product_uom_qty, 3)

    def test_no_quotation_by_its_state(self):
        for state in ("draft", "sent"):
            for user in (self.salesman, self.env.user):
                order = self.order.with_user(user)
                self._refused(lambda o=order, s=state: o.write({"state": s}))
        self.assertEqual(self.order.state, "sale")

    def test_off_by_default(self):
        self._control(on=False)
        self.line.product_uom_qty = 11
        self.assertEqual(self.line.product_uom_qty, 11)
        self.assertFalse(self.order.is_change_controlled)

    def test_down_payment_and_invoice(self):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(self.order.ids)],
                "advance_payment_method": "percentage",
                "amount": 10,
            }
        )
        wizard.create_invoices()
        down = self.order.order_line.filtered("is_downpayment")
        self.assertTrue(down)
        self.order.sudo().invoice_ids.action_post()
        self.order.sudo()._create_invoices(final=True).action_post()
        self.assertTrue(self.order.invoice_count)

    def test_warehouse_ships_more_and_something_else(self):
        picking = self.order.sudo().picking_ids
        picking.move_ids.write({"quantity": 10, "picked": True})
        self.env["stock.move"].create(
            {
                "product_id": self.other.id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picked": True,
                "picking_id": picking.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertIn(self.other, self.order.order_line.product_id)

    def test_freight_at_its_real_price(self):
        self.carrier.invoice_policy = "real"
        picking = self.order.sudo().picking_ids
        picking.write({"carrier_id": self.carrier.id, "carrier_price": 31})
        picking._add_delivery_cost_to_so()
        freight = self.order.order_line.filtered("is_delivery")
        self.assertEqual(freight.price_unit, 31)

    def test_born_confirmed(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "state": "sale",
                "order_line": [Command.create({"product_id": self.service.id})],
            }
        )
        self.assertEqual(order.state, "sale")
        with self.assertRaises(ChangeControlError):
            order.order_line.price_unit = 1
