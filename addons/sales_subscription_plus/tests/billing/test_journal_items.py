import random
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestJournalItems(SubscriptionCommon):
    """Taxes reckoned beforehand: the very entry Odoo makes by itself."""

    CASES = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.write({"document": "invoice", "auto_post": False})
        tag = cls.env["account.account.tag"].create(
            {"name": "Base", "applicability": "taxes"}
        )
        own = cls.env["account.account"].create(
            {"name": "Tax", "code": "TST251", "account_type": "liability_current"}
        )
        cls.taxes = cls.env["account.tax"].create(
            [
                {"name": "T 20", "amount": 20.0},
                {"name": "T 7.7", "amount": 7.7},
                {"name": "T 0", "amount": 0.0},
                {"name": "T fixed", "amount_type": "fixed", "amount": 1.13},
                {
                    "name": "T incl",
                    "amount": 21.0,
                    "price_include_override": "tax_included",
                },
                {"name": "T on tax", "amount": 5.0, "include_base_amount": True},
                {"name": "T division", "amount_type": "division", "amount": 3.0},
            ]
        )
        repartition = cls.taxes.invoice_repartition_line_ids
        repartition.filtered(lambda one: one.repartition_type == "base").tag_ids = tag
        repartition[1].account_id = own
        group = cls.env["account.tax"].create(
            {
                "name": "T group",
                "amount_type": "group",
                "children_tax_ids": [Command.set(cls.taxes[:2].ids)],
            }
        )
        cls.taxes |= group
        cls.terms = cls.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50}),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 30}
                    ),
                ],
            }
        )

    def _draw(self, source):
        """Return a subscription of one to four lines with odd prices and taxes."""
        lines = []
        for _line in range(source.randint(1, 4)):
            taxes = source.sample(self.taxes.ids, source.choice((0, 1, 1, 2)))
            lines.append(
                {
                    "product_id": self.care.id,
                    "quantity": source.choice((1, 2, 3, 0.37, 12)),
                    "price_unit": source.randrange(1, 99999)
                    / source.choice((100, 1000)),
                    "discount": source.choice((0, 0, 10, 33.33)),
                    "tax_ids": [Command.set(taxes)],
                }
            )
        subscription = self.env["sales.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "anchor_date": "2026-02-28",
                "payment_term_id": source.choice((False, self.terms.id)),
                "line_ids": [Command.create(vals) for vals in lines],
            }
        )
        subscription.action_start()
        return subscription.sudo()

    def _get_entry(self, move):
        return sorted(
            (
                line.display_type or "",
                line.account_id.code or "",
                line.name or "",
                line.balance,
                line.amount_currency,
                line.tax_base_amount,
                line.price_subtotal,
                line.price_total,
                line.tax_ids.ids,
                line.tax_tag_ids.ids,
                line.tax_repartition_line_id.id,
                line.partner_id.id,
                str(line.date_maturity),
            )
            for line in move.line_ids
        )

    def _compare(self, source):
        """Bill, and bill the same with Odoo reckoning; return both entries."""
        subscription = self._draw(source)
        ours = subscription._bill_next_periods()
        lines = subscription._prepare_period_lines(ours)
        rows = self.env.registry["sales.subscription.period"]
        with patch.object(rows, "_is_plain", lambda row, items: False):
            odoos = ours._invoice_at_once({ours: lines})
        first = ours.invoice_line_ids.move_id.sorted("id")[0]
        self.assertEqual(first.amount_tax, odoos.amount_tax)
        self.assertEqual(first.amount_total, odoos.amount_total)
        return self._get_entry(first), self._get_entry(odoos)

    def _check(self, seed):
        source = random.Random(seed)
        for case in range(self.CASES):
            with self.subTest(case=case):
                ours, odoos = self._compare(source)
                self.assertEqual(ours, odoos)

    def test_rounded_by_line(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self._check(1)

    def test_rounded_globally(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self._check(2)

    def test_what_is_not_plain_is_left_to_odoo(self):
        subscription = self._draw(random.Random(3))
        row = subscription._claim_period(1)
        self.assertTrue(row._is_plain(self._get_items(row)))
        self.taxes.tax_exigibility = "on_invoice"
        subscription.line_ids.tax_ids = self.taxes[0]
        self.taxes[0].analytic = True
        self.assertFalse(row._is_plain(self._get_items(row)))
        self.taxes[0].analytic = False
        subscription.payment_term_id = self.env["account.payment.term"].create(
            {"name": "Early", "early_discount": True}
        )
        self.assertFalse(row._is_plain(self._get_items(row)))
        subscription.payment_term_id = False
        below = [{**vals, "price_unit": -1.0} for vals in self._get_items(row)]
        self.assertFalse(row._is_plain(below))

    def _get_items(self, row):
        lines = row.subscription_id._prepare_period_lines(row)
        return [row._prepare_invoice_line_vals(vals) for vals in lines]

    def test_other_currencies_are_left_to_odoo(self):
        foreign = self.env.ref("base.JPY")
        foreign.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 150.0, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "JPY", "currency_id": foreign.id}
        )
        subscription = self._new_subscription(
            "2026-02-28", (self.care, 1), pricelist_id=pricelist.id
        )
        subscription.line_ids.price_unit = 7777
        subscription.action_start()
        self._bill("2026-02-28 12:00:00")
        move = subscription.period_ids.move_id
        self.assertEqual(move.currency_id, foreign)
        self.assertEqual(move.amount_untaxed, 7777)
        self.assertEqual(sum(move.line_ids.mapped("balance")), 0)
