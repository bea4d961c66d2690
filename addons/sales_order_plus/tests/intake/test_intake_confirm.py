from odoo import fields
from odoo.tests import tagged

from ..seam.common import GuardCommon
from .common import IntakeCommon

FILE_DATE = fields.Datetime.to_datetime("2026-01-15 00:00:00")


@tagged("post_install", "-at_install")
class TestConfirm(IntakeCommon, GuardCommon):
    """Create and confirm: what is free is confirmed, what is not asks its approvers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.large = cls.env["res.partner"].create({"name": "Large", "ref": "LARGE"})

    def _import_both(self):
        return self._import_rows(
            self._row(),
            self._row(order_number="A2", customer_id="LARGE"),
            mode="confirm",
        )

    def test_confirmed_with_delivery(self):
        self._set_stock(self.product, 2)
        import_ = self._import_rows(self._row(), mode="confirm")
        self.assertBalanced(import_)
        order = import_.order_ids
        self.assertEqual((order.state, order.date_order), ("sale", FILE_DATE))
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(import_.waiting_count, 0)

    def test_quotations_only(self):
        import_ = self._import_rows(self._row())
        self.assertEqual(import_.order_ids.state, "draft")
        self.assertEqual(import_.waiting_count, 0)

    def test_stopped_order_waits_for_its_approvers(self):
        submitted = []
        order_class = self.env.registry["sale.order"]
        core = order_class._guard_submit

        def _guard_submit(orders, operation, origin):
            submitted.append((orders.mapped("intake_key"), operation, origin))
            return core(orders, operation, origin)

        self.patch(order_class, "_guard_submit", _guard_submit)
        self._stop_orders(self.large, severity="approve")
        import_ = self._import_both()
        self.assertBalanced(import_)
        # It came in: its row is imported, not reported.
        self.assertEqual(import_.rows_imported, 2)
        states = {order.intake_key: order.state for order in import_.order_ids}
        self.assertEqual(states, {"A1": "sale", "A2": "draft"})
        self.assertEqual(import_.waiting_count, 1)
        self.assertEqual(submitted, [(["A2"], "confirm", "import")])
        self.assertEqual(self._get_rows(import_)[1].message, "Too large: ask Ann.")

    def test_approved_later_keeps_the_date(self):
        patcher = self._stop_orders(self.large, severity="approve")
        order = self._import_both().order_ids.filtered(lambda o: o.state == "draft")
        patcher.stop()
        order.with_user(self.salesman).action_confirm()
        self.assertEqual((order.state, order.date_order), ("sale", FILE_DATE))
        # Stopped already; a second stop at the end of the test is none.
        patcher.start()

    def test_confirmed_together_with_an_order_of_today(self):
        imported = self._import_rows(self._row()).order_ids
        typed = self._new_order(date_order="2020-01-01")
        (imported | typed).with_user(self.salesman).action_confirm()
        self.assertEqual(imported.date_order, FILE_DATE)
        self.assertEqual(typed.date_order.date(), fields.Date.today())

    def test_without_a_date_it_is_of_today(self):
        import_ = self._import_rows(self._row(order_date=""), mode="confirm")
        order = import_.order_ids
        self.assertFalse(order.intake_date)
        self.assertEqual(order.date_order.date(), fields.Date.today())

    def test_order_that_cannot_be_confirmed_stays_a_quotation(self):
        order_class = self.env.registry["sale.order"]
        core = order_class._confirmation_error_message

        def _confirmation_error_message(order):
            if order.partner_id == self.large:
                return "No route to this customer"
            return core(order)

        self.patch(
            order_class, "_confirmation_error_message", _confirmation_error_message
        )
        import_ = self._import_both()
        self.assertBalanced(import_)
        states = {order.intake_key: order.state for order in import_.order_ids}
        self.assertEqual(states, {"A1": "sale", "A2": "draft"})
        self.assertEqual(
            self._get_rows(import_)[1].message, "No route to this customer"
        )
        self.assertEqual(import_.waiting_count, 1)

    def test_events(self):
        import_ = self._import_rows(self._row(), mode="confirm")
        codes = self._get_events(import_).mapped("code")
        self.assertEqual(codes, ["import.uploaded", "import.queued", "import.done"])
        event = self._get_events(import_, "import.done")
        self.assertEqual(event.data, {"imported": 1, "reported": 0})
        order_events = self._get_events(import_.order_ids, "order.confirmed")
        self.assertEqual(order_events.user_id, self.salesman)
        labels = self.env["sales.audit.event"]._get_event_labels()
        self.assertLessEqual(set(codes), set(labels))
