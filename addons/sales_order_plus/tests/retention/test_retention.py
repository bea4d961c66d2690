from datetime import timedelta
from types import SimpleNamespace

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import OfferError
from ..returns.common import ReturnCommon


class Cancellation(SimpleNamespace):
    """What a cancellation is to an offer, whatever the addon makes of it."""

    def sudo(self):
        return self

    def _write_own(self, vals):
        self.__dict__.update(vals)

    def _log_event(self, code, **data):
        self.event = code


@tagged("post_install", "-at_install")
class TestRetention(ReturnCommon):
    """One offer for each order; what is accepted becomes a change request."""

    def setUp(self):
        super().setUp()
        self.env["sales.retention.offer"].search([]).active = False

    def _offer(self, **values):
        return self.env["sales.retention.offer"].create(
            {
                "name": "10 % off",
                "reason_category": "price",
                "company_id": self.company.id,
                **values,
            }
        )

    def _as_customer(self, order):
        return order.with_user(self.portal_user).sudo()

    def _accept(self, order, offer):
        cancellation = Cancellation(order_id=self._as_customer(order))
        change = offer._accept_for(cancellation)
        self._flush()
        return change, cancellation

    def test_discount(self):
        self._control()
        offer = self._offer()
        order = self._confirmed()
        shown = self._as_customer(order)._get_retention_offer("price")
        self.assertEqual(shown, offer)
        change, cancellation = self._accept(order, shown)
        self.assertEqual((change.state, change.channel), ("applied", "portal"))
        self.assertEqual(cancellation.state, "retained")
        self.assertEqual(order.amount_untaxed, 900)
        self.assertEqual((offer.shown_count, offer.accepted_count), (1, 1))
        self.assertEqual((offer.saved_amount, offer.spent_amount), (900, 100))
        self.assertEqual(offer.rate, 100)

    def test_shown_once(self):
        offer = self._offer()
        order = self._confirmed()
        for _again in range(2):
            self.assertEqual(order._get_retention_offer("price"), offer)
        self.assertEqual(offer.shown_count, 1)
        order._decline_retention_offer()
        self.assertFalse(order._get_retention_offer("price"))
        self.assertEqual(offer.proposal_ids.state, "declined")
        with self.assertRaises(OfferError) as caught, self.env.cr.savepoint():
            self._accept(order, offer)
        self.assertEqual(caught.exception.context["rule"], "expired")

    def test_for_whom(self):
        self._offer(amount_min=500, amount_max=2000)
        order = self._confirmed()
        self.assertFalse(order._get_retention_offer("delivery"))
        small = self._confirmed((self.product, 1))
        self.assertFalse(small._get_retention_offer("price"))
        self.assertTrue(order._get_retention_offer("price"))

    def test_level(self):
        grade = self.env["res.partner.grade"].create({"name": "Gold"})
        self._offer(grade_ids=grade.ids)
        self.assertFalse(self._confirmed()._get_retention_offer("price"))
        self.customer.grade_id = grade
        self.assertTrue(self._confirmed()._get_retention_offer("price"))

    def test_nobody_is_asked_to_keep_a_fraud(self):
        self._offer(reason_category=False)
        order = self._confirmed()
        self.assertFalse(order._get_retention_offer("fraud"))
        self.assertTrue(order._get_retention_offer("other"))

    def test_budget(self):
        """What is promised to one is not promised to another."""
        offer = self._offer(budget=150)
        self.assertTrue(self._confirmed()._get_retention_offer("price"))
        second = self._confirmed()
        self.assertFalse(second._get_retention_offer("price"))
        offer.proposal_ids.valid_until = fields.Datetime.now() - timedelta(days=1)
        self.assertTrue(second._get_retention_offer("price"))

    def test_expired(self):
        offer = self._offer(valid_days=1)
        order = self._confirmed()
        order._get_retention_offer("price")
        offer.proposal_ids.valid_until = fields.Datetime.now() - timedelta(hours=1)
        with self.assertRaises(OfferError), self.env.cr.savepoint():
            self._accept(order, offer)
        self.env["sales.retention.proposal"]._gc_expired()
        self.assertEqual(offer.proposal_ids.state, "expired")

    def test_offer_of_another_order(self):
        offer = self._offer()
        self._confirmed()._get_retention_offer("price")
        with self.assertRaises(OfferError), self.env.cr.savepoint():
            self._accept(self._confirmed(), offer)

    def test_reschedule(self):
        offer = self._offer(kind="reschedule", days_later=20)
        order = self._confirmed()
        order._get_retention_offer("price")
        change, _cancellation = self._accept(order, offer)
        self.assertEqual(change.state, "applied")
        days = (order.commitment_date - fields.Datetime.now()).days
        self.assertIn(days, (19, 20))

    def test_free_delivery(self):
        offer = self._offer(kind="free_delivery")
        order = self._new_order((self.product, 10))
        order.sudo().set_delivery_line(self.carrier, 25)
        order.action_confirm()
        self._flush()
        self.assertEqual(order._get_retention_offer("price"), offer)
        self._accept(order, offer)
        self.assertEqual(order.amount_untaxed, 1000)
        self.assertEqual(offer.spent_amount, 25)

    def test_substitute(self):
        offer = self._offer(
            kind="substitute", product_id=self.product.id, substitute_id=self.other.id
        )
        order = self._confirmed()
        order._get_retention_offer("price")
        self._accept(order, offer)
        old, new = order.order_line
        self.assertEqual((old.product_uom_qty, new.product_uom_qty), (0, 10))
        self.assertEqual((new.product_id, new.price_unit), (self.other, 100))
        self.assertEqual(offer.spent_amount, 200)

    def test_coupon(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "Stay with us",
                "program_type": "coupons",
                "reward_ids": [
                    Command.create({"reward_type": "discount", "discount": 5})
                ],
            }
        )
        offer = self._offer(kind="coupon", program_id=program.id)
        order = self._confirmed()
        order._get_retention_offer("price")
        change, _cancellation = self._accept(order, offer)
        self.assertFalse(change)
        card = offer.proposal_ids.card_id
        self.assertEqual((card.partner_id, card.program_id), (self.customer, program))
        self.assertEqual(order.amount_untaxed, 1000)

    def test_nothing_to_offer_for(self):
        self._offer(kind="free_delivery")
        self.assertFalse(self._confirmed()._get_retention_offer("price"))

    def test_incomplete_offer(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._offer(kind="coupon")
