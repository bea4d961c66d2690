import random
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..common import SubscriptionCommon

# Which record it is, not what is in it.
IDENTITY = {
    "id",
    "access_token",
    "move_id",
    "parent_id",
    "create_date",
    "write_date",
    "message_main_attachment_id",
}


@tagged("post_install", "-at_install")
class TestJournalItems(SubscriptionCommon):
    """Items reckoned beforehand: the very entry Odoo makes by itself."""

    CASES = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.write({"document": "invoice", "auto_post": False})
        tag = cls.env["account.account.tag"].create(
            {"name": "Base", "applicability": "taxes"}
        )
        own = cls.env["account.account"].create(
            {
                "name": "Tax",
                "code": "TST251",
                "account_type": "liability_current",
                "reconcile": True,
            }
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
                {
                    "name": "T on payment",
                    "amount": 11.0,
                    "tax_exigibility": "on_payment",
                    "cash_basis_transition_account_id": own.id,
                },
            ]
        )
        # A tag is not shared by what is owed at once and what is on payment.
        repartition = cls.taxes[:-1].invoice_repartition_line_ids
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
        cls.company.tax_exigibility = True
        cls.terms = cls._new_terms()
        cls.pricelists = cls._new_pricelists()

    @classmethod
    def _new_terms(cls):
        """Terms in parts, on a fixed day, and with a discount for paying early."""
        early = {"early_discount": True, "discount_percentage": 2.5, "discount_days": 7}
        return cls.env["account.payment.term"].create(
            [
                {
                    "name": "Thirds",
                    "line_ids": [
                        Command.create({"value": "percent", "value_amount": 33.33}),
                        Command.create({"value": "fixed", "value_amount": 7.5}),
                        Command.create(
                            {"value": "percent", "value_amount": 66.67, "nb_days": 30}
                        ),
                    ],
                },
                {
                    "name": "Early, tax too",
                    **early,
                    "early_pay_discount_computation": "included",
                },
                {
                    "name": "Early, without tax",
                    **early,
                    "early_pay_discount_computation": "excluded",
                },
            ]
        )

    @classmethod
    def _new_pricelists(cls):
        """In the company's currency, in one without decimals and in one with three."""
        found = cls.env["product.pricelist"].create({"name": "Own"})
        for code, rate in (("JPY", 151.3), ("KWD", 0.30717)):
            currency = cls.env.ref(f"base.{code}")
            currency.active = True
            cls.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "rate": rate,
                    "name": "2020-01-01",
                    "company_id": cls.company.id,
                }
            )
            found |= found.create({"name": code, "currency_id": currency.id})
        return found

    def _draw(self, source):
        """Return a subscription of one to four lines with odd prices and taxes."""
        lines = []
        for number in range(source.randint(1, 4)):
            taxes = source.sample(self.taxes.ids, source.choice((0, 1, 1, 2)))
            price = source.randrange(1, 99999) / source.choice((100, 1000))
            lines.append(
                {
                    "product_id": self.care.id,
                    "quantity": source.choice((1, 2, 3, 0.37, 12)),
                    # Something may be given back, or for nothing.
                    "price_unit": price
                    * (source.choice((1, 1, 0, -1)) if number else 1),
                    "discount": source.choice((0, 0, 10, 33.33)),
                    "tax_ids": [Command.set(taxes)],
                }
            )
        subscription = self.env["sales.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "anchor_date": "2026-02-28",
                "payment_term_id": source.choice((False, *self.terms.ids)),
                "pricelist_id": source.choice(self.pricelists.ids),
                "line_ids": [Command.create(vals) for vals in lines],
            }
        )
        subscription.action_start()
        return subscription.sudo()

    def _read(self, record):
        """Return {name: value} of everything that is kept of a record."""
        return {
            name: record[name].ids if field.relational else record[name]
            for name, field in record._fields.items()
            if field.store and field.type != "one2many" and name not in IDENTITY
        }

    def _get_entry(self, move):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = move.line_ids.sorted("id")
        return [self._read(move), *(self._read(line) for line in lines)]

    def _leave_to_odoo(self):
        rows = self.env.registry["sales.subscription.period"]
        return patch.object(rows, "_is_plain", lambda row, items: False)

    def _compare(self, source):
        """Bill, and bill the same with Odoo reckoning; return both entries."""
        subscription = self._draw(source)
        ours = subscription._bill_next_periods()
        lines = subscription._prepare_period_lines(ours)
        with self._leave_to_odoo():
            odoos = ours._invoice_at_once({ours: lines})
        first = ours.invoice_line_ids.move_id.sorted("id")[0]
        return self._get_entry(first), self._get_entry(odoos)

    def _check(self, seed):
        self.maxDiff = None
        source = random.Random(seed)
        for case in range(self.CASES):
            with self.subTest(case=case):
                ours, odoos = self._compare(source)
                self.assertEqual(len(ours), len(odoos))
                for one, other in zip(ours, odoos, strict=True):
                    self.assertEqual(one, other)

    def test_rounded_by_line(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self._check(1)

    def test_rounded_globally(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self._check(2)

    def _get_items(self, row):
        lines = row.subscription_id._prepare_period_lines(row)
        return [row._prepare_invoice_line_vals(vals) for vals in lines]

    def test_what_else_decides_is_left_to_odoo(self):
        subscription = self._draw(random.Random(3))
        subscription.payment_term_id = self.terms[0]
        row = subscription._claim_period(1)
        self.assertTrue(row._is_plain(self._get_items(row)))
        subscription.line_ids.tax_ids = self.taxes[0]
        self.taxes[0].analytic = True
        self.assertFalse(row._is_plain(self._get_items(row)))
        self.taxes[0].analytic = False
        self.terms[1].early_pay_discount_computation = "mixed"
        subscription.payment_term_id = self.terms[1]
        self.assertFalse(row._is_plain(self._get_items(row)))
        subscription.payment_term_id = False
        subscription.line_ids.discount = 10.0
        self.company.account_discount_expense_allocation_id = self.env[
            "account.account"
        ].search([("account_type", "=", "expense")], limit=1)
        self.assertFalse(row._is_plain(self._get_items(row)))
        subscription.line_ids.discount = 0.0
        self.assertTrue(row._is_plain(self._get_items(row)))

    def test_a_default_rounding_to_cash_is_left_to_odoo(self):
        rows = self.env["sales.subscription.period"]
        self.assertTrue(rows._is_synced_by_odoo())
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Five",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.care._get_product_accounts()["income"].id,
                "loss_account_id": self.care._get_product_accounts()["income"].id,
            }
        )
        self.env["ir.default"].set(
            "account.move", "invoice_cash_rounding_id", rounding.id
        )
        self.assertFalse(rows._is_synced_by_odoo())

    def test_an_addon_that_adds_items_is_heeded(self):
        moves = self.env.registry["account.move"]
        sync = moves._get_sync_stack

        def add(records, container):
            return sync(records, container)

        with patch.object(moves, "_get_sync_stack", add):
            rows = self.env["sales.subscription.period"]
            self.assertFalse(rows._is_synced_by_odoo())

    def test_plain_and_others_in_one_batch(self):
        source = random.Random(5)
        subscriptions = self.env["sales.subscription"].union(
            *(self._draw(source) for _number in range(4))
        )
        second = subscriptions[1].sudo()
        self.taxes[0].analytic = True
        second.line_ids.tax_ids = self.taxes[0]
        (subscriptions - second).sudo().line_ids.tax_ids = self.taxes[1]
        rows = subscriptions.sudo()._bill_next_periods()
        self.assertEqual(rows.subscription_id, subscriptions)
        for row in rows:
            lines = row.invoice_line_ids
            self.assertEqual(len(lines.move_id), 1)
            self.assertEqual(
                lines.sales_subscription_line_id, row.subscription_id.line_ids
            )

    def test_terms_of_the_draft_follow_when_it_is_changed(self):
        """What was made beforehand stays Odoo's to keep up to date."""
        subscription = self._draw(random.Random(7))
        subscription.payment_term_id = self.terms[0]
        move = subscription._bill_next_periods().move_id
        line = move.invoice_line_ids.filtered("product_id")[0]
        count = len(move.line_ids)
        line.quantity += 1
        self.assertEqual(len(move.line_ids), count)
        due = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        total = sum(due.mapped("amount_currency"))
        self.assertAlmostEqual(total, move.amount_total)
        move.invoice_payment_term_id = False
        due = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        self.assertEqual(len(due), 1)
