from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from ...exceptions import GuardError, QuotationError
from .common import DOT, QuotationCommon

REFUSAL = "Cannot be cancelled"


@tagged("post_install", "-at_install")
class TestQuotationStatus(QuotationCommon):
    """Status beside ``state``, expiry, validity, delivery."""

    def test_status_follows(self):
        order = self._new_order()
        self.assertEqual(order.quotation_status, "draft")
        order.action_quotation_sent()
        self.assertEqual(order.quotation_status, "sent")
        order.action_confirm()
        self.assertEqual((order.quotation_status, order.state), ("converted", "sale"))
        self.assertTrue(order.converted_on)

    def test_cancelled_quotation_and_cancelled_order(self):
        """What had been won and was cancelled later is no rejected quotation."""
        quotation, order = self._new_sent(), self._new_sent()
        order.action_confirm()
        (quotation | order)._action_cancel()
        self.assertEqual(quotation.quotation_status, "rejected")
        self.assertEqual(order.quotation_status, "converted")
        order.action_draft()
        self.assertEqual(order.quotation_status, "draft")

    def test_expired_after_the_cron(self):
        """The night passes without a write; only the cron can tell."""
        order = self._new_sent(validity_date=self._in_days(2))
        with freeze_time(Datetime.now() + timedelta(days=3)):
            self.env.invalidate_all()
            self.assertEqual(order.quotation_status, "sent")
            self._run_cron("expire_quotations")
            self.assertEqual(order.quotation_status, "expired")
        self.assertEqual(order.state, "sent")
        self.assertIn("quotation.expired", self._get_codes(order))

    def test_status_is_anew_on_write(self):
        order = self._new_sent()
        order.validity_date = self._in_days(-1)
        self.assertEqual(order.quotation_status, "expired")
        order.validity_date = self._in_days(1)
        self.assertEqual(order.quotation_status, "sent")

    @freeze_time("2026-03-10 23:30:00")
    def test_expiry_in_the_time_zone_of_the_company(self):
        """At half past eleven in London it is the next day in Auckland already."""
        order = self._new_sent(validity_date="2026-03-10")
        self.company.partner_id.tz = "Pacific/Auckland"
        self.env.invalidate_all()
        self.assertTrue(order.is_expired)
        self.company.partner_id.tz = "America/New_York"
        self.env.invalidate_all()
        self.assertFalse(order.is_expired)

    # === Confirming what expired === #

    def test_expired_is_refused_and_extended(self):
        order = self._new_sent()
        self._let_expire(order, days=3)
        with self.assertRaises(GuardError) as caught:
            order.action_confirm()
        self.assertIn("expired on", str(caught.exception))
        self.assertEqual(
            caught.exception.context["findings"][0]["code"], "expired_quotation"
        )
        wizard = (
            self.env["sales.quotation.extend"]
            .with_user(self.salesman)
            .with_context(active_ids=order.ids)
            .create({"days": 15, "reason": "Holiday"})
        )
        wizard.action_extend()
        self.assertEqual(str(order.validity_date), self._in_days(15))
        self.assertEqual(order.quotation_status, "sent")
        event = self._get_events(order, "quotation.extended")
        self.assertEqual(event.user_id, self.salesman)
        self.assertEqual(event.data["reason"], "Holiday")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_expired_cannot_be_written_over_rpc(self):
        """The gate is not the button."""
        order = self._new_sent()
        self._let_expire(order)
        with self.assertRaises(GuardError):
            order.write({"state": "sale"})
        with self.assertRaises(GuardError):
            self._new_order(state="sale", validity_date=self._in_days(-1))

    def test_expired_confirms_where_the_company_allows_it(self):
        for policy in ("info", "warn"):
            order = self._new_sent()
            self._let_expire(order)
            self.company.quotation_expired_policy = policy
            order.action_confirm()
            self.assertEqual(order.state, "sale", policy)

    def test_signed_in_time_confirms_later(self):
        order = self._new_sent(validity_date=self._in_days(1))
        order.sudo().write(
            {
                "signature": DOT,
                "signed_by": "Paul",
                "signed_on": Datetime.now(),
            }
        )
        with freeze_time(Datetime.now() + timedelta(days=4)):
            order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_extending_an_order_is_refused(self):
        order = self._new_sent()
        order.action_confirm()
        with self.assertRaisesRegex(QuotationError, order.name):
            order.action_extend_validity(days=5)
        with self.assertRaisesRegex(QuotationError, "Days"):
            self._new_sent().action_extend_validity(days=0)

    # === Cancelled by the night === #

    def test_long_expired_are_cancelled_one_by_one(self):
        """One that cannot be cancelled stops neither the others nor the cron."""
        self.company.quotation_auto_cancel_days = 10
        bad, good, young = self._new_sent(), self._new_sent(), self._new_sent()
        self._let_expire(young, days=9)
        cancel = self.env.registry["sale.order"]._action_cancel

        def _action_cancel(orders):
            if bad.id in orders.ids:
                raise UserError(REFUSAL)
            return cancel(orders)

        with patch.object(
            self.env.registry["sale.order"], "_action_cancel", _action_cancel
        ):
            self._let_expire(bad | good, days=11)
        self.assertEqual(good.state, "cancel")
        self.assertEqual((bad.state, young.state), ("sent", "sent"))
        self.assertIn(REFUSAL, bad.activity_ids.note)

    # === Validity === #

    def test_validity_by_type_and_class(self):
        """Template, then type and class, then type, then class, then company."""
        self.company.quotation_validity_days = 30
        rush = self.env["sales.order.type"].create({"name": "Rush", "code": "TQRUSH"})
        self.env["sales.quotation.validity"].create(
            [
                {"order_type_id": rush.id, "days": 5},
                {"customer_class": "vip", "days": 60},
                {"order_type_id": rush.id, "customer_class": "vip", "days": 7},
            ]
        )
        template = self.env["sale.order.template"].create(
            {"name": "Pack", "number_of_days": 3}
        )
        vip = self.env["res.partner"].create({"name": "V", "customer_class": "vip"})
        cases = [
            (30, {}),
            (60, {"partner_id": vip.id}),
            (5, {"order_type_id": rush.id}),
            (7, {"order_type_id": rush.id, "partner_id": vip.id}),
            (3, {"order_type_id": rush.id, "sale_order_template_id": template.id}),
        ]
        for days, values in cases:
            order = self._new_order(**values)
            self.assertEqual(str(order.validity_date), self._in_days(days), values)

    def test_typed_validity_survives_another_customer(self):
        order = self._new_order(validity_date=self._in_days(99))
        order.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(str(order.validity_date), self._in_days(99))

    # === Delivery to the customer === #

    def test_each_way_of_delivery_is_kept(self):
        order = self._new_order()
        order.action_print_quotation()
        self.assertEqual((order.state, order.sent_via), ("sent", "print"))
        self.assertEqual(order.sent_by_id, self.salesman)
        order.action_record_delivery(via="link")
        order.with_context(mark_so_as_sent=True).message_post()
        self.assertEqual(order.sent_via, "email")
        ways = [
            event.data["via"] for event in self._get_events(order, "quotation.sent")
        ]
        self.assertEqual(ways, ["print", "link", "email"])
        with self.assertRaisesRegex(QuotationError, "pigeon"):
            order.action_record_delivery(via="pigeon")

    def test_batch_send_from_the_list(self):
        orders = self._new_order() | self._new_order()
        action = orders.action_quotation_send()
        template = self.env.ref("sale.email_template_edi_sale")
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .with_context(**action["context"])
            .create({"template_id": template.id})
        )
        composer._action_send_mail()
        self.assertEqual(orders.mapped("state"), ["sent", "sent"])
        self.assertEqual(orders.mapped("sent_via"), ["email", "email"])

    def test_bounced_mail_flags_the_quotation(self):
        fine, bounced = self._new_sent(), self._new_sent()
        message = bounced.message_post(subtype_xmlid="mail.mt_comment")
        self.env["mail.notification"].sudo().create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.customer.id,
                "notification_type": "email",
                "notification_status": "bounce",
            }
        )
        self.assertEqual(bounced.delivery_problem, "customer@test.example")
        self.assertFalse(fine.delivery_problem)
        found = bounced.search(
            [("id", "in", (fine | bounced).ids), ("delivery_problem", "!=", False)]
        )
        self.assertEqual(found, bounced)

    # === Many at once === #

    def test_confirm_each(self):
        """Nine confirm, one stays with its reason."""
        orders = self.env["sale.order"].with_user(self.salesman)
        for _index in range(9):
            orders |= self._new_sent((self.service, 1))
        blocked = self.env["res.partner"].create({"name": "Blocked"})
        stopped = self._new_sent((self.service, 1), partner_id=blocked.id)
        self._stop_orders(partner=blocked)
        batch = (
            self.env["sales.quotation.batch"]
            .with_user(self.salesman)
            .with_context(
                active_ids=(orders | stopped).ids, quotation_operation="confirm"
            )
            .create({})
        )
        batch.action_run()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(stopped.state, "sent")
        refused = batch.line_ids.filtered(lambda line: not line.success)
        self.assertEqual(refused.order_id, stopped)
        self.assertIn("ask Ann", refused.reason)
        self.assertEqual(batch.summary, "9 of 10 done")
