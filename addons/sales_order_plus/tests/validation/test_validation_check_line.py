from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...exceptions import DeliveryError
from .common import ValidationCommon


@tagged("post_install", "-at_install")
class TestCheckLine(ValidationCommon):
    def test_discount_by_role(self):
        group = self.env.ref("sales_team.group_sale_manager")
        self._new_check("max_discount", threshold=10, exempt_group_ids=group.ids)
        order = self._new_order()
        order.order_line.write({"discount": 15})
        self.assertIn(
            "15 % on Test Gadget", self._assert_refused(order, "max_discount")
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            order.write({"state": "sale"})
        self._assert_confirms(order.with_user(self.manager))

    def test_discount_by_level(self):
        levels = self.env["res.partner.grade"]
        gold, bronze = levels.create(
            [
                {"name": "T Gold", "sales_max_discount": 20},
                {"name": "T Bronze", "sales_max_discount": 5},
            ]
        )
        self._new_check("max_discount", threshold=1)
        order = self._new_order()
        order.order_line.discount = 10
        self.customer.grade_id = gold
        self.assertFalse(self._get_codes(order))
        self.customer.grade_id = bronze
        self.assertEqual(self._get_codes(order), ["max_discount"])
        self._apply(order, "Lower to 5 %")
        self.assertEqual(order.order_line.discount, 5)
        self._assert_confirms(order)

    def test_margin(self):
        self._new_check("min_margin", threshold=5)
        self.product.standard_price = 96
        order = self._new_order()
        self._assert_refused(order, "min_margin")
        order.order_line.price_unit = 102
        self._assert_confirms(order)

    def test_price_by_hand(self):
        self._new_check("manual_price")
        order = self._new_order()
        self.assertFalse(self._get_codes(order))
        order.order_line.price_unit = 99
        self.assertEqual(self._get_codes(order), ["manual_price"])

    def test_line_without_tax(self):
        tax = self.env["account.tax"].create({"name": "T 15%", "amount": 15})
        self.product.taxes_id = tax
        self._new_check("tax_missing", severity="warn")
        order = self._new_order()
        self.assertFalse(self._get_codes(order))
        order.order_line.tax_ids = False
        self.assertIn("Test Gadget has no tax", self._get_findings(order)[0].message)
        self._apply(order, "Set T 15%")
        self.assertEqual(order.order_line.tax_ids, tax)

    def test_archived_product(self):
        self._new_check("product_available")
        order = self._new_order()
        self.product.active = False
        self.assertIn("Test Gadget", self._assert_refused(order, "product_available"))

    def test_stock(self):
        self._new_check("stock")
        self._set_stock(self.product, 4)
        order = self._new_order((self.product, 5))
        receipt = self._new_receipt(self.product, 3)
        message = self._assert_refused(order, "stock")
        self.assertIn("4 Units free", message)
        self.assertIn(f"next receipt {fields.Date.to_string(receipt.date)}", message)
        self._apply(order, "Order 4")
        self._assert_confirms(order)
        second = self._new_order()
        self.assertIn("0 Units free", self._assert_refused(second, "stock"))

    def _new_receipt(self, product, quantity):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "date": fields.Datetime.now() + timedelta(days=5),
            }
        )
        move._action_confirm()
        return move

    def test_two_lines_share_what_is_free(self):
        self._new_check("stock")
        self._set_stock(self.product, 4)
        order = self._new_order((self.product, 3), (self.product, 3))
        (finding,) = self._get_findings(order)
        self.assertEqual(finding.line_id, order.order_line[1].id)


@tagged("post_install", "-at_install")
class TestCheckDelivery(ValidationCommon):
    def _new_carrier(self, name, **values):
        return self.env["delivery.carrier"].create(
            {"name": name, "product_id": self.service.id, "fixed_price": 5, **values}
        )

    def test_carrier_too_weak(self):
        self._new_check("carrier_fit")
        self.product.weight = 100
        parcel = self._new_carrier("T Parcel", max_weight=30)
        freight = self._new_carrier("A T Freight", sequence=0)
        order = self._new_order((self.product, 2), carrier_id=parcel.id)
        self.assertIn("more than 30 kg", self._assert_refused(order, "carrier_fit"))
        self._apply(order, "A T Freight")
        self.assertEqual(order.carrier_id, freight)
        self._assert_confirms(order)

    def test_po_box(self):
        self._new_check("po_box")
        parcel = self._new_carrier("T Parcel", refuses_po_boxes=True)
        self._new_carrier("A T Post", sequence=0)
        self.customer.street = "P.O. Box 12"
        order = self._new_order(carrier_id=parcel.id)
        finding = self._get_findings(order)[0]
        self.assertEqual(finding.links[0]["id"], self.customer.id)
        self.assertIn("A T Post", finding.suggestions[0]["label"])
        self._apply(order, "A T Post")
        self._assert_confirms(order)
        self.customer.street = "12 Boxer Street"
        other = self._new_order(carrier_id=parcel.id)
        self.assertFalse(self._get_codes(other))

    def test_address_of_somebody_else(self):
        self._new_check("foreign_address")
        shop = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.customer.id, "type": "delivery"}
        )
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._assert_confirms(self._new_order(partner_shipping_id=shop.id))
        order = self._new_order(partner_shipping_id=stranger.id)
        self._assert_refused(order, "foreign_address")

    # === Partial deliveries === #

    def _deliver(self, picking, quantity):
        picking = picking.with_user(self.storeman)
        picking.move_ids.write({"quantity": quantity, "picked": True})
        result = picking.button_validate()
        if isinstance(result, dict):
            context = {**result["context"], "button_validate_picking_ids": picking.ids}
            wizard = self.env["stock.backorder.confirmation"].with_user(self.storeman)
            form = Form(wizard.with_context(**context))
            form.save().process()

    def _new_delivery(self, **policy):
        self.customer.write(policy)
        self._set_stock(self.product, 20)
        order = self._new_order((self.product, 10))
        order.action_confirm()
        return order, order.picking_ids

    def test_complete_orders_only(self):
        _order, picking = self._new_delivery(split_policy="complete")
        with self.assertRaises(DeliveryError), self.cr.savepoint():
            self._deliver(picking, 6)
        self.assertNotEqual(picking.state, "done")
        self._deliver(picking, 10)
        self.assertEqual(picking.state, "done")

    def test_up_to_two_deliveries(self):
        order, picking = self._new_delivery(split_policy="max", max_shipments=2)
        self._deliver(picking, 4)
        rest = order.picking_ids - picking
        with self.assertRaises(DeliveryError), self.cr.savepoint():
            self._deliver(rest, 2)
        rest.sudo().split_reason = "Agreed by telephone"
        self._deliver(rest, 2)
        self.assertEqual(rest.state, "done")
        events = self.env["sales.audit.event"].search(
            [("res_id", "=", order.id), ("code", "=", "order.split_allowed")]
        )
        self.assertEqual(events.user_id, self.storeman)


@tagged("post_install", "-at_install")
class TestCheckSelection(ValidationCommon):
    def test_check_of_another_addon(self):
        """What registers itself can be chosen."""
        rules = self.env["sales.validation.rule"]
        core = type(rules)._get_check_methods
        self.patch(
            self.env.registry["sales.validation.rule"],
            "_get_check_methods",
            lambda self: {**core(self), "third": "Of a third addon"},
        )
        self.assertIn(("third", "Of a third addon"), rules._get_check_selection())

    def test_every_check_runs_on_many_orders(self):
        rules = self.env["sales.validation.rule"]
        keys = list(rules._get_check_methods())
        for key in keys:
            self._new_check(key, threshold=1, is_bypassable=False)
        orders = self._new_order() + self._new_order((self.service, 2))
        with self.assertNoLogs("odoo.addons.sales_order_plus", level="WARNING"):
            rules._get_findings(orders, "confirm")
        self.assertGreaterEqual(len(keys), 19)
