from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestFootprint(BackorderCommon):
    """What is kept in core tables: settings, wishes, a rank; gone with the addon."""

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
        wishes = {
            "backorder_preference",
            "shipment_complete",
            "shipment_first_percent",
            "shipment_partial_max",
        }
        expected = {
            "stock.move": {"allocation_rank"},
            "sale.order.line": {"delivery_group"},
            "sale.order": {"backorder_state", *wishes},
            "res.partner": {"backorder_mail_off", *wishes},
        }
        found = {
            model: set(fields.mapped("name"))
            for model, fields in own.grouped("model").items()
            if model != "res.company"
        }
        self.assertEqual(found, expected)
        settings = own.filtered(lambda field: field.model == "res.company")
        self.assertTrue(
            all(name.startswith("sales_") for name in settings.mapped("name"))
        )
        self.assertFalse(any(own.mapped("required")))

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
