from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestAmend(ApprovalCommon):
    """A confirmed order may get better, but not worse than what was decided."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.large = cls._new_policy(name="Large order", amount=1000)

    def _new_confirmed(self, discount=0, quantity=5):
        order = self._new_discounted(discount, quantity=quantity)
        order.action_confirm()
        return order

    def _assert_refused(self, call, *args):
        with self.assertRaises(GuardError) as caught:
            call(*args)
        self.env.invalidate_all()
        finding = caught.exception.context["findings"][0]
        self.assertEqual(finding["code"], "approval_amend")
        return finding["message"]

    def test_quantity(self):
        line = self._new_confirmed().order_line
        message = self._assert_refused(line.write, {"product_uom_qty": 10})
        self.assertIn("Large order", message)
        self.assertIn("Cancel it, set it to quotation, change it, and submit", message)
        self.assertEqual(line.product_uom_qty, 5)
        line.write({"product_uom_qty": 9})
        self.assertEqual(line.product_uom_qty, 9)

    def test_price_and_discount(self):
        line = self._new_confirmed().order_line
        self._assert_refused(line.write, {"discount": 15})
        self._assert_refused(line.write, {"price_unit": 85})
        self._assert_refused(line.write, {"price_unit": 90, "discount": 6})
        line.write({"discount": 14})
        self.assertEqual(line.discount, 14)

    def test_in_small_steps(self):
        line = self._new_confirmed().order_line
        line.discount = 10
        line.discount = 14
        self._assert_refused(line.write, {"discount": 16})

    def test_line_added(self):
        order = self._new_confirmed()
        line = {
            "order_id": order.id,
            "product_id": self.product.id,
            "product_uom_qty": 5,
        }
        self._assert_refused(self.env["sale.order.line"].create, line)
        self._assert_refused(order.write, {"order_line": [Command.create(line)]})
        back = {"order_id": order.id, "product_id": self.service.id, "price_unit": -100}
        self._assert_refused(self.env["sale.order.line"].create, back)
        self.env["sale.order.line"].create({**line, "product_uom_qty": 4})
        self.assertEqual(order.amount_untaxed, 900)

    def test_line_moved_to_another_order(self):
        order = self._new_confirmed()
        other = self._new_discounted(0, quantity=6)
        self._assert_refused(other.order_line.write, {"order_id": order.id})
        self.assertEqual(other.order_line.order_id, other)

    def test_line_moved_out_of_an_order(self):
        """Taking the line at full price away makes the rest a high discount."""
        order = self._new_order(
            order_line=[
                Command.create({"product_id": self.product.id, "discount": 20}),
                Command.create({"product_id": self.product.id, "discount": 0}),
            ]
        )
        order.action_confirm()
        other = self._new_discounted(0)
        self._assert_refused(order.order_line[1].write, {"order_id": other.id})
        self._assert_refused(order.order_line[1].write, {"product_uom_qty": 0})

    def test_product_changed(self):
        # A service: Odoo itself keeps the product of a line that is being delivered.
        order = self._new_order((self.service, 5))
        order.action_confirm()
        dear = self._new_product("Dear", 300, type="service")
        message = self._assert_refused(
            order.order_line.write, {"product_id": dear.id, "price_unit": 50}
        )
        self.assertIn("High discount", message)

    def test_neutral_and_better_edits_pass(self):
        order = self._new_approved(discount=30, quantity=20)
        order.action_confirm()
        line = order.order_line
        line.write({"name": "Other words"})
        line.write({"discount": 30})
        line.write({"product_uom_qty": 15})
        line.write({"discount": 25})
        # Back up to what was approved, not further.
        line.write({"product_uom_qty": 20, "discount": 30})
        self._assert_refused(line.write, {"discount": 31})

    def test_order_confirmed_before_the_policy(self):
        """What is above the limit already may stay, and get better."""
        self.large.active = False
        order = self._new_confirmed(quantity=30)
        self.large.active = True
        order.order_line.product_uom_qty = 29
        order.order_line.customer_lead = 3
        self._assert_refused(order.order_line.write, {"product_uom_qty": 30})

    def test_saved_at_once_counts_at_once(self):
        """Two lines changed by one save are measured after both."""
        self.policy.active = False
        order = self._new_order((self.product, 9), (self.product, 0))
        order.action_confirm()
        first, second = order.order_line
        order.write(
            {
                "order_line": [
                    Command.update(second.id, {"product_uom_qty": 2}),
                    Command.update(first.id, {"product_uom_qty": 7}),
                ]
            }
        )
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [7, 2])
        self._assert_refused(
            order.write,
            {
                "order_line": [
                    Command.update(second.id, {"product_uom_qty": 4}),
                    Command.update(first.id, {"product_uom_qty": 6}),
                ]
            },
        )
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [7, 2])

    def test_gate_is_back_after_a_refused_save(self):
        order = self._new_confirmed()
        line = order.order_line
        values = {"order_line": [Command.update(line.id, {"discount": 50})]}
        self._assert_refused(order.write, values)
        self._assert_refused(line.write, {"discount": 50})

    def test_another_currency(self):
        """The same figures in a currency worth twice as much are a larger order.

        Odoo refuses another price list on a confirmed order; a program writes the
        currency itself.
        """
        currency = self.env["res.currency"].create(
            {
                "name": "TSX",
                "symbol": "x",
                "rate_ids": [Command.create({"name": date(2024, 1, 1), "rate": 0.5})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "TSX", "currency_id": currency.id}
        )
        order = self._new_confirmed()
        self.policy.active = False
        with self.assertRaisesRegex(UserError, "pricelist of a confirmed order"):
            order.write({"pricelist_id": pricelist.id})
        message = self._assert_refused(order.write, {"currency_id": currency.id})
        self.assertIn("Large order", message)

    def test_sudo_and_context_do_not_help(self):
        line = self._new_confirmed().order_line
        for lines in (
            line.sudo(),
            line.with_user(self.manager),
            line.with_context(sales_guard_hold="portal", skip_procurement=True),
        ):
            self._assert_refused(lines.write, {"discount": 50})

    def test_delivery_charge_may_be_added(self):
        """The warehouse adds the cost of the carrier: no promise of anybody."""
        order = self._new_confirmed(quantity=9)
        charge = self._new_product("Freight", 0, type="service")
        carrier = self.env["delivery.carrier"].create(
            {"name": "Truck", "product_id": charge.id, "fixed_price": 500}
        )
        order.sudo().set_delivery_line(carrier, 500)
        self.assertEqual(order.amount_untaxed, 1400)

    def test_expense_may_be_invoiced_on(self):
        """Who posts a vendor bill for this order is not stopped by its policy."""
        order = self._new_confirmed(quantity=9)
        trip = self._new_product(
            "Trip",
            400,
            type="service",
            expense_policy="cost",
            invoice_policy="delivery",
        )
        analytic = self.env["account.analytic.account"].create(
            {
                "name": "Trip",
                "plan_id": self.env["account.analytic.plan"].search([], limit=1).id,
            }
        )
        self.env["sale.order"].browse(order.id).sudo().write({})
        bill_line = self.env["account.move.line"].new({})
        self.patch(
            type(bill_line), "_sale_determine_order", lambda lines: {lines.id: order}
        )
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": date(2024, 1, 1),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": trip.id,
                            "quantity": 1,
                            "price_unit": 400,
                            "analytic_distribution": {str(analytic.id): 100},
                        }
                    )
                ],
            }
        )
        bill.action_post()
        self.assertEqual(order.order_line.filtered("is_expense").price_unit, 400)

    def test_forged_expense_line_counts(self):
        order = self._new_confirmed(quantity=9)
        line = {
            "order_id": order.id,
            "product_id": self.product.id,
            "product_uom_qty": 4,
            "is_expense": True,
            "is_downpayment": True,
        }
        self._assert_refused(self.env["sale.order.line"].create, line)

    def test_way_back_through_a_quotation(self):
        """The next step that the message names works."""
        line = {"product_id": self.service.id, "discount": 20}
        order = self._new_approved(order_line=[Command.create(line)])
        order.action_confirm()
        self._assert_refused(order.order_line.write, {"discount": 40})
        order.action_cancel()
        order.action_draft()
        order.order_line.discount = 40
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            order.approval_request_ids.sorted("id").mapped("state"),
            ["superseded", "approved"],
        )
