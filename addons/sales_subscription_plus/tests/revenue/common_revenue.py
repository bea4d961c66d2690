from freezegun import freeze_time

from odoo.fields import Command

from ..common import SubscriptionCommon


class RevenueCommon(SubscriptionCommon):
    """A company that defers revenue, and a year of something for 1,200."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deferred = cls.env["account.account"].create(
            {
                "name": "Test Deferred Revenue",
                "code": "2120.T",
                "account_type": "liability_current",
            }
        )
        cls.journal = cls.env["account.journal"].create(
            {"name": "Test Deferrals", "code": "TDEF", "type": "general"}
        )
        cls._configure()
        cls.yearly.auto_post = True
        cls.year = cls._new_recurring("Test Year", 1200.0, cls.yearly, type="service")

    @classmethod
    def _configure(cls, on=True):
        cls.company.write(
            {
                "sales_deferred_account_id": on and cls.deferred.id,
                "sales_deferred_journal_id": on and cls.journal.id,
            }
        )

    def _invoice_year(self, day="2026-03-15", product=None, quantity=1, **values):
        """Sell a year and post its invoice as the accountant, on ``day``."""
        subscription = self._subscribe(
            (product or self.year, quantity), at=f"{day} 10:00:00", **values
        )
        with freeze_time(f"{day} 11:00:00"):
            moves = subscription.origin_order_id.sudo()._create_invoices()
            moves.with_user(self.accountant).action_post()
        self.env.invalidate_all()
        return moves

    def _post_due(self, day):
        """Let Odoo's job post the entries that are due."""
        with freeze_time(f"{day} 12:00:00"):
            drafts = self.env["account.move"].search(
                [
                    ("journal_id", "=", self.journal.id),
                    ("state", "=", "draft"),
                    ("auto_post", "=", "at_date"),
                    ("date", "<=", day),
                ]
            )
            drafts._post()
        self.env.invalidate_all()

    def _credit(self, invoice, day, price=None, service_from=None):
        """Post a credit note of ``invoice``, of all or of ``price``."""
        with freeze_time(f"{day} 12:00:00"):
            note = invoice._reverse_moves(
                [{"invoice_date": day, "date": day, "ref": "Test"}]
            )
            line = note.invoice_line_ids.filtered(lambda one: one.price_unit)
            vals = {}
            if price is not None:
                vals["price_unit"] = price
            if service_from:
                vals["sales_service_from"] = service_from
            if vals:
                note.invoice_line_ids = [Command.update(line.id, vals)]
            note.with_user(self.accountant).action_post()
        self.env.invalidate_all()
        return note

    def _get_schedule(self, invoice):
        return self.env["sales.revenue.schedule"].search(
            [("move_id", "=", invoice.id), ("cancelled", "=", False)]
        )

    def _get_releases(self, schedule):
        lines = schedule.line_ids.filtered(lambda line: line.kind == "release")
        return lines.sorted(lambda line: (line.date, line.id))

    def _get_ledger(self, until="2099-12-31"):
        """Return what the ledger says is deferred at the end of a day."""
        [[amount]] = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", self.deferred.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", until),
            ],
            aggregates=["balance:sum"],
        )
        return round(-(amount or 0.0), 3)

    def _get_report(self):
        """Return the rows of the report on our account, the oldest first."""
        self.env.flush_all()
        return self.env["sales.revenue.report"].search(
            [("account_id", "=", self.deferred.id)], order="month"
        )

    def assertReconciled(self):
        for row in self._get_report():
            self.assertEqual(round(row.difference, 6), 0.0, row.month)
