from odoo.tests import tagged

from ...exceptions import DeliveryError, ValidationRuleError
from .common import EligibilityCommon, EligibilityPathsCommon


class HazmatMixin:
    """Lamp oil (class 3), bleach (class 5.1) and paint (class 3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = cls.env["sales.hazmat.segregation"].search([("id", ">", 0)])
        rows.unlink()
        cls.oil = cls._new_hazard("Oil", "3", "1223")
        cls.paint = cls._new_hazard("Paint", "3", "1263")
        cls.bleach = cls._new_hazard("Bleach", "5.1", "2014")

    @classmethod
    def _new_hazard(cls, name, hazard_class, number):
        return cls._new_product(
            name,
            10,
            is_storable=True,
            is_hazardous=True,
            hazard_class=hazard_class,
            un_number=number,
            weight=2,
        )

    def _keep_apart(self, one="3", two="5"):
        rows = self.env["sales.hazmat.segregation"].with_user(self.officer)
        return rows.create({"class_one": one, "class_two": two})


@tagged("post_install", "-at_install")
class TestHazmat(HazmatMixin, EligibilityCommon):
    def test_classes_that_may_not_go_together(self):
        self._new_check("hazmat_mixing")
        order = self._new_order((self.oil, 1), (self.service, 1), (self.bleach, 2))
        self.assertFalse(self._get_codes(order))
        self._keep_apart()
        message = self._assert_refused(order, "hazmat_mixing")
        self.assertIn("Oil (class 3) and Bleach (class 5.1)", message)

    def test_split_order(self):
        self._new_check("hazmat_mixing")
        self._keep_apart()
        order = self._new_order(
            (self.oil, 1), (self.bleach, 2), (self.service, 1), (self.paint, 3)
        )
        total = order.amount_total
        self._apply(order, "Split order")
        new = order.child_order_ids
        self.assertEqual(new.order_line.product_id, self.bleach)
        self.assertEqual(
            order.order_line.product_id, self.oil + self.service + self.paint
        )
        self.assertEqual(order.amount_total + new.amount_total, total)
        self._assert_confirms(order)
        self._assert_confirms(new)

    def test_one_finding_a_pair_of_classes(self):
        self._new_check("hazmat_mixing")
        self._keep_apart()
        order = self._new_order((self.oil, 1), (self.paint, 1), (self.bleach, 1))
        self.assertEqual(self._get_codes(order), ["hazmat_mixing"])
        alone = self._new_order((self.oil, 1), (self.paint, 1))
        self.assertFalse(self._get_codes(alone))

    def test_division_named_in_the_table(self):
        self._new_check("hazmat_mixing")
        self._keep_apart("5.2", "3")
        order = self._new_order((self.oil, 1), (self.bleach, 1))
        self.assertFalse(self._get_codes(order))
        self.bleach.hazard_class = "5.2"
        self.assertEqual(self._get_codes(order), ["hazmat_mixing"])

    def test_table_refuses_one_class(self):
        with self.assertRaises(ValidationRuleError):
            self._keep_apart("3", "3")

    def test_carrier(self):
        self._new_check("hazmat_carrier")
        service = self._new_product("Freight", 5, type="service")
        carriers = self.env["delivery.carrier"]
        post = carriers.create({"name": "T Post", "product_id": service.id})
        adr = carriers.create(
            {
                "name": "T ADR",
                "product_id": service.id,
                "hazmat_allowed": True,
                "sequence": -9,
            }
        )
        order = self._new_order((self.oil, 1), carrier_id=post.id)
        message = self._assert_refused(order, "hazmat_carrier")
        self.assertIn("T Post does not take dangerous goods (UN1223 Class 3)", message)
        self._apply(order, "T ADR")
        self.assertEqual(order.carrier_id, adr)
        self._assert_confirms(order)

    def test_unit_that_holds_too_much(self):
        self._new_check("hazmat_quantity")
        self.oil.hazmat_package_limit = 12
        unit = self.oil.uom_id
        carton = unit.create(
            {"name": "T 24", "relative_factor": 24, "relative_uom_id": unit.id}
        )
        self.oil.uom_ids = carton
        order = self._new_order((self.oil, 1))
        self.assertFalse(self._get_codes(order))
        order.order_line.product_uom_id = carton
        message = self._assert_refused(order, "hazmat_quantity")
        self.assertIn("T 24 holds 24 Units of Oil, at most 12", message)

    def test_weight_of_the_order(self):
        self._new_check("hazmat_quantity", threshold=20)
        order = self._new_order((self.oil, 6), (self.bleach, 4), (self.product, 50))
        self.assertFalse(self._get_codes(order))
        order.order_line[1].product_uom_qty = 5
        message = self._assert_refused(order, "hazmat_quantity")
        self.assertIn("22 kg, at most 20 kg", message)

    def test_package_packed_too_full(self):
        self._new_check("hazmat_quantity", on_delivery=True)
        self.oil.hazmat_package_limit = 4
        self._set_stock(self.oil, 10)
        order = self._new_order((self.oil, 6))
        order.action_confirm()
        picking = order.picking_ids
        picking.action_assign()
        package = self.env["stock.package"].create({"name": "T-PACK"})
        picking.move_line_ids.result_package_id = package
        (finding,) = self._get_findings(order, "deliver")
        self.assertIn("T-PACK holds 6 Units of Oil, at most 4", finding.message)
        picking.move_line_ids.quantity = 4
        self.assertFalse(self._get_codes(order, "deliver"))

    def test_safety_data_sheet(self):
        self._new_check("hazmat_document")
        order = self._new_order((self.oil, 1), (self.product, 1))
        message = self._assert_refused(order, "hazmat_document")
        self.assertIn("Oil (UN1223 Class 3) has no safety data sheet", message)
        document = self.env["product.document"].create(
            {
                "name": "sds.pdf",
                "raw": b"%PDF-1.4",
                "res_model": "product.template",
                "res_id": self.oil.product_tmpl_id.id,
            }
        )
        self._assert_refused(order, "hazmat_document")
        document.is_safety_sheet = True
        self._assert_confirms(order)

    def test_certified_packer(self):
        self._set_stock(self.oil, 10)
        picking = self._new_delivery(self.oil)
        self.company.hazmat_packer_required = True
        with self.assertRaises(DeliveryError) as caught, self.cr.savepoint():
            picking.button_validate()
        self.assertIn("UN1223 Class 3", str(caught.exception))
        self.storeman.group_ids += self.env.ref("sales_order_plus.group_hazmat_packer")
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_packer_only_where_asked_for(self):
        self._set_stock(self.oil, 10)
        self._set_stock(self.product, 10)
        picking = self._new_delivery(self.oil)
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.company.hazmat_packer_required = True
        picking = self._new_delivery(self.product)
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def _new_delivery(self, product):
        order = self._new_order((product, 1))
        order.action_confirm()
        picking = order.picking_ids.with_user(self.storeman)
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        return picking


@tagged("post_install", "-at_install")
class TestHazmatPaths(HazmatMixin, EligibilityPathsCommon):
    def test_portal_and_payment(self):
        self._new_check("hazmat_mixing")
        self._keep_apart()
        lines = (self.oil, 1), (self.bleach, 1)
        signed = self._new_quotation(*lines, require_signature=True)
        self._sign(signed)
        paid = self._new_quotation(*lines, require_signature=False)
        paid.require_payment = True
        self._pay_order(paid)._post_process()
        for order in (signed, paid):
            self.assertEqual(order.state, "sent")
            self.assertIn("Oil (class 3)", order.hold_reason)
