from unittest.mock import patch

from odoo.tests import tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestPresence(SalesPlusCommon):
    """A new row is found at once, whatever was known before."""

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

    def test_created_is_found(self):
        self.assertFalse(self.tags._has_records())
        tag = self.tags.create({"name": "Thin ice"})
        self.assertTrue(self.tags._has_records())
        self.assertIn(tag, self.tags.search([("name", "=", "Thin ice")]))


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
