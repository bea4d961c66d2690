from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestInvoicingTrigger(PaymentCommon):
    """Orders are invoiced by a cron, as their type says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls._new_product(
            "Goods", 100, is_storable=True, invoice_policy="delivery"
        )
        cls._set_stock(cls.goods, 100)
        cls.accountant = cls._new_user("tsop_acc", "account.group_account_invoice")
        cls.types = {
            trigger: cls.env["sales.order.type"]
            .sudo()
            .create({"name": trigger, "code": trigger, "invoicing_trigger": trigger})
            for trigger in ("manual", "on_confirm", "on_delivery", "on_full_delivery")
        }

    def setUp(self):
        super().setUp()
        self.sent = []

        def send(model, moves, **settings):
            self.sent.extend(moves.ids)
            moves.is_move_sent = True

        self.patch(
            self.env.registry["account.move.send"], "_generate_and_send_invoices", send
        )

    def _new_typed(self, trigger, quantity=2):
        order = self._new_order(
            (self.goods, quantity), order_type_id=self.types[trigger].id
        )
        order.action_confirm()
        return order

    def _deliver(self, order, quantity):
        picking = order.sudo().picking_ids.filtered(lambda p: p.state == "assigned")
        picking = picking.with_user(self.storeman)
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def _run_cron(self):
        self.env.flush_all()
        self.env.ref("sales_order_plus.ir_cron_invoicing").method_direct_trigger()
        self.env.invalidate_all()

    def _get_invoices(self, order):
        return order.sudo().invoice_ids

    def test_by_hand(self):
        order = self._new_typed("manual")
        self._deliver(order, 2)
        self._run_cron()
        self.assertFalse(self._get_invoices(order))

    def test_when_confirmed(self):
        order = self._new_typed("on_confirm")
        self._run_cron()
        invoice = self._get_invoices(order)
        self.assertRecordValues(invoice, [{"state": "posted", "amount_untaxed": 200}])
        self.assertEqual(self.sent, invoice.ids)
        self._run_cron()
        self.assertEqual(self._get_invoices(order), invoice)

    def test_at_each_delivery(self):
        order = self._new_typed("on_delivery", 5)
        self._run_cron()
        self.assertFalse(self._get_invoices(order))
        self._deliver(order, 3)
        self._run_cron()
        self.assertEqual(self._get_invoices(order).mapped("amount_untaxed"), [300])
        self._deliver(order, 2)
        self._run_cron()
        amounts = sorted(self._get_invoices(order).mapped("amount_untaxed"))
        self.assertEqual(amounts, [200, 300])

    def _credit(self, invoice, quantity):
        """Give back a quantity with Odoo's own dialog, as an accountant."""
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "Goodwill"})
        )
        wizard.reverse_moves()
        note = wizard.new_move_ids
        note.invoice_line_ids.quantity = quantity
        note.action_post()
        return note

    def test_what_somebody_credits_is_not_invoiced_again(self):
        for trigger in ("on_confirm", "on_delivery"):
            for quantity in (2, 1):
                order = self._new_typed(trigger)
                self._deliver(order, 2)
                self._run_cron()
                invoice = self._get_invoices(order)
                self.assertEqual(invoice.amount_untaxed, 200)
                note = self._credit(invoice, quantity)
                self.assertEqual(order.invoice_status, "to invoice")
                self._run_cron()
                self.assertEqual(self._get_invoices(order), invoice | note)

    def test_credit_note_that_was_cancelled_does_not_count(self):
        order = self._new_typed("on_delivery", 5)
        self._deliver(order, 3)
        self._run_cron()
        note = self._credit(self._get_invoices(order), 3)
        note.sudo().button_draft()
        note.sudo().button_cancel()
        self._deliver(order, 2)
        self._run_cron()
        invoices = self._get_invoices(order).filtered(lambda one: one != note)
        self.assertEqual(sorted(invoices.mapped("amount_untaxed")), [200, 300])

    def test_what_somebody_cancels_is_not_invoiced_again(self):
        """Until he says so."""
        order = self._new_typed("on_delivery")
        self._deliver(order, 2)
        self._run_cron()
        invoice = self._get_invoices(order)
        invoice.with_user(self.accountant).button_cancel()
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertIn(f"{invoice.name} was cancelled", order.invoicing_error)
        self._run_cron()
        self.assertEqual(self._get_invoices(order), invoice)
        order.with_user(self.salesman).action_retry_invoicing()
        self._run_cron()
        again = self._get_invoices(order) - invoice
        self.assertRecordValues(again, [{"state": "posted", "amount_untaxed": 200}])
        self.assertFalse(order.invoicing_error)

    def test_an_order_of_another_type_is_not_told(self):
        order = self._new_typed("manual")
        self._deliver(order, 2)
        invoice = order.sudo()._create_invoices()
        invoice.button_cancel()
        self.assertFalse(order.invoicing_error)

    def test_order_confirmed_again_is_invoiced(self):
        """Its draft was cancelled with it, not by somebody who looked at the invoice."""
        service = self._new_product("Advice", 200, type="service")
        kind = self.types["on_delivery"]
        order = self._new_order((service, 1), order_type_id=kind.id)
        order.action_confirm()
        draft = order.sudo()._create_invoices()
        self.assertEqual(draft.state, "draft")
        order.sudo()._action_cancel()
        self.assertEqual(draft.state, "cancel")
        order.action_draft()
        order.action_confirm()
        self._run_cron()
        invoices = self._get_invoices(order) - draft
        self.assertRecordValues(invoices, [{"state": "posted", "amount_untaxed": 200}])

    def test_when_all_is_delivered(self):
        order = self._new_typed("on_full_delivery", 5)
        self._deliver(order, 3)
        self._run_cron()
        self.assertFalse(self._get_invoices(order))
        self._deliver(order, 2)
        self._run_cron()
        self.assertEqual(self._get_invoices(order).mapped("amount_untaxed"), [500])

    def test_delivery_wakes_the_cron(self):
        cron = self.env.ref("sales_order_plus.ir_cron_invoicing")
        triggers = self.env["ir.cron.trigger"].sudo()
        order = self._new_typed("on_delivery")
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._deliver(order, 2)
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)

    def test_unsent_invoice_stays(self):
        order = self._new_typed("on_confirm")
        self.customer.email = False
        self._run_cron()
        self.assertEqual(self._get_invoices(order).state, "posted")
        self.assertFalse(self.sent)
        activity = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertIn("no e-mail address", activity.note)

    def test_one_failure_does_not_stop_the_others(self):
        bad, good = self._new_typed("on_confirm"), self._new_typed("on_confirm")
        move = self.env.registry["account.move"]
        core = move.action_post

        def post(moves):
            if bad.name in moves.mapped("invoice_origin"):
                raise UserError(self.env._("The period is locked"))
            return core(moves)

        with patch.object(move, "action_post", post):
            self._run_cron()
        self.assertFalse(self._get_invoices(bad))
        self.assertEqual(bad.invoicing_error, "The period is locked")
        self.assertEqual(self._get_invoices(good).state, "posted")
        self._run_cron()
        self.assertFalse(self._get_invoices(bad))
        bad.action_retry_invoicing()
        self._run_cron()
        self.assertEqual(self._get_invoices(bad).state, "posted")
