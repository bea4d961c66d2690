import inspect

from odoo.tests import TransactionCase, tagged

# What replaces a method of Odoo on purpose, by (model, method).
MEANT = {
    ("sales.backorder", "_get_records_action"),
    ("sales.proforma", "copy_data"),
    ("sales.subscription", "_get_records_action"),
}


@tagged("post_install", "-at_install")
class TestShadows(TransactionCase):
    """A method of ours never hides one of Odoo's that has the same name by chance."""

    def test_overrides_call_super(self):
        hidden = {
            (name, method)
            for name in self.env.registry.models
            for method in self._get_hiding(type(self.env[name]))
        }
        self.assertEqual(hidden - MEANT, set())

    def _get_hiding(self, model_class):
        classes = [c for c in model_class.__mro__ if self._is_addon(c)]
        for own in filter(self._is_ours, classes):
            for name, value in vars(own).items():
                others = (c for c in classes if name in vars(c))
                if (
                    inspect.isfunction(value)
                    and not name.startswith("__")
                    and any(not self._is_ours(other) for other in others)
                    and "super(" not in inspect.getsource(value)
                ):
                    yield name

    def _is_addon(self, cls):
        return cls.__module__.startswith("odoo.addons.")

    def _is_ours(self, cls):
        addon = cls.__module__.split(".")[2]
        return addon.startswith("sales_") and addon.endswith("_plus")
