from odoo.fields import Command
from odoo.tests import tagged

from ...models.seam.lookups import PATCHED, forget_lookups, keep_lookups
from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestLookups(SalesPlusCommon):
    """Methods kept in the class of a model are those that its bases give it."""

    def setUp(self):
        super().setUp()
        self.classes = list(self.env.registry.values())
        self.addCleanup(self._forget)

    def _keep(self):
        for model_class in self.classes:
            keep_lookups(model_class)

    def _forget(self):
        for model_class in self.classes:
            forget_lookups(model_class)

    def _get_chains(self):
        """Return {(model, name): what Python and ``super()`` find, one after another}."""
        chains = {}
        for model_class in self.classes:
            for base in model_class.__mro__:
                for name, value in vars(base).items():
                    chain = chains.setdefault((model_class._name, name), [])
                    if not any(value is one for one in chain):
                        chain.append(value)
        return {
            key: [id(value) for value in chain]
            for key, chain in chains.items()
            if key[1] not in ("_kept_lookups", "__doc__", "__module__")
        }

    def test_same_objects(self):
        """Of all models, for all names; models that inherit from others as well."""
        before = self._get_chains()
        own = {model_class: set(vars(model_class)) for model_class in self.classes}
        self._keep()
        order_class = self.env.registry["sale.order"]
        self.assertIn("action_archive", vars(order_class))
        self.assertIn("order_line", vars(order_class))
        self.assertIn("_parent_store", vars(order_class))
        after = self._get_chains()
        self.assertEqual(after.keys(), before.keys())
        self.assertFalse([key for key in after if after[key] != before[key]])
        self._forget()
        for model_class in self.classes:
            left = set(vars(model_class)) - {"_kept_lookups"}
            self.assertEqual(left, own[model_class] - {"_kept_lookups"})

    def test_nothing_hides_another_base(self):
        """A mixin that keeps what it has from its bases would hide another mixin."""
        self._keep()
        views = self.env.registry["crm.team"].get_views.__qualname__
        self.assertEqual(views, "MailThread.get_views")
        self.assertFalse(self.env.registry["mail.activity.mixin"]._kept_lookups)

    def test_automation_rules_are_seen(self):
        """What is put into a model reaches those that inherit from it."""
        self._keep()
        parent = self.env.registry["mail.thread"]
        child = self.env.registry["sale.order"]
        self.assertIn(parent, child.__mro__)
        self.assertFalse(PATCHED & set(child._kept_lookups))

    def test_put_in_the_place_meanwhile(self):
        """What another hook took away again is no error."""
        model_class = self.env.registry["sale.order"]
        keep_lookups(model_class)
        del model_class.action_archive
        forget_lookups(model_class)
        self.assertNotIn("action_archive", vars(model_class))
        self.assertTrue(model_class.action_archive)

    def test_order_is_sold_and_delivered(self):
        """The main flow of a salesperson with everything kept."""
        self._keep()
        product = self.env["product.product"].create(
            {"name": "Lamp", "is_storable": True, "list_price": 20}
        )
        location = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, location, 5)
        orders = self.env["sale.order"].with_user(self.salesman)
        line = {"product_id": product.id, "product_uom_qty": 3, "tax_ids": False}
        order = orders.create(
            {"partner_id": self.customer.id, "order_line": [Command.create(line)]}
        )
        order.action_confirm()
        self.assertEqual((order.state, order.amount_total), ("sale", 60))
        order.picking_ids.sudo().move_ids.quantity = 3
        order.picking_ids.sudo().button_validate()
        self.assertEqual(order.order_line.qty_delivered, 3)

    def test_models_are_set_up_anew(self):
        """As after a field was made by hand: nothing kept stands in the way."""
        self._keep()
        order_class = self.env.registry["sale.order"]
        self.assertTrue(order_class._kept_lookups)
        self.env.registry._setup_models__(self.env.cr, ["sale.order"])
        self.assertFalse(order_class._kept_lookups)
        self.assertNotIn("action_archive", vars(order_class))
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertEqual(order.state, "draft")
