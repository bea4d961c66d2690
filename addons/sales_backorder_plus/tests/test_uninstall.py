from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestFootprint(BackorderCommon):
    """What stays in core tables is one empty column, gone with the addon."""

    def test_stored_fields_on_core_models(self):
        """Uninstalling drops them: nothing of ours is required on a core model."""
        stored = self.env["ir.model.fields"].search(
            [
                ("store", "=", True),
                ("model", "not like", "sales."),
                ("ttype", "!=", "one2many"),
            ]
        )
        own = stored.filtered(lambda field: field.modules == "sales_backorder_plus")
        self.assertEqual(own.mapped("name"), ["allocation_rank"])
        self.assertFalse(own.required)

    def test_outermost_of_the_reservation(self):
        """Sorting must come before every other override reads the moves."""
        mro = [
            cls.__module__
            for cls in type(self.env["stock.move"]).__mro__
            if "_action_assign" in vars(cls)
        ]
        self.assertIn("odoo.addons.sales_backorder_plus.models.stock_move", mro)
        ours = mro.index("odoo.addons.sales_backorder_plus.models.stock_move")
        self.assertLess(ours, mro.index("odoo.addons.stock.models.stock_move"))
