from unittest.mock import patch

import requests

from odoo import SUPERUSER_ID, api, sql_db
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ...exceptions import TaxProviderError
from ..shipping.common import PNG
from .common import PaymentCommon


class TaxServiceCommon(PaymentCommon):
    """A company that asks a service, and what the service would answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service_provider = cls.env["sales.tax.provider"].create(
            {
                "name": "Tax Service",
                "kind": "http",
                "url": "https://taxes.test/quote",
                "token": "secret-7",
            }
        )
        cls.company.tax_provider_id = cls.service_provider
        cls.usual = cls.company.account_sale_tax_id
        cls.usual.price_include_override = "tax_excluded"
        cls.taxed = cls._new_product("Taxed", 100, type="service")
        cls.taxed.taxes_id = [Command.set(cls.usual.ids)]
        cls.shop = cls.env["res.partner"].create(
            {
                "name": "Shop",
                "country_id": cls.env.ref("base.us").id,
                "state_id": cls.env.ref("base.state_us_5").id,
                "zip": "94016",
            }
        )

    def setUp(self):
        super().setUp()
        self.asked = []
        self.answer = [self._new_tax("state", "California", 6)]
        self.answer += [self._new_tax("county", "San Mateo", 1.25)]
        providers = self.registry["sales.tax.provider"]
        orders = self.registry["sale.order"]
        self.patch(providers, "_send", lambda _provider, asked: self._reply(asked))
        # The transaction of a test has written long before.
        self.patch(orders, "_has_written", lambda _order: False)

    def _new_tax(self, level, place, rate):
        return {"level": level, "jurisdiction": place, "rate": rate}

    def _reply(self, payload):
        self.asked.append(payload)
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"lines": [{"taxes": self.answer} for _line in payload["lines"]]}

    def _new_taxed(self, **values):
        order = self._new_order(
            (self.taxed, 2), partner_shipping_id=self.shop.id, **values
        )
        self.assertEqual(order.order_line.tax_ids, self.usual)
        return order


@tagged("post_install", "-at_install")
class TestTaxService(TaxServiceCommon):
    def test_taxes_of_the_service(self):
        with freeze_time("2026-03-01 18:00:00"):
            order = self._new_taxed()
        self.assertIn("Tax Service", order.tax_notice)
        order.action_ask_taxes()
        self.assertEqual(order.amount_tax, 14.5)
        self.assertRecordValues(
            order.order_line.tax_ids.sorted("amount"),
            [
                {"jurisdiction_level": "county", "jurisdiction_name": "San Mateo"},
                {"jurisdiction_level": "state", "jurisdiction_name": "California"},
            ],
        )
        self.assertFalse(order.tax_notice)
        [asked] = self.asked
        self.assertEqual((asked["date"], asked["to"]["zip"]), ("2026-03-01", "94016"))
        self.assertEqual(asked["lines"][0]["amount"], 200)

    def test_each_rate_is_one_tax_with_accounts(self):
        first, second = self._new_taxed(), self._new_taxed()
        (first | second).action_ask_taxes()
        self.assertEqual(first.order_line.tax_ids, second.order_line.tax_ids)
        account = self.usual.invoice_repartition_line_ids.account_id
        for tax in first.order_line.tax_ids.sudo():
            self.assertEqual(tax.invoice_repartition_line_ids.account_id, account)

    def test_equal_lines_are_asked_for_once(self):
        self._new_taxed().action_ask_taxes()
        again = self._new_taxed()
        again.action_ask_taxes()
        self.assertEqual(len(self.asked), 1)
        self.assertEqual(again.amount_tax, 14.5)
        again.order_line.product_uom_qty = 3
        self.assertTrue(again.tax_notice)
        again.action_ask_taxes()
        self.assertEqual(len(self.asked), 2)
        self.assertFalse(again.tax_notice)

    def test_asked_before_it_is_sent_and_confirmed(self):
        order = self._new_taxed()
        order.action_quotation_sent()
        self.assertEqual(order.amount_tax, 14.5)
        order.action_confirm()
        self.assertEqual(len(self.asked), 1)
        other = self._new_taxed()
        other.order_line.product_uom_qty = 4
        other.action_confirm()
        self.assertEqual((other.state, other.amount_tax), ("sale", 29))

    def test_service_is_down(self):
        self.answer = TaxProviderError("Tax Service: no taxes, cannot be reached.")
        reduced = self.usual.copy({"name": "Reduced", "amount": 5})
        position = self.env["account.fiscal.position"].create({"name": "California"})
        reduced.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.usual.ids)],
            }
        )
        order = self._new_taxed()
        order.fiscal_position_id = position
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.tax_ids, reduced)
        self.assertIn("cannot be reached", order.tax_notice)
        self.assertIn("cannot be reached", order.message_ids[0].body)

    def test_back_again(self):
        self.answer, good = TaxProviderError("Tax Service: no answer."), self.answer
        order = self._new_taxed()
        order.action_ask_taxes()
        self.assertEqual(order.order_line.tax_ids, self.usual)
        self.answer = good
        order.action_ask_taxes()
        self.assertEqual((order.amount_tax, order.tax_notice), (14.5, False))

    def test_exempt_stays_exempt(self):
        order = self._new_order(
            (self.service, 1), (self.taxed, 1), partner_shipping_id=self.shop.id
        )
        order.action_ask_taxes()
        self.assertEqual(order.order_line.mapped("price_tax"), [0, 7.25])

    def test_no_taxes_in_this_place(self):
        self.answer = []
        order = self._new_taxed()
        order.action_ask_taxes()
        self.assertFalse(order.order_line.tax_ids)

    def test_what_the_customer_signed_stays(self):
        order = self._new_taxed()
        order.action_quotation_sent()
        total = order.amount_total
        order.sudo().write({"signature": PNG, "signed_by": "Paula"})
        self.answer = [self._new_tax("state", "California", 99)]
        self.service_provider.sudo().url = "https://other.test"
        order.action_confirm()
        self.assertEqual((order.amount_total, len(self.asked)), (total, 1))

    def test_only_quotations_of_companies_with_a_service(self):
        order = self._new_taxed()
        order.action_confirm()
        with self.assertRaisesRegex(TaxProviderError, "no quotation any more"):
            order.action_ask_taxes()
        self.company.tax_provider_id = False
        other = self._new_taxed()
        with self.assertRaisesRegex(TaxProviderError, "Tax Provider"):
            other.action_ask_taxes()
        self.assertFalse(other.tax_notice)

    def test_over_rpc(self):
        order = self._new_taxed()
        api = self.env["sales.order.api"].with_user(self.salesman)
        answer = api.update_taxes(name=order.name)
        self.assertEqual((answer["amount_tax"], answer["tax_notice"]), (14.5, False))


@tagged("post_install", "-at_install")
class TestTaxServiceWire(TaxServiceCommon):
    """What goes over the wire, and what is refused of what comes back."""

    def setUp(self):
        super().setUp()
        providers = self.registry["sales.tax.provider"]
        self.patch(providers, "_send", type(self)._send)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._send = cls.registry["sales.tax.provider"]._send

    def _ask(self, status=200, content=b"{}", error=None):
        response = requests.Response()
        response.status_code, response._content = status, content
        with patch.object(
            requests, "request", return_value=response, side_effect=error
        ) as post:
            try:
                return self.service_provider.with_user(self.salesman)._ask(
                    {"lines": [{}]}
                )
            finally:
                self.sent = post.call_args

    def test_sent_with_token_and_timeout(self):
        content = (
            b'{"lines": [{"taxes": [{"level": "state", "jurisdiction": "CA", '
            b'"rate": 6, "more": 1}]}]}'
        )
        self.assertEqual(
            self._ask(content=content), [[self._new_tax("state", "CA", 6)]]
        )
        self.assertEqual(self.sent.kwargs["timeout"], 5)
        self.assertEqual(
            self.sent.kwargs["headers"], {"Authorization": "Bearer secret-7"}
        )

    def test_refused_answers(self):
        tax = b'{"lines": [{"taxes": [{"level": "%s", "jurisdiction": "x", "rate": %s}]}]}'
        for content in (
            b"nonsense",
            b"[]",
            b'{"lines": []}',
            b'{"lines": [{"taxes": 7}]}',
            tax % (b"moon", b"6"),
            tax % (b"state", b"-1"),
            tax % (b"state", b"NaN"),
            tax % (b"state", b"true"),
        ):
            with self.subTest(content=content), self.assertRaises(TaxProviderError):
                self._ask(content=content)
        with self.assertRaisesRegex(TaxProviderError, "503"):
            self._ask(status=503)
        with self.assertRaisesRegex(TaxProviderError, "no answer in time"):
            self._ask(error=requests.Timeout())
        with self.assertRaisesRegex(TaxProviderError, "cannot be reached"):
            self._ask(error=requests.ConnectionError())

    def test_address_is_checked(self):
        with self.assertRaisesRegex(TaxProviderError, "Address"):
            self.service_provider.url = "ftp://taxes.test"


@tagged("post_install", "-at_install")
class TestTaxServiceTransaction(TaxServiceCommon):
    """Nobody waits for a service while rows are locked."""

    def setUp(self):
        self.has_written = self.registry["sale.order"]._has_written
        super().setUp()
        self.patch(self.registry["sale.order"], "_has_written", self.has_written)

    def test_a_transaction_that_wrote_does_not_ask(self):
        order = self._new_taxed()
        order.action_confirm()
        self.assertFalse(self.asked)
        self.assertEqual(order.state, "sale")
        self.assertIn("in the midst of a change", order.tax_notice)

    def test_what_counts_as_written(self):
        with sql_db.db_connect(self.cr.dbname).cursor() as cr:
            orders = api.Environment(cr, SUPERUSER_ID, {})["sale.order"]
            orders.search([], limit=1)
            self.assertFalse(orders._has_written())
            cr.execute("SELECT id FROM res_country WHERE code = 'AQ' FOR UPDATE NOWAIT")
            self.assertTrue(orders._has_written())
