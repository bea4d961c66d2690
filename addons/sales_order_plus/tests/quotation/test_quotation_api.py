from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_api import ApiCommon
from .common import QuotationCommon


@tagged("post_install", "-at_install")
class TestQuotationApi(QuotationCommon, ApiCommon):
    """Quotations over JSON-2, with a real API key."""

    def test_revise_and_compare(self):
        order = self._new_sent((self.product, 1))
        order.order_line.price_unit = 80
        status, data = self._call("revise_quotation", name=order.name, reason="Cheaper")
        self.assertEqual((status, data["revision"], data["status"]), (200, 2, "draft"))
        kinds = [entry["kind"] for entry in data["timeline"]]
        self.assertEqual(
            kinds,
            [
                "quotation.sent",
                "order.line_changed",
                "order.reset",
                "quotation.revised",
            ],
        )
        status, difference = self._call("compare_revisions", name=order.name)
        self.assertEqual(difference["totals"][2]["delta"], -20)

    @mute_logger("odoo.http")
    def test_unknown_revision_is_named(self):
        order = self._new_sent()
        status, error = self._call("compare_revisions", name=order.name, old=7)
        self.assertEqual(status, 422)
        self.assertEqual(error["context"]["code"], "quotation_refused")
        self.assertIn("7", error["message"])

    def test_extend(self):
        order = self._new_sent(validity_date=self._in_days(-2))
        status, data = self._call("extend_quotation", name=order.name, days=10)
        self.assertEqual((status, data["valid_until"]), (200, self._in_days(10)))

    def test_confirm_several(self):
        fine, expired = self._new_sent((self.service, 1)), self._new_sent()
        expired.validity_date = self._in_days(-1)
        names = [fine.name, expired.name]
        status, results = self._call("confirm_orders", names=names)
        self.assertEqual(status, 200)
        self.assertEqual([r["confirmed"] for r in results], [True, False])
        self.assertIn("expired on", results[1]["reason"])
        self.assertEqual((fine.state, expired.state), ("sale", "sent"))

    @mute_logger("odoo.http")
    def test_no_offer_to_decide(self):
        order = self._new_sent()
        status, error = self._call("decide_counter_offer", name=order.name, accept=True)
        self.assertEqual(status, 422)
        self.assertIn("counter-offer", error["message"])

    @mute_logger("odoo.http")
    def test_quotation_of_a_colleague_is_unknown(self):
        order = self._new_sent(user=self.colleague)
        for method in ("get_quotation", "revise_quotation", "compare_revisions"):
            status, _error = self._call(method, name=order.name)
            self.assertEqual(status, 422)
        self.assertEqual(order.sudo().revision_number, 1)
