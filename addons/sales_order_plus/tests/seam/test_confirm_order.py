from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestConfirmOrder(TransactionCase):
    def test_action_confirm_is_outermost(self):
        """Our gate asks before sale_loyalty spends points or any other addon acts."""
        modules = [
            cls.__module__.split(".")[2]
            for cls in self.env.registry["sale.order"].__mro__
            if "action_confirm" in vars(cls)
            and cls.__module__.startswith("odoo.addons.")
        ]
        ours = [module for module in modules if module.startswith("sales_")]
        self.assertIn("sales_order_plus", ours)
        self.assertEqual(modules[: len(ours)], ours, modules)
        self.assertIn("sale_loyalty", modules)
