import random

from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import ProformaError
from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestProformaAmounts(ProformaCommon):
    """Parts of an order add up to it, to the cent, tax by tax."""

    def _get_taxes(self, proformas):
        amounts = {}
        for proforma in proformas:
            for name, _base, amount in proforma._get_tax_summary():
                amounts[name] = round(amounts.get(name, 0.0) + amount, 2)
        return amounts

    def _assert_adds_up(self, order, proformas):
        self.assertAlmostEqual(
            sum(proformas.mapped("amount_untaxed")), order.amount_untaxed, 6
        )
        self.assertAlmostEqual(sum(proformas.mapped("amount_tax")), order.amount_tax, 6)
        self.assertAlmostEqual(
            sum(proformas.mapped("amount_total")), order.amount_total, 6
        )
        for proforma in proformas:
            lines = proforma.line_ids
            self.assertAlmostEqual(
                sum(lines.mapped("price_subtotal")), proforma.amount_untaxed, 6
            )
            self.assertAlmostEqual(
                sum(self._get_taxes(proforma).values()), proforma.amount_tax, 6
            )

    def _issue_thirds(self, order):
        proformas = self.env["sales.proforma"]
        for _part in range(3):
            proformas |= self._issue(order, percent=33.333333)
        return proformas

    def test_three_thirds(self):
        order = self._new_taxed_order(100.0, 0.01, 33.34)
        proformas = self._issue_thirds(order)
        self._assert_adds_up(order, proformas)
        # 133.35 and 25.34 of tax in thirds: no part is off by more than rounding.
        for proforma in proformas:
            self.assertAlmostEqual(proforma.amount_untaxed, 44.45, delta=0.02)

    def test_three_thirds_of_any_order(self):
        """Orders of random prices, taxes, discounts and rounding methods."""
        draw = random.Random(233)
        included = self._new_tax(
            "20 % incl", 20.0, price_include_override="tax_included"
        )
        choices = (self.tax_19, self.tax_7, self.tax_19 | self.tax_7, included)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for _order in range(12):
                prices = [
                    round(draw.uniform(0.01, 999.99), 2)
                    for _line in range(draw.randint(1, 5))
                ]
                order = self._new_taxed_order(*prices)
                for line in order.order_line:
                    line.write(
                        {
                            "product_uom_qty": draw.randint(1, 9),
                            "discount": draw.choice((0, 7.5, 33.33)),
                            "tax_ids": [Command.set(draw.choice(choices).ids)],
                        }
                    )
                with self.subTest(method=method, prices=prices):
                    self._assert_adds_up(order, self._issue_thirds(order))

    def test_parts_of_many_kinds(self):
        """A percentage, some of a line, and all that is open."""
        order = self._new_taxed_order(19.99, 0.07, 1234.56, taxes=self.tax_7)
        order.order_line[0].product_uom_qty = 7
        first = self._issue(order, percent=12.345678)
        second = self._issue(order, kind="lines", quantities={order.order_line[0]: 3})
        third = self._issue(order, kind="full")
        self._assert_adds_up(order, first | second | third)

    def test_tax_lowered_by_early_payment(self):
        """The tax of a discount that may be taken belongs to no line of the order."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 7 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 7,
                "early_pay_discount_computation": "mixed",
            }
        )
        order = self._new_taxed_order(100.0, 50.0, payment_term_id=term.id)
        self.assertAlmostEqual(order.amount_tax, 27.93, 6)
        self._assert_adds_up(order, self._issue_thirds(order))

    def test_discount_line(self):
        order = self._new_taxed_order(100.0, -10.0)
        proforma = self._issue(order, percent=50)
        self.assertRecordValues(
            proforma, [{"amount_untaxed": 45.0, "amount_tax": 8.55}]
        )

    def test_sections_are_printed(self):
        order = self._new_taxed_order(100.0)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Part A"})
        ]
        proforma = self._issue(order, percent=50)
        self.assertIn("Part A", proforma.line_ids.mapped("name"))
        self.assertEqual(proforma.amount_untaxed, 50.0)

    def test_foreign_currency(self):
        order = self._new_taxed_order(100.0, 0.01, 33.34)
        proforma = self._create(order, percent=30, currency_id=self.foreign.id)
        proforma.action_issue()
        self.assertAlmostEqual(proforma.currency_rate, 1.0873, 6)
        own = proforma.order_amount_total
        self.assertAlmostEqual(own, round(158.69 * 0.3, 2), delta=0.02)
        self.assertEqual(proforma.amount_total, self.foreign.round(own * 1.0873))
        self.assertAlmostEqual(
            sum(proforma.line_ids.mapped("price_total")), proforma.amount_total, 6
        )
        before = proforma.amount_total
        self.foreign.rate_ids = [Command.create({"name": "2020-01-02", "rate": 2.0})]
        proforma.invalidate_recordset()
        self.assertEqual(proforma.amount_total, before)
        self.assertAlmostEqual(proforma.currency_rate, 1.0873, 6)

    def test_foreign_parts_are_whole_in_order_currency(self):
        order = self._new_taxed_order(99.99)
        first = self._issue(order, percent=50, currency_id=self.foreign.id)
        rest = self._issue(order, kind="full")
        self.assertAlmostEqual(
            first.order_amount_total + rest.amount_total, order.amount_total, 6
        )

    def test_currency_without_rate(self):
        self.foreign.rate_ids.unlink()
        with self.assertRaisesRegex(ProformaError, "no rate of TPF"):
            self._create(self._new_order(), percent=10, currency_id=self.foreign.id)

    def test_draft_follows_its_currency(self):
        draft = self._create(self._new_taxed_order(100.0), percent=10)
        draft.currency_id = self.foreign
        self.assertEqual(draft.amount_total, self.foreign.round(11.9 * 1.0873))

    def test_schedule_adds_up(self):
        """A 30/70 term over an odd amount."""
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.clear(),
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 30}
                    ),
                ],
            }
        )
        order = self._new_taxed_order(33.33, payment_term_id=term.id)
        proforma = self._issue(order, kind="full")
        schedule = proforma._get_schedule()
        self.assertEqual(len(schedule), 2)
        self.assertAlmostEqual(
            sum(amount for _day, amount in schedule), proforma.amount_total, 6
        )
        self.assertEqual((schedule[1][0] - schedule[0][0]).days, 30)
