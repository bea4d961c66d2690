from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import OfferError
from ..cancellation.common import CancellationCommon
from ..selfservice.common import SelfServiceCommon


class OfferMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.retention.offer"].search([]).active = False
        cls.price = cls.env.ref("sales_order_plus.cancel_reason_price")
        cls.offer = cls.env["sales.retention.offer"].create(
            {
                "name": "10 % off if you keep it",
                "description": "On all that is not delivered yet.",
                "reason_category": "price",
                "company_id": cls.company.id,
            }
        )


@tagged("post_install", "-at_install")
class TestOfferOfStaff(OfferMixin, CancellationCommon):
    """Who cancels for a customer sees first what can be offered to him."""

    def _tried(self, **values):
        order = self._confirmed()
        one = self._new_cancellation(order, reason=self.price, **values)
        one.action_preview()
        return order, one

    def test_shown_and_taken(self):
        order, one = self._tried()
        self.assertEqual(one.offer_id, self.offer)
        self.assertEqual(one.offer_text, "On all that is not delivered yet.")
        one.action_accept_offer()
        self._flush()
        self.assertEqual((one.state, order.state), ("retained", "sale"))
        self.assertEqual(order.amount_untaxed, 900)
        self.assertEqual(one.amount, 1000)
        self.assertTrue(one.decided_on >= one.requested_on)
        change = self.offer.proposal_ids.change_id
        self.assertEqual((change.state, change.line_ids.kind), ("applied", "price"))
        self.assertEqual((self.offer.rate, self.offer.saved_amount), (100, 900))
        self.assertFalse(one.offer_id)

    def test_who_cancels_has_declined(self):
        order, one = self._tried()
        one.action_cancel_now()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.offer.proposal_ids.state, "declined")
        self.assertEqual((self.offer.shown_count, self.offer.rate), (1, 0))

    def test_shown_once(self):
        order, one = self._tried()
        one.action_decline_offer()
        self.assertFalse(one.offer_id)
        again = self._new_cancellation(order, reason=self.price)
        again.action_preview()
        self.assertFalse(again.offer_id)
        with self.assertRaises(OfferError), self.env.cr.savepoint():
            again.action_accept_offer()

    def test_not_kept(self):
        """Nobody approves the discount: the cancellation waits again."""
        self.env["sales.change.policy"].create(
            {
                "name": "Strict",
                "company_id": self.company.id,
                "limit_changes": True,
                "change_amount": 1,
            }
        )
        order, one = self._tried()
        one.action_accept_offer()
        change = order.change_ids
        self.assertEqual((one.state, change.state), ("retained", "submitted"))
        change.action_refuse(reason="Too much")
        again = order.cancellation_ids - one
        self.assertEqual((again.state, change.state), ("submitted", "refused"))
        self.assertEqual(again.reason_id, self.price)
        proposal = self.offer.proposal_ids
        self.assertEqual((proposal.state, proposal.saved_amount), ("failed", 0))
        self._flush()
        again.action_apply()
        self.assertEqual(order.state, "cancel")

    def test_nothing_for_another_reason(self):
        order = self._confirmed()
        one = self._new_cancellation(order)
        one.action_preview()
        self.assertFalse(one.offer_id)
        self.assertFalse(self.offer.proposal_ids)

    def test_under_change_control(self):
        self._control()
        order, one = self._tried()
        one.action_accept_offer()
        self.assertEqual(order.amount_untaxed, 900)

    def test_over_rpc(self):
        order = self._confirmed()
        api = self.env["sales.order.api"].with_user(self.salesman)
        values = {"name": order.name, "reason": "price"}
        shown = api.get_retention_offer(**values)
        self.assertEqual((shown["name"], shown["kind"]), (self.offer.name, "discount"))
        data = api.accept_retention_offer(**values)
        self.assertEqual((data["state"], data["order_state"]), ("retained", "sale"))
        self.assertEqual(order.amount_untaxed, 900)
        with self.assertRaises(OfferError), self.env.cr.savepoint():
            api.accept_retention_offer(**values)

    def test_order_of_somebody_else(self):
        _order, one = self._tried()
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            one.with_user(other).action_accept_offer()


@tagged("post_install", "-at_install")
class TestOfferOnThePage(OfferMixin, SelfServiceCommon):
    """The customer reads the offer with what cancelling costs him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.change.policy"].create(
            {"name": "Open", "company_id": cls.company.id, "cancel_until": "open"}
        )

    def _wish(self, **values):
        return {"scope": "all", "reason_id": self.price.id, **values}

    def _look(self, order):
        return self._post(order, "/cancel", step="preview", **self._wish())

    def test_he_keeps_it(self):
        order = self._confirmed()
        page = self._look(order)
        self.assertIn("o_sales_offer", page.text)
        self.assertIn("10 % off if you keep it", page.text)
        self.assertEqual(order.state, "sale")
        page = self._post(order, "/cancel", step="keep", **self._wish())
        self.assertIn("you keep your order", page.text)
        one = order.sudo().cancellation_ids
        self.assertEqual((one.state, one.channel), ("retained", "portal"))
        self.assertEqual(order.amount_untaxed, 900)
        self.assertIn("Kept, as offered", page.text)

    def test_he_cancels_all_the_same(self):
        order = self._confirmed()
        self._look(order)
        self._post(order, "/cancel", step="submit", **self._wish())
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.offer.proposal_ids.state, "declined")

    def test_offer_that_nobody_made(self):
        """Nothing is offered for this reason: asking for it changes nothing."""
        order = self._confirmed()
        other = self.env.ref("sales_order_plus.cancel_reason_changed_mind")
        wish = self._wish(reason_id=other.id)
        page = self._post(order, "/cancel", step="keep", **wish)
        self.assertIn("o_sales_error", page.text)
        self.assertEqual(order.amount_untaxed, 1000)
        self.assertFalse(order.sudo().cancellation_ids)

    def test_program(self):
        order = self._confirmed()
        wish = {"reason_id": self.price.id}
        data = self._call(order, "/cancel/preview", **wish)
        self.assertEqual(data["offer"]["name"], self.offer.name)
        data = self._call(order, "/cancel/keep", **wish)
        self.assertEqual(data["state"], "retained")
        data = self._call(order, "/cancel/keep", **wish)
        self.assertEqual(data["error"]["rule"], "expired")
