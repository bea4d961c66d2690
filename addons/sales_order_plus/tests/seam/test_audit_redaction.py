from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.errors import RaiseException

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import GuardCommon


@tagged("post_install", "-at_install")
class TestAuditRedaction(GuardCommon):
    """Details go, the chain holds, and nobody else can remove them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["sales.audit.event"]
        cls.long_ago = fields.Datetime.now() - relativedelta(years=3)
        cls.limit = fields.Datetime.now() - relativedelta(years=2)

    def _new_events(self, date=None, count=3):
        """Seal events of an order that happened at ``date``."""
        order = self._new_order()
        vals = self.model._prepare_event_vals(order, "order.held", {"secret": "Ann"})
        self.model._add([{**vals, "date": date or self.long_ago}] * count)
        self._seal()
        return self._get_events(order, "order.held")

    def _seal(self):
        while self.model._seal():
            pass

    def _get_problems(self):
        self.env.invalidate_all()
        return [one["chain_no"] for one in self.model._verify_chain()["problems"]]

    def _tamper(self, query):
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        self.cr.execute(query)
        self.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def test_chain_holds(self):
        events = self._new_events()
        seals = events.mapped("chain_hash")
        self.assertEqual(self._get_problems(), [])
        self.assertEqual(self.model._redact(events[:2], self.limit), 2)
        self.assertEqual(
            [one.data for one in events], [False, False, {"secret": "Ann"}]
        )
        self.assertEqual([bool(one.redacted_on) for one in events], [1, 1, 0])
        self.assertEqual(events.mapped("chain_hash"), seals)
        self.assertEqual(self._get_problems(), [])
        self._seal()
        self.assertEqual(self._get_problems(), [])
        told = self.model.search([("code", "=", "audit.redacted")], limit=1)
        self.assertEqual(told.data, {"events": events[:2].ids})

    def test_young_and_unsealed_stay(self):
        young = self._new_events(fields.Datetime.now() - timedelta(days=30))
        order = self._new_order()
        order.action_confirm()
        unsealed = self._get_events(order, "order.confirmed")
        self.assertEqual(self.model._redact(young | unsealed, self.limit), 0)
        self.assertTrue(all(young.mapped("data")))

    def test_nobody_says_that_it_was_redacted(self):
        """Details removed in the database itself, made to look like a redaction."""
        event = self._new_events()[1]
        number = event.chain_no
        self._tamper(
            SQL(
                "UPDATE sales_audit_event SET data = NULL, redacted_on = now() "
                "WHERE id = %s",
                event.id,
            )
        )
        self.assertEqual(self._get_problems(), [number])

    def test_removed_without_saying_so(self):
        event = self._new_events()[1]
        number = event.chain_no
        self._tamper(
            SQL("UPDATE sales_audit_event SET data = NULL WHERE id = %s", event.id)
        )
        self.assertEqual(self._get_problems(), [number])

    def test_other_details_than_those_sealed(self):
        event = self._new_events()[1]
        number = event.chain_no
        self._tamper(
            SQL(
                'UPDATE sales_audit_event SET data = \'{"secret": "Bob"}\' '
                "WHERE id = %s",
                event.id,
            )
        )
        self.assertEqual(self._get_problems(), [number])

    def test_sealed_by_an_older_version(self):
        """Its details are in the seal itself: verified, and never redacted."""
        event = self._new_events()[-1]
        previous = self.model.search([("chain_no", "=", event.chain_no - 1)])
        self._tamper(
            SQL("UPDATE sales_audit_event SET data_hash = NULL WHERE id = %s", event.id)
        )
        seal = event._get_seal(previous.chain_hash)
        self._tamper(
            SQL(
                "UPDATE sales_audit_event SET chain_hash = %s WHERE id = %s",
                seal,
                event.id,
            )
        )
        self.model._keep_head(event.chain_no, seal)
        self.assertEqual(self._get_problems(), [])
        self.assertEqual(self.model._redact(event, self.limit), 0)

    @mute_logger("odoo.sql_db")
    def test_database_refuses_what_is_young(self):
        event = self._new_events(fields.Datetime.now() - timedelta(days=30))[0]
        with self.assertRaises(RaiseException), self.cr.savepoint():
            self.model._redact_batch(event, fields.Datetime.now())
        self.assertTrue(event.data)

    @mute_logger("odoo.sql_db")
    def test_database_refuses_other_changes(self):
        event = self._new_events()[0]
        self.env.flush_all()
        self.cr.execute(
            "SELECT set_config('sales_audit_event.redaction', %s, true)",
            [str(self.limit)],
        )
        for change in ("data = '{}'", "data = NULL, document_name = 'x'"):
            with self.assertRaises(RaiseException), self.cr.savepoint():
                self.cr.execute(
                    f"UPDATE sales_audit_event SET {change} WHERE id = %s", [event.id]
                )
