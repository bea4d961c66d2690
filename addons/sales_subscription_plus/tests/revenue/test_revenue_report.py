import random
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenueReport(RevenueCommon):
    """The report is the ledger's balance, whatever happened."""

    def test_the_bridge_of_each_month(self):
        invoice = self._invoice_year()
        self._post_due("2026-05-31")
        self._credit(invoice, "2026-06-10")
        rows = self._get_report()
        self.assertEqual(
            [str(row.month)[:7] for row in rows],
            ["2026-03", "2026-04", "2026-05", "2026-06"],
        )
        opening = 0.0
        for row in rows:
            self.assertEqual(round(row.opening, 2), round(opening, 2))
            moved = row.deferred + row.released + row.given_back
            self.assertEqual(round(row.opening + moved, 2), round(row.closing, 2))
            opening = row.closing
        self.assertEqual(rows[0].deferred, 1200.0)
        self.assertEqual(round(rows[0].released, 2), -55.89)
        self.assertEqual(round(rows[-1].closing, 2), 0.0)
        self.assertReconciled()

    def test_what_others_book_on_the_account_is_shown(self):
        self._invoice_year()
        income = self.year.product_tmpl_id.get_product_accounts()["income"]
        self.env["account.move"].create(
            {
                "journal_id": self.journal.id,
                "date": "2026-03-20",
                "line_ids": [
                    Command.create({"account_id": self.deferred.id, "credit": 5.0}),
                    Command.create({"account_id": income.id, "debit": 5.0}),
                ],
            }
        ).action_post()
        row = self._get_report()[0]
        self.assertEqual((row.ledger, row.difference), (1205.0, 5.0))

    def test_the_waterfall(self):
        self._invoice_year("2026-03-15")
        self._invoice_year("2026-04-01")
        groups = self.env["sales.revenue.schedule.line"]._read_group(
            [("kind", "=", "release"), ("account_id", "=", self.deferred.id)],
            groupby=["invoice_date:month"],
            aggregates=["revenue:sum", "__count"],
        )
        self.assertEqual(
            [(str(month), round(total, 2), count) for month, total, count in groups],
            [("2026-03-01", 1200.0, 13), ("2026-04-01", 1200.0, 12)],
        )

    def test_in_another_currency_at_the_rate_of_the_invoice(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        for day, rate in (("2026-01-01", 0.8), ("2026-06-01", 0.5)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "name": day, "rate": rate}
            )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        self.customer.property_product_pricelist = pricelist
        invoice = self._invoice_year(pricelist_id=pricelist.id)
        self.assertEqual(invoice.currency_id, euro)
        schedule = self._get_schedule(invoice)
        self.assertEqual(schedule.amount_currency, invoice.amount_untaxed)
        self.assertEqual(schedule.amount, -invoice.invoice_line_ids.balance)
        self.assertEqual(schedule.amount, round(invoice.amount_untaxed / 0.8, 2))
        self._post_due("2026-06-30")
        self._credit(invoice, "2026-07-10", invoice.amount_untaxed / 4)
        rest = sum(
            schedule.line_ids.filtered(lambda line: line.state == "posted").mapped(
                "amount_currency"
            )
        )
        self.assertAlmostEqual(schedule.balance, rest / 0.8, 1)
        self._post_due("2027-04-01")
        self.assertEqual(schedule.balance, 0.0)
        self.assertAlmostEqual(sum(schedule.line_ids.mapped("amount_currency")), 0.0, 6)
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_random_lives_leave_nothing_behind(self):
        draw = random.Random(7)
        for _life in range(8):
            start = date(2026, 1, 1) + timedelta(days=draw.randrange(300))
            price = draw.randrange(1, 500000) / 100
            self.year.list_price = price
            invoice = self._invoice_year(str(start))
            day, left = start, price
            for _step in range(draw.randrange(1, 5)):
                day += timedelta(days=draw.randrange(1, 120))
                self._post_due(str(day))
                step = draw.choice(("credit", "end", "wait"))
                if step == "credit" and left > 1:
                    part = round(left * draw.random() / 2, 2)
                    left = round(left - part, 2)
                    self._credit(invoice, str(day), part)
                elif step == "end" and left > 1:
                    part, left = left, 0.0
                    self._credit(invoice, str(day), part, service_from=str(day))
                self.assertReconciled()
            self._post_due("2029-01-01")
            schedule = self._get_schedule(invoice)
            self.assertEqual((schedule.balance, schedule.state), (0.0, "done"))
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()
