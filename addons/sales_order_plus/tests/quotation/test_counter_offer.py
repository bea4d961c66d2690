from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import QuotationError
from .common import DOT
from .common_portal import QuotationPortalCommon


@tagged("post_install", "-at_install")
class TestCounterOffer(QuotationPortalCommon):
    """The customer proposes, the salesperson decides."""

    def setUp(self):
        super().setUp()
        self.order = self._new_sent((self.product, 2), (self.service, 1))
        self.line = self.order.order_line[0]

    def _offer(self, price="90", quantity="2", line=None, order=None, **data):
        order, line = order or self.order, line or self.line
        fields = {f"price_{line.id}": price, f"quantity_{line.id}": quantity}
        return self._post(order, "counter_offer", **fields, **data)

    def _get_offer(self):
        return self.order.counter_offer_ids.sorted("id")[-1:]

    def _as_salesman(self):
        return self._get_offer().with_user(self.salesman)

    # === Made === #

    def test_form_shows_what_can_be_negotiated(self):
        page = self._browse(self.order.sudo().get_portal_url(suffix="/counter_offer"))
        self.assertIn(f'name="price_{self.line.id}"', page.text)
        self.assertIn('value="100.00"', page.text)

    def test_offer_changes_nothing(self):
        page = self._offer(message="We buy every month")
        self.assertIn("received your offer", page.text)
        offer = self._get_offer()
        self.assertEqual((offer.state, offer.revision), ("pending", 1))
        self.assertEqual((offer.amount_current, offer.amount_offered), (200, 180))
        self.assertEqual(self.line.price_unit, 100)
        self.assertEqual(self.order.customer_response, "counter_offer")
        activity = self.order.activity_ids
        self.assertEqual(activity.user_id, self.salesman)

    def test_second_offer_replaces_the_first(self):
        self._offer("90")
        self._offer("95")
        states = self.order.counter_offer_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["withdrawn", "pending"])

    def test_only_so_many_tries(self):
        for price in ("90", "91", "92", "93", "94"):
            page = self._offer(price)
        self.assertEqual(len(self.order.counter_offer_ids), 3)
        self.assertNotIn("o_counter_offer", page.text)

    def test_withdraw(self):
        self._offer()
        self._post(self.order, "counter_offer/withdraw")
        self.assertEqual(self._get_offer().state, "withdrawn")

    # === Refused input === #

    def test_line_of_another_order_is_refused(self):
        """A crafted id: nothing of the offer is kept."""
        other = self._new_sent((self.product, 1))
        page = self._offer(line=other.order_line)
        self.assertIn("no line of this quotation", page.text)
        self.assertFalse(self.order.counter_offer_ids | other.counter_offer_ids)

    def test_lines_that_cannot_be_negotiated_are_refused(self):
        section = self.env["sale.order.line"].create(
            {
                "order_id": self.order.id,
                "display_type": "line_section",
                "name": "Section",
            }
        )
        page = self._offer(line=section)
        self.assertIn("can be negotiated", page.text)
        self.assertFalse(self.order.counter_offer_ids)

    def test_nonsense_is_refused(self):
        for price, quantity in (
            ("-1", "1"),
            ("nan", "1"),
            ("inf", "1"),
            ("1e300", "1"),
            ("", "1"),
            ("<b>", "1"),
            ("90", "0"),
            ("90", "-3"),
            ("90", ""),
        ):
            page = self._offer(price, quantity)
            self.assertIn("o_quotation_refusal", page.text, (price, quantity))
        self.assertFalse(self.order.counter_offer_ids)

    def test_same_as_quoted_is_no_offer(self):
        page = self._offer("100.00", "2")
        self.assertIn("same as our quotation", page.text)

    def test_decimal_comma(self):
        self._offer("90,5")
        self.assertEqual(self._get_offer().line_ids.price_unit, 90.5)

    def test_needs_token_and_form(self):
        url = f"/my/orders/{self.order.id}/counter_offer"
        token = self.order.sudo()._portal_ensure_token()
        no_form = self._browse(
            f"{url}?access_token={token}",
            method="POST",
            data={f"price_{self.line.id}": "1", f"quantity_{self.line.id}": "1"},
        )
        self.assertEqual(no_form.status_code, 400)
        self.assertIn("/web/login", self._browse(f"{url}?access_token=x").url)
        self.assertFalse(self.order.counter_offer_ids)

    def test_not_where_it_is_switched_off_expired_or_signed(self):
        page = self._browse(self.order.sudo().get_portal_url())
        self.assertIn("o_counter_offer", page.text)
        self.company.portal_negotiation = False
        self.assertIn("do not take counter-offers", self._offer().text)
        self.company.portal_negotiation = True
        self.order.validity_date = self._in_days(-1)
        self.assertIn("has expired", self._offer().text)
        self.order.validity_date = self._in_days(5)
        self.order.sudo().write({"signed_by": "P", "signature": DOT})
        self.assertIn("accepted this quotation", self._offer().text)
        self.order.action_confirm()
        self.assertIn("not a quotation any more", self._offer().text)
        self.assertFalse(self.order.counter_offer_ids)

    # === Decided === #

    def test_accept_is_the_next_revision_and_is_mailed(self):
        self._offer("90", "5")
        link = self.order.sudo().get_portal_url()
        result = self._as_salesman().action_accept()
        self.assertEqual((result["revision"], result["sent"]), (2, True))
        self.assertEqual((self.line.price_unit, self.line.product_uom_qty), (90, 5))
        self.assertEqual(self.order.amount_total, 500)
        self.assertEqual((self.order.state, self.order.sent_via), ("sent", "email"))
        self.assertEqual(self.order.sudo().get_portal_url(), link)
        self.assertEqual(self._get_offer().decided_by_id, self.salesman)
        revisions = self.order.quotation_revision_ids.sorted("number")
        self.assertEqual(revisions.mapped("amount_total"), [250, 500])
        self.assertFalse(
            self.order.activity_ids.filtered(lambda a: "offer" in a.summary.lower())
        )

    def test_discount_is_part_of_the_price(self):
        self.line.discount = 10
        self.order.action_record_delivery(via="link")
        self._offer("85")
        offer = self._get_offer()
        self.assertEqual(offer.line_ids.price_current, 90)
        self._as_salesman().action_accept()
        self.assertEqual((self.line.price_unit, self.line.discount), (85, 0))

    def test_other_quantity_keeps_price_and_discount(self):
        self.line.discount = 10
        self._offer("90.00", "7")
        self._as_salesman().action_accept()
        self.assertEqual((self.line.price_unit, self.line.discount), (100, 10))
        self.assertEqual(self.line.product_uom_qty, 7)

    def test_accept_waits_where_something_stands_against_it(self):
        """No price goes out before whoever must decide has decided."""
        self._offer("50")
        stop = self._stop_orders(severity="approve")
        result = self._as_salesman().action_accept()
        self.assertFalse(result["sent"])
        self.assertEqual(result["waiting_for"], ["Too large: ask Ann."])
        self.assertEqual((self.order.state, self.line.price_unit), ("draft", 50))
        stop.stop()
        self.order.sudo()._guard_release("confirm")
        self.assertEqual(self.order.state, "sent")
        self.assertFalse(self.order.send_when_released)

    def test_refuse_with_an_answer(self):
        self._offer()
        wizard = (
            self.env["sales.counter.offer.refuse"]
            .with_user(self.salesman)
            .create({"offer_id": self._get_offer().id, "answer": "Our costs rose"})
        )
        wizard.action_refuse()
        self.assertEqual(self._get_offer().state, "refused")
        self.assertIn("Our costs rose", self.order.message_ids[0].body)
        self.assertEqual((self.order.revision_number, self.line.price_unit), (1, 100))

    def test_only_a_pending_offer_is_decided(self):
        self._offer()
        self._as_salesman().action_accept()
        for decide in (
            self._as_salesman().action_accept,
            self._as_salesman().action_refuse,
        ):
            with self.assertRaisesRegex(QuotationError, "Accepted"):
                decide()

    def test_line_is_gone(self):
        self._offer()
        self.line.unlink()
        with self.assertRaisesRegex(QuotationError, "not in the quotation"):
            self._as_salesman().action_accept()

    def test_new_revision_lets_it_expire(self):
        self._offer()
        self.order.action_new_revision()
        self.assertEqual(self._get_offer().state, "expired")

    def test_rights(self):
        self._offer()
        offer = self._get_offer()
        with self.assertRaises(AccessError):
            offer.with_user(self.manager).write({"state": "accepted"})
        self.order.sudo().user_id = self.colleague
        with self.assertRaises(AccessError):
            offer.with_user(self.salesman).action_accept()
        with (
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError),
        ):
            offer.with_user(self.storeman).read(["state"])
