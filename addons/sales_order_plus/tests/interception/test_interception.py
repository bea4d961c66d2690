from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import InterceptError, ServiceUnavailableError
from ..cancellation.common import CancellationCommon

JOBS = "odoo.addons.sales_order_plus.models.seam.sales_retry_job"


@tagged("post_install", "-at_install")
class TestInterception(CancellationCommon):
    """Labels are cancelled, parcels are called back; the carrier is asked afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.change.policy"].search([]).active = False
        cls.env["sales.restocking.fee"].search([]).active = False

    def setUp(self):
        super().setUp()
        self.asked = []
        self.answer = "accepted"

    def _serve(self):
        """Give the carrier a service, as an addon of a carrier would."""

        def ask(carrier, picking):
            self.asked.append(picking.name)
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        patcher = patch.object(
            type(self.env["delivery.carrier"]),
            "fixed_intercept_shipment",
            ask,
            create=True,
        )
        self.startPatcher(patcher)

    def _shipped(self, quantity=10):
        order = self._confirmed((self.product, 10))
        picking = order.sudo().picking_ids
        picking.carrier_id = self.carrier
        picking = self._deliver(order, quantity)
        picking.carrier_tracking_ref = "T-1"
        self._flush()
        return order, picking

    def _run_jobs(self):
        jobs = self.env["sales.retry.job"].search([("state", "=", "waiting")])
        jobs.action_try_now()
        self.env.ref("sales_order_plus.ir_cron_retry").method_direct_trigger()
        self._flush()

    def _called_back(self, **values):
        order, picking = self._shipped(**values)
        order.with_user(self.salesman).action_intercept_deliveries(note="He cancels")
        self.assertFalse(self.asked, "nobody is asked before the commit")
        self._run_jobs()
        return order, picking, picking.intercept_ids

    # === Label === #

    def test_label_that_is_not_used(self):
        """Labelled and not shipped: label and transfer are cancelled."""
        cancelled = []
        order = self._confirmed((self.product, 10))
        picking = order.sudo().picking_ids
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "T-9"})
        self.startPatcher(
            patch.object(
                type(self.env["delivery.carrier"]),
                "fixed_cancel_shipment",
                lambda carrier, pickings: cancelled.append(pickings.ids),
            )
        )
        one = self._cancelled(order)
        self.assertEqual(picking.state, "cancel")
        self.assertFalse(cancelled, "nobody is asked before the commit")
        self._run_jobs()
        self.assertEqual(cancelled, [picking.ids])
        self.assertFalse(picking.carrier_tracking_ref)
        intercept = picking.intercept_ids
        self.assertEqual((intercept.kind, intercept.state), ("label", "accepted"))
        self.assertEqual(intercept.cancellation_id, one.sudo())
        self._run_jobs()
        self.assertEqual(len(cancelled), 1)

    # === Parcel === #

    def test_carrier_accepts(self):
        self._serve()
        order, picking, one = self._called_back()
        self.assertEqual((one.state, one.way), ("accepted", "service"))
        self.assertEqual(self.asked, [picking.name])
        back = one.return_id
        self.assertEqual((back.state, back.line_ids.quantity), ("authorised", 10))
        self.assertEqual(back.picking_ids.location_id.usage, "customer")
        self.assertIn(back.picking_ids.state, ("assigned", "confirmed"))
        mails = self.env["mail.mail"].search(
            [("model", "=", back._name), ("res_id", "=", back.id)]
        )
        self.assertFalse(mails, "the customer never has the goods")

    def test_carrier_refuses(self):
        self._serve()
        self.answer = "refused"
        _order, _picking, one = self._called_back(quantity=6)
        self.assertEqual(one.state, "refused")
        self.assertEqual(
            (one.return_id.state, one.return_id.line_ids.quantity), ("requested", 6)
        )
        self.assertFalse(one.return_id.picking_ids)

    def test_answer_comes_later(self):
        self._serve()
        self.answer = "pending"
        _order, _picking, one = self._called_back()
        self.assertEqual((one.state, len(self.asked)), ("requested", 1))
        one.with_user(self.storeman).action_accept()
        self.assertEqual(one.return_id.state, "authorised")
        self.assertEqual(one.answered_by_id, self.storeman)
        with self.assertRaises(InterceptError), self.env.cr.savepoint():
            one.with_user(self.storeman).action_refuse()

    @mute_logger(JOBS)
    def test_service_is_away(self):
        self._serve()
        self.answer = ServiceUnavailableError("away")
        _order, _picking, one = self._called_back()
        self.assertEqual(one.state, "requested")
        self.answer = "accepted"
        self._run_jobs()
        self.assertEqual((one.state, len(self.asked)), ("accepted", 2))
        self.assertEqual(len(one.order_id.return_ids), 1)

    def test_by_mail(self):
        self.carrier.intercept_email = "recall@carrier.example"
        _order, _picking, one = self._called_back()
        self.assertEqual(one.way, "mail")
        mail = self.env["mail.mail"].search(
            [("model", "=", one._name), ("res_id", "=", one.id)]
        )
        self.assertEqual(mail.email_to, "recall@carrier.example")
        self.assertIn("T-1", mail.subject)

    def test_by_phone(self):
        order, _picking, one = self._called_back()
        self.assertEqual(one.way, "phone")
        self.assertIn("T-1", order.activity_ids.summary)
        self.assertEqual(order.activity_ids.user_id, self.salesman)

    # === Refused === #

    def test_what_is_not_on_its_way(self):
        order = self._confirmed((self.product, 10))
        with self.assertRaises(InterceptError) as caught, self.env.cr.savepoint():
            order.with_user(self.salesman).action_intercept_deliveries()
        self.assertEqual(caught.exception.context["rule"], "on_its_way")
        _order, picking, _one = self._called_back()
        with self.assertRaises(InterceptError) as caught, self.env.cr.savepoint():
            picking.action_intercept()
        self.assertEqual(caught.exception.context["rule"], "again")

    def test_over_rpc(self):
        order, picking = self._shipped()
        api = self.env["sales.order.api"].with_user(self.salesman)
        [row] = api.intercept_order(name=order.name, note="He cancels")
        self.assertEqual((row["transfer"], row["state"]), (picking.name, "requested"))

    def test_rights(self):
        _order, picking, one = self._called_back()
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        for user in (other, self.portal_user):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                one.with_user(user).read(["state"])
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                one.with_user(user).action_accept()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            one.with_user(self.storeman).write({"state": "accepted"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            picking.with_user(self.portal_user).action_intercept()
