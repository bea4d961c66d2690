from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import RestrictionError
from .common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestCompatibility(RestrictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.printer = cls._new_product("Test Printer", 200.0)
        cls.cartridge = cls._new_product("Test Cartridge", 20.0)

    def _relate(self, kind, **values):
        return self._new_entry(
            "sales.product.compatibility",
            **{
                "name": "Printers and cartridges",
                "product_tmpl_id": self.printer.product_tmpl_id.id,
                "kind": kind,
                "other_product_tmpl_id": self.cartridge.product_tmpl_id.id,
                **values,
            },
        )

    def test_excludes(self):
        self._relate("excludes", message="It damages the head.")
        order = self._new_order((self.printer, 1), (self.cartridge, 1))
        text = self._assert_refused_everywhere(order, "compatibility")
        self.assertIn("Test Cartridge does not go with Test Printer", text)
        self.assertIn("It damages the head.", text)
        self._assert_confirms(self._new_order((self.printer, 1)))
        self._assert_confirms(self._new_order((self.cartridge, 1)))

    def test_requires_offers_the_missing_one(self):
        self._relate("requires")
        order = self._new_order((self.printer, 1))
        text = self._assert_refused(order, "compatibility")
        self.assertIn("Test Printer needs Test Cartridge", text)
        self._apply(order, "Add Test Cartridge")
        self.assertIn(self.cartridge, order.order_line.product_id)
        self._assert_confirms(order)

    def test_requires_one_of_a_category(self):
        self.brandy.product_tmpl_id.categ_id = self.spirits
        self._relate(
            "requires", other_product_tmpl_id=False, other_categ_id=self.spirits.id
        )
        order = self._new_order((self.printer, 1))
        (finding,) = self._get_findings(order)
        self.assertFalse(finding.suggestions)
        self._assert_confirms(self._new_order((self.printer, 1), (self.brandy, 1)))

    def test_ratio(self):
        self._relate("max_ratio", ratio=2)
        order = self._new_order((self.printer, 2), (self.cartridge, 5))
        text = self._assert_refused(order, "compatibility")
        self.assertIn("at most 4", text)
        self._apply(order, "Order 4")
        self._assert_confirms(order)

    def test_warning_lets_pass(self):
        self._relate("excludes", severity="warn")
        order = self._new_order((self.printer, 1), (self.cartridge, 1))
        self.assertEqual(order.guard_state, "warning")
        self._assert_confirms(order)

    def test_complete(self):
        with self.assertRaises(RestrictionError), self.cr.savepoint():
            self._relate("requires", other_product_tmpl_id=False)
        with self.assertRaises(RestrictionError), self.cr.savepoint():
            self._relate("max_ratio", ratio=0)


@tagged("post_install", "-at_install")
class TestAvailability(RestrictionCommon):
    def test_archived_product_blocks(self):
        self._new_check("product_available")
        order = self._new_order()
        self.product.active = False
        text = self._assert_refused_everywhere(order, "product_available")
        self.assertIn("Test Gadget", text)

    def test_recall_stops_orders(self):
        order = self._new_order()
        self.assertFalse(self._get_codes(order))
        self.product.write({"is_recalled": True, "recall_reason": "Lot 12 overheats"})
        text = self._assert_refused_everywhere(order, "product_available")
        self.assertIn("was recalled (Lot 12 overheats)", text)
        self.product.is_recalled = False
        self._assert_confirms(self._new_order())

    def test_product_of_another_company(self):
        """Odoo's own: such a line is never written."""
        other = self.env["res.company"].create({"name": "T Other"})
        product = self._new_product("Test Foreign", 10.0, company_id=other.id)
        order = self._new_order()
        with self.assertRaisesRegex(UserError, "company"), self.cr.savepoint():
            order.sudo().write(
                {"order_line": [Command.create({"product_id": product.id})]}
            )
