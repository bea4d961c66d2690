from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import Form, tagged

from ...exceptions import QuotationError
from .common import QuotationCommon


@tagged("post_install", "-at_install")
class TestQuotationLost(QuotationCommon):
    """Why quotations are lost, and what the analysis makes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["res.partner"].create({"name": "Rival"})
        cls.slow = cls.env["crm.lost.reason"].create({"name": "Too slow"})

    def _lose(self, orders, reason=None, **values):
        wizard = (
            self.env["sales.quotation.lost"]
            .with_user(self.salesman)
            .with_context(active_ids=orders.ids)
            .create({"reason_id": (reason or self.reason).id, **values})
        )
        wizard.action_lose()
        self.env.flush_all()

    def _get_rows(self, user=None, **values):
        analysis = self.env["sales.quotation.analysis"]
        if user:
            analysis = analysis.with_user(user)
        return analysis.search([(name, "=", value) for name, value in values.items()])

    def _new_opportunity(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Opportunity",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.salesman.id,
                **values,
            }
        )

    def test_reasons_customers_may_choose(self):
        reasons = self.env["crm.lost.reason"]
        self.assertEqual(reasons._get_customer_choices(), self.reason)
        self.reason.customer_choice = False
        self.assertFalse(reasons._get_customer_choices())
        self.assertFalse(reasons._has_records())
        self.slow.customer_choice = True
        self.assertEqual(reasons._get_customer_choices(), self.slow)

    def test_pivot_shows_lost_amounts_by_reason_and_competitor(self):
        first, second = self._new_sent((self.product, 1)), self._new_sent()
        third = self._new_sent((self.service, 4))
        self._lose(first | second, competitor_id=self.rival.id)
        self._lose(third, self.slow)
        groups = self.env["sales.quotation.analysis"]._read_group(
            [("order_id", "in", (first | second | third).ids)],
            ["lost_reason_id", "lost_competitor_id"],
            ["amount_lost:sum", "lost:sum", "win_rate:avg"],
        )
        found = {(reason, rival): values for reason, rival, *values in groups}
        self.assertEqual(found[self.reason, self.rival], [200, 2, 0])
        self.assertEqual(found[self.slow, self.rival.browse()], [200, 1, 0])

    def test_lost_opportunity_gets_the_same_reason(self):
        opportunity = self._new_opportunity()
        order = self._new_sent(opportunity_id=opportunity.id)
        self._lose(order)
        self.assertFalse(opportunity.active)
        self.assertEqual(opportunity.lost_reason_id, self.reason)

    def test_opportunity_with_another_quotation_stays(self):
        opportunity = self._new_opportunity()
        order = self._new_sent(opportunity_id=opportunity.id)
        self._new_sent(opportunity_id=opportunity.id)
        self._lose(order)
        self.assertTrue(opportunity.active)

    def test_reopening_clears_it(self):
        order = self._new_sent()
        self._lose(order, note="Three percent cheaper")
        self.assertTrue(order.lost_on)
        order.action_draft()
        self.assertFalse(order.lost_reason_id or order.lost_note or order.lost_on)
        self.assertEqual(order.quotation_status, "draft")

    def test_order_cannot_be_lost(self):
        order = self._new_sent()
        order.action_confirm()
        with self.assertRaisesRegex(QuotationError, order.name):
            self._lose(order)
        self.assertEqual(order.state, "sale")

    # === Analysis === #

    def test_win_rate_by_template_counts_decided_ones(self):
        template = self.env["sale.order.template"].create({"name": "Office Pack"})
        orders = [
            self._new_sent(sale_order_template_id=template.id) for _index in range(5)
        ]
        orders[0].action_confirm()
        orders[1].action_confirm()
        self._lose(orders[2])
        self._let_expire(orders[3])
        self.env.flush_all()
        rows = self._get_rows(template_id=template.id)
        self.assertEqual(sum(rows.mapped("count")), 5)
        self.assertEqual(sum(rows.mapped("sent")), 5)
        [(rate, won, lost, expired)] = rows._read_group(
            [("template_id", "=", template.id)],
            [],
            ["win_rate:avg", "won:sum", "lost:sum", "expired:sum"],
        )
        self.assertEqual((won, lost, expired), (2, 1, 1))
        # Two of the four that are decided; the fifth is open.
        self.assertEqual(rate, 0.5)

    def test_days_to_close(self):
        order = self._new_sent()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date - interval '10 days' "
            "WHERE id = %s",
            [order.id],
        )
        order.action_confirm()
        self.env.flush_all()
        row = self._get_rows(order_id=order.id)
        self.assertAlmostEqual(row.days_to_close, 10, delta=0.1)

    def test_amounts_are_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TQA",
                "symbol": "T",
                "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 4.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "T", "currency_id": currency.id}
        )
        order = self._new_sent((self.product, 1), pricelist_id=pricelist.id)
        self.assertEqual(order.amount_untaxed, 400)
        row = self._get_rows(order_id=order.id)
        self.assertAlmostEqual(row.amount, 100, places=2)

    def test_order_cancelled_later_was_not_lost(self):
        order = self._new_sent()
        order.action_confirm()
        order._action_cancel()
        self.env.flush_all()
        self.assertFalse(self._get_rows(order_id=order.id))

    def test_salesperson_sees_his_own_only(self):
        own, other = self._new_sent(), self._new_sent(user=self.colleague)
        self.assertTrue(self._get_rows(user=self.salesman, order_id=own.id))
        self.assertFalse(self._get_rows(user=self.salesman, order_id=other.id))
        self.assertTrue(self._get_rows(user=self.manager, order_id=other.id))
        with self.assertRaises(AccessError):
            self._get_rows(user=self.storeman)

    # === Renewal === #

    def _renew(self, orders, **values):
        batch = (
            self.env["sales.quotation.batch"]
            .with_user(self.salesman)
            .with_context(active_ids=orders.ids, quotation_operation="renew")
            .create({"days": 30, **values})
        )
        batch.action_run()
        return batch.line_ids

    def test_renew_five_with_the_prices_of_today(self):
        orders = self.env["sale.order"].with_user(self.salesman)
        for _index in range(5):
            orders |= self._new_sent((self.product, 2))
        self._let_expire(orders)
        self.product.list_price = 110
        lines = self._renew(orders, reprice=True, send=True)
        self.assertEqual(lines.mapped("success"), [True] * 5)
        self.assertEqual(lines.mapped("difference"), [20] * 5)
        self.assertEqual(orders.mapped("amount_total"), [220] * 5)
        self.assertEqual(set(orders.mapped("quotation_status")), {"sent"})
        self.assertEqual(set(orders.mapped("revision_number")), {2})
        self.assertEqual(str(orders[0].validity_date), self._in_days(30))

    def test_renew_as_a_new_quotation(self):
        order = self._new_sent()
        self._lose(order)
        self._renew(order, clone=True)
        link = self.env["sales.order.link"].search([("order_id", "=", order.id)])
        self.assertEqual(link.kind, "renewal")
        self.assertEqual(link.linked_id.state, "draft")
        self.assertEqual(order.state, "cancel")

    def test_one_that_is_alive_stops_no_other(self):
        alive, lost = self._new_sent(), self._new_sent()
        self._lose(lost)
        lines = self._renew(alive | lost)
        by_order = {line.order_id: line for line in lines}
        self.assertTrue(by_order[lost].success)
        self.assertIn("neither expired nor", by_order[alive].reason)
        self.assertEqual((alive.revision_number, lost.state), (1, "draft"))

    # === Odoo's own ways to a quotation === #

    def test_quotation_from_an_opportunity_and_a_template(self):
        """Odoo's own: the opportunity's button, a template, and a copy."""
        template = self.env["sale.order.template"].create(
            {
                "name": "Office Pack",
                "number_of_days": 12,
                "sale_order_template_line_ids": [
                    (0, 0, {"product_id": self.product.id, "product_uom_qty": 3})
                ],
            }
        )
        opportunity = self._new_opportunity()
        action = opportunity.with_user(self.salesman).action_new_quotation()
        orders = self.env["sale.order"].with_user(self.salesman)
        with Form(orders.with_context(**action["context"])) as form:
            form.sale_order_template_id = template
        order = form.record
        self.assertEqual(order.opportunity_id, opportunity)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(str(order.validity_date), self._in_days(12))
        copy = order.copy()
        self.assertEqual(copy.order_line.product_id, self.product)
        self.assertEqual((copy.state, copy.quotation_status), ("draft", "draft"))

    def test_copy_of_what_is_over_is_a_fresh_quotation(self):
        order = self._new_sent()
        self._lose(order)
        with freeze_time(Datetime.now() + timedelta(days=1)):
            copy = order.copy()
        self.assertFalse(copy.lost_reason_id or copy.sent_on or copy.signature)
        self.assertEqual(copy.customer_response, "none")
