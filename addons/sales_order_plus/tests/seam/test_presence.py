from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestPresence(SalesPlusCommon):
    """Where there is no row nothing is searched, and a new row is found at once."""

    def setUp(self):
        super().setUp()
        self.tags = self.env["sales.handling.tag"]
        found = patch.object(
            self.env.registry["sales.presence.mixin"],
            "_find_filled_models",
            lambda _self: {},
        )
        found.start()
        self.addCleanup(found.stop)
        self.tags._forget_presence()
        self.addCleanup(self.tags._forget_presence)

    def test_empty_table_costs_no_query(self):
        self.tags.search([])
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.assertFalse(self.tags.search([("name", "ilike", "glass")]))
            self.assertEqual(self.tags.search_count([]), 0)

    def test_refused_whether_empty_or_not(self):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.tags.with_user(self.portal_user).search([])

    def test_created_is_found(self):
        self.assertFalse(self.tags._has_records())
        tag = self.tags.create({"name": "Thin ice"})
        self.assertTrue(self.tags._has_records())
        self.assertIn(tag, self.tags.search([("name", "=", "Thin ice")]))

    def test_next_transaction_asks_again(self):
        self.assertFalse(self.tags._has_records())
        found = {"sales.handling.tag": None}
        mixin = self.env.registry["sales.presence.mixin"]
        with patch.object(mixin, "_find_filled_models", lambda _self: found):
            self.assertFalse(self.tags._has_records())
            # As a commit and a rollback do.
            self.env.cr.postcommit.clear()
            self.assertTrue(self.tags._has_records())


@tagged("post_install", "-at_install")
class TestPresenceFound(SalesPlusCommon):
    """What the database is asked."""

    def test_pages_and_rows(self):
        tags = self.env["sales.handling.tag"]
        tag = tags.create({"name": "Thin ice"})
        tags._forget_presence()
        self.assertTrue(tags._has_records())
        tags.search([]).unlink()
        tags._forget_presence()
        self.assertFalse(tags._has_records(), "a table that had rows is asked for them")
        self.assertFalse(tag.exists())
