from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import ChangeError, GuardError
from ...models.seam.sales_guard_mixin import Finding
from .common import ChangeCommon


def _get_finding(changes, operation, baseline=None):
    """What approvals do to a change that somebody has to decide."""
    if operation != "change":
        return {}
    return {change.id: [Finding("test", "Ask Ann.")] for change in changes}


@tagged("post_install", "-at_install")
class TestChangeApply(ChangeCommon):
    """Each kind does what it says, and refuses what comes too late."""

    def setUp(self):
        super().setUp()
        self._control()

    def _refused(self, order, row, rule):
        change = self._new_change(order, row)
        with self.assertRaises(ChangeError) as refusal, self.env.cr.savepoint():
            change.action_submit()
        self.assertEqual(refusal.exception.context["rule"], rule)
        return str(refusal.exception)

    def test_quantity(self):
        order = self._confirmed()
        self._applied(order, self._quantity(order, 14))
        self.assertEqual(order.order_line.product_uom_qty, 14)
        self.assertEqual(self._open(order), 14)
        self._applied(order, self._quantity(order, 6))
        self.assertEqual(self._open(order), 6)
        self.assertEqual(sum(self._moves(order).mapped("quantity")), 6)
        self._assert_no_return(order)
        self.assertEqual(order.amount_total, 600 * 1.19)

    def test_quantity_of_what_is_delivered_in_part(self):
        order = self._confirmed()
        self._deliver(order, 4)
        self._applied(order, self._quantity(order, 7))
        self.assertEqual(self._open(order), 3)
        self._assert_no_return(order)
        self._applied(order, self._quantity(order, 4))
        self.assertEqual(self._open(order), 0)
        self.assertEqual(order.delivery_status, "full")

    def test_closed_rest_is_not_shipped_again(self):
        """Ordered 10, shipped 6, no backorder: less of the rest ships nothing."""
        order = self._confirmed()
        self._deliver(order, 6)
        self._moves(order)._action_cancel()
        self._flush()
        self._applied(order, self._quantity(order, 8))
        self.assertEqual(self._open(order), 0)

    def test_remove(self):
        order = self._confirmed((self.product, 10), (self.service, 2))
        self._applied(order, "remove")
        line = order.order_line[0]
        self.assertEqual((line.product_uom_qty, self._open(order)), (0, 0))
        self.assertEqual(order.sudo().picking_ids.state, "cancel")
        self.assertEqual(order.amount_untaxed, 100)

    def test_delivered_line_is_not_removed(self):
        order = self._confirmed()
        self._deliver(order, 4)
        text = self._refused(order, "remove", "delivered")
        self.assertIn("return it", text)

    def test_substitute(self):
        order = self._confirmed()
        self._deliver(order, 4)
        change = self._applied(order, self._kind(order, "substitute", keep_price=True))
        old, new = order.order_line
        self.assertEqual((old.product_uom_qty, old.qty_delivered), (4, 4))
        self.assertEqual((new.product_id, new.product_uom_qty), (self.other, 6))
        self.assertEqual(new.price_unit, 100)
        self.assertEqual(change.line_ids.new_line_id, new)
        self.assertEqual(self._moves(order).product_id, self.other)
        self.assertEqual(self._open(order), 6)
        self._assert_no_return(order)

    def test_substitute_at_its_own_price(self):
        order = self._confirmed()
        self._applied(order, self._kind(order, "substitute", quantity=3))
        old, new = order.order_line
        self.assertEqual((old.product_uom_qty, new.product_uom_qty), (7, 3))
        self.assertEqual(new.price_unit, 120)

    def test_substitute_of_a_line_in_dozens(self):
        """The other product is counted in pieces: 2 dozen are 24 of them, not 2."""
        dozen = self.env.ref("uom.product_uom_dozen")
        for values, left in (({"keep_price": True}, 0), ({"quantity": 1}, 1)):
            with self.subTest(left=left):
                order = self._new_order((self.product, 2))
                order.order_line.product_uom_id = dozen
                order.action_confirm()
                price = order.order_line.price_unit
                self._applied(order, self._kind(order, "substitute", **values))
                old, new = order.order_line
                self.assertEqual(
                    (old.product_uom_qty, old.product_uom_id), (left, dozen)
                )
                self.assertEqual(
                    (new.product_uom_qty, new.product_uom_id), (2 - left, dozen)
                )
                if not left:
                    self.assertEqual(new.price_unit, price)
                open_moves = self._moves(order).filtered(
                    lambda move: move.product_id == self.other
                )
                self.assertEqual(open_moves.product_qty, 12 * (2 - left))

    def test_substitute_of_another_unit_is_refused(self):
        order = self._confirmed()
        kilo = self.env.ref("uom.product_uom_kgm")
        other = self._new_product("Powder", 5, is_storable=True, uom_id=kilo.id)
        row = self._kind(order, "substitute", product_id=other.id)
        self.assertIn("kg", self._refused(order, row, "compatible"))

    def test_add(self):
        for locked in (False, True):
            order = self._confirmed()
            order.locked = locked
            change = self._applied(order, "add")
            line = change.line_ids.new_line_id
            self.assertEqual((line.product_uom_qty, line.price_unit), (2, 120))
            self.assertEqual(sum(line.sudo().move_ids.mapped("product_uom_qty")), 2)
            self.assertEqual(order.locked, locked)

    def test_price(self):
        order = self._confirmed()
        row = self._kind(order, "price", price_unit=90, discount=10)
        self._applied(order, row)
        self.assertEqual(order.amount_untaxed, 810)

    def test_date(self):
        order = self._confirmed()
        self._deliver(order, 4)
        done = self._moves(order, "done")
        shipped = done.date, done.date_deadline
        self.company.security_lead = 2
        change = self._applied(order, "date")
        picking = self._moves(order).picking_id
        self.assertEqual(order.commitment_date, self.later)
        self.assertEqual((self.later - picking.scheduled_date).days, 2)
        self.assertEqual(self._moves(order).date_deadline, self.later)
        self.assertEqual((done.date, done.date_deadline), shipped)
        self.assertTrue(change.line_ids.new_value)
        # The deadline is another one now: less is still no return.
        self._applied(order, self._quantity(order, 7))
        self.assertEqual(self._open(order), 3)
        self._assert_no_return(order)

    def test_window(self):
        order = self._confirmed()
        day = self.later.date()
        row = self._kind(
            order,
            "date",
            commitment_date=False,
            requested_date=day,
            window_from=9,
            window_to=12,
        )
        self._applied(order, row)
        self.assertEqual(order.requested_date, day)
        self.assertEqual(
            (order.requested_window_from, order.requested_window_to), (9, 12)
        )
        planned = order._get_requested_moment(day, 9)
        self.assertEqual(order.sudo().picking_ids.scheduled_date, planned)
        self._refused(order, {**row, "window_to": 8}, "window")
        self._refused(order, {**row, "requested_date": "2020-01-01"}, "past")

    def test_delivery_address(self):
        order = self._confirmed()
        old = order.partner_shipping_id
        shipped = self._deliver(order, 4)
        self._applied(order, "delivery_address")
        self.assertEqual(order.partner_shipping_id, self.address)
        self.assertEqual(shipped.partner_id, old)
        rest = self._moves(order).picking_id
        self.assertEqual(rest.partner_id, self.address)
        self.assertFalse(rest.activity_ids)

    def test_delivery_address_with_other_taxes(self):
        abroad = self.env["account.tax"].create({"name": "Abroad 0 %", "amount": 0})
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Change abroad",
                "auto_apply": True,
                "country_id": self.env.ref("base.fr").id,
            }
        )
        abroad.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(self.tax.id)],
            }
        )
        self.customer.country_id = self.env.ref("base.be")
        self.address.country_id = self.env.ref("base.fr")
        self.address.zip = "75002"
        order = self._confirmed()
        change = self._submitted(order, "delivery_address")
        self.assertEqual(change.amount_delta, -190)
        change.action_apply()
        self.assertEqual(order.order_line.tax_ids, abroad)
        self.assertEqual(order.amount_tax, 0)

    def test_address_of_somebody_else(self):
        order = self._confirmed()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        row = self._kind(order, "delivery_address", partner_id=stranger.id)
        self._refused(order, row, "customer")

    def test_wrong_zip(self):
        order = self._confirmed()
        self.address.write({"country_id": self.env.ref("base.de").id, "zip": "00"})
        self.assertIn("ZIP", self._refused(order, "delivery_address", "address"))

    def test_too_late_for_another_address(self):
        order = self._confirmed()
        self._deliver(order, 10)
        for kind in ("delivery_address", "date", "carrier"):
            self._refused(order, kind, "shipped")

    def test_invoice_address(self):
        order = self._confirmed((self.service, 1))
        self._applied(order, "invoice_address")
        self.assertEqual(order.partner_invoice_id, self.address)
        order.sudo()._create_invoices().action_post()
        self._flush()
        other = self.address.copy({"name": "Front Door"})
        row = self._kind(order, "invoice_address", partner_id=other.id)
        self.assertIn("invoice again", self._refused(order, row, "invoiced"))

    def test_payment_term(self):
        order = self._confirmed((self.service, 1))
        draft = order.sudo()._create_invoices()
        self._flush()
        self._applied(order, "payment_term")
        self.assertEqual(order.payment_term_id, self.term)
        self.assertEqual(draft.invoice_payment_term_id, self.term)

    def test_carrier(self):
        order = self._confirmed()
        self._applied(order, "carrier")
        freight = order.order_line.filtered("is_delivery")
        self.assertEqual((freight.price_unit, order.carrier_id), (25, self.carrier))
        self.assertEqual(order.sudo().picking_ids.carrier_id, self.carrier)
        slow = self.carrier.copy({"name": "Slow", "fixed_price": 5})
        self._applied(order, self._kind(order, "carrier", carrier_id=slow.id))
        freight = order.order_line.filtered("is_delivery")
        self.assertEqual(freight.price_unit, 5)
        order.sudo().picking_ids.carrier_tracking_ref = "LABEL"
        self._refused(order, "carrier", "label")

    def test_priority_and_instructions(self):
        order = self._confirmed()
        self._applied(order, "priority", "instructions")
        picking = order.sudo().picking_ids
        self.assertEqual((order.order_priority, picking.priority), ("3", "1"))
        self.assertEqual(picking.delivery_instructions, "Leave it at the gate")

    def test_all_or_nothing(self):
        order = self._confirmed()
        change = self._submitted(order, "quantity", "add")
        changes = self.env.registry["sales.order.change"]
        stop = patch.object(changes, "_get_guard_findings", _get_finding)
        with stop, self.assertRaises(GuardError), self.env.cr.savepoint():
            change.action_apply()
        self._flush()
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertEqual(change.state, "submitted")

    def test_two_changes_of_one_thing(self):
        order = self._confirmed()
        change = self._new_change(order, "quantity", "remove")
        with self.assertRaises(ChangeError) as refusal:
            change.action_submit()
        self.assertEqual(refusal.exception.context["rule"], "twice")

    def test_numbers_that_are_none(self):
        order = self._confirmed()
        for row in (
            self._quantity(order, -1),
            self._kind(order, "price", discount=101),
            self._kind(order, "add", quantity=0),
        ):
            with self.assertRaises(ChangeError):
                self._new_change(order, row).action_submit()
