from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestProcure(BackorderCommon):
    """What nothing will bring is requested once, from the best vendor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._new_user("tsbo_buyer", "purchase.group_purchase_user")

    def _new_wizard(self, backorders=None):
        backorders = backorders or self.env["sales.backorder"].search(
            [("product_id", "=", self.product.id)]
        )
        wizard = self.env["sales.backorder.procure"].with_user(self.buyer)
        return wizard.create({"backorder_ids": [Command.set(backorders.ids)]})

    def _requests(self):
        return self.env["purchase.order.line"].search(
            [("product_id", "=", self.product.id), ("state", "=", "draft")]
        )

    def test_only_what_nothing_brings(self):
        """6 and 4 are short, 3 are on their way: 7 are requested, and never again."""
        self._add_vendor(self.product, 7)
        first = self._find(self._confirm((self.product, 6)))
        second = self._find(self._confirm((self.product, 4)))
        self._plan_receipt(self.product, 3, days=2)
        wizard = self._new_wizard()
        self.assertRecordValues(
            wizard.line_ids,
            [{"quantity": 7.0, "vendor_state": "ready", "product_id": self.product.id}],
        )
        wizard.action_buy()
        self._flush()
        line = self._requests()
        self.assertEqual((line.product_qty, line.partner_id), (7.0, self.vendor))
        self.assertEqual((first | second).sudo().purchase_line_ids, line)
        self.assertIn(first.order_id.name, line.order_id.origin)
        self.assertEqual(second.date_source, "purchase")
        again = self._new_wizard()
        self.assertFalse(again.line_ids)
        again.action_buy()
        self.assertEqual(self._requests().product_qty, 7.0)

    def test_second_click(self):
        self._add_vendor(self.product, 7)
        self._confirm((self.product, 6))
        wizard = self._new_wizard()
        other = self._new_wizard()
        for one in (wizard, wizard, other):
            one.action_buy()
            self._flush()
        self.assertEqual(self._requests().product_qty, 6.0)

    def test_received_by_rank(self):
        self._add_vendor(self.product, 7)
        first = self._find(self._confirm((self.product, 6)))
        second = self._find(self._confirm((self.product, 4)))
        second.priority = "3"
        self._new_wizard().action_buy()
        self._flush()
        purchase = self._requests().order_id
        purchase.button_confirm()
        self.assertEqual(purchase.picking_ids.move_ids.product_uom_qty, 10.0)
        self._ship(purchase.picking_ids, 5)
        self.assertEqual((second.qty_reserved, first.qty_reserved), (4.0, 1.0))

    def test_without_a_vendor(self):
        """Listed as such, and nothing is made in silence."""
        self._confirm((self.product, 6))
        wizard = self._new_wizard()
        self.assertEqual(wizard.line_ids.vendor_state, "no_vendor")
        wizard.action_buy()
        self.assertFalse(self._requests())

    def test_vendor_without_price(self):
        self._add_vendor(self.product, 7)
        self.product.seller_ids.price = 0
        self._confirm((self.product, 6))
        self.assertEqual(self._new_wizard().line_ids.vendor_state, "no_price")

    def test_minimum_and_unit_of_the_vendor(self):
        """At least what he sells, in whole units of his."""
        self._add_vendor(self.product, 7)
        self.product.seller_ids.write(
            {"min_qty": 2, "product_uom_id": self.dozen.id, "price": 12.0}
        )
        self._confirm((self.product, 26))
        wizard = self._new_wizard()
        self.assertEqual(wizard.line_ids.quantity, 36.0)
        wizard.action_buy()
        self.assertEqual(self._requests().product_uom_qty, 36.0)

    def test_less_than_the_vendor_sells(self):
        self._add_vendor(self.product, 7)
        self.product.seller_ids.min_qty = 12
        self._confirm((self.product, 5))
        self._new_wizard().action_buy()
        self.assertEqual(self._requests().product_uom_qty, 12.0)

    def test_other_vendor(self):
        """The late one is listed last, with how late he is; another one may be asked."""
        self._add_vendor(self.product, 7)
        fast = self.env["res.partner"].create({"name": "Test Fast"})
        self.product.seller_ids = [
            Command.create({"partner_id": fast.id, "delay": 2, "price": 3.0})
        ]
        self._confirm((self.product, 6))
        wizard = self._new_wizard()
        notes = wizard.line_ids.vendor_note.split("\n")
        self.assertTrue(notes[0].startswith("Test Fast"))
        self.assertEqual(wizard.line_ids.seller_id.partner_id, self.vendor)
        wizard.line_ids.seller_id = self.product.seller_ids.filtered(
            lambda one: one.partner_id == fast
        )
        wizard.action_buy()
        self.assertEqual(self._requests().partner_id, fast)

    def test_by_itself(self):
        self._add_vendor(self.product, 7)
        self._confirm((self.product, 6))
        self._refresh()
        self.assertFalse(self._requests())
        self.company.sales_backorder_procure = True
        self._refresh()
        self._flush()
        self._refresh()
        self.assertEqual(self._requests().product_qty, 6.0)

    def test_reception_in_steps(self):
        self.warehouse.reception_steps = "three_steps"
        self._add_vendor(self.product, 7)
        backorder = self._find(self._confirm((self.product, 6)))
        self._new_wizard().action_buy()
        self._flush()
        self.assertEqual(self._requests().product_qty, 6.0)
        self.assertEqual(backorder.date_source, "purchase")

    def test_who_may_buy(self):
        self._confirm((self.product, 6))
        with self.assertRaises(AccessError):
            self.env["sales.backorder.procure"].with_user(self.salesman).create({})


@tagged("post_install", "-at_install")
class TestWays(BackorderCommon):
    """A shortage is filled from elsewhere, always through a request about the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._new_product("Test Widget", 80.0, is_storable=True)
        cls.second = cls.env["stock.warehouse"].create(
            {"name": "Test Second", "code": "TSBO2", "company_id": cls.company.id}
        )

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 2)
        self.order = self._confirm((self.product, 10))
        self.backorder = self._find(self.order).with_user(self.salesman)

    def _ways(self, kind=None):
        action = self.backorder.action_view_ways()
        ways = self.env["sales.backorder.way"].with_user(self.salesman)
        found = ways.search(action["domain"])
        return found.filtered(lambda way: way.kind == kind) if kind else found

    def _stock_second(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(
            product, self.second.lot_stock_id, quantity
        )

    def _new_substitute(self, product, **values):
        return (
            self.env["sales.product.substitute"]
            .with_user(self.manager)
            .create(
                {"product_id": self.product.id, "substitute_id": product.id, **values}
            )
        )

    # === Substitutes === #

    def test_substitutes_best_first(self):
        """With free stock and price difference; what is there comes first."""
        scarce = self._new_product("Test Scarce", 70.0, is_storable=True)
        self._new_substitute(scarce, price_rule="list", sequence=1)
        self._new_substitute(self.other, price_rule="list", sequence=2)
        self._set_stock(self.other, 20)
        ways = self._ways("substitute")
        self.assertEqual(ways.product_id.ids, [self.other.id, scarce.id])
        self.assertRecordValues(
            ways[0],
            [
                {
                    "quantity": 8.0,
                    "free_quantity": 20.0,
                    "price_delta": -160.0,
                    "date_arrival": self.today,
                }
            ],
        )

    def test_substitute_makes_a_change_request(self):
        self._new_substitute(self.other, price_rule="keep")
        self._set_stock(self.other, 20)
        total = self.order.amount_total
        self._ways("substitute").action_choose()
        self._flush()
        change = self.order.sudo().change_ids
        self.assertRecordValues(change, [{"state": "applied", "channel": "staff"}])
        old, new = self.order.order_line
        self.assertEqual((old.product_uom_qty, new.product_uom_qty), (2.0, 8.0))
        self.assertEqual((new.product_id, new.price_unit), (self.other, 100.0))
        self.assertEqual(self.order.amount_total, total)
        self.assertFalse(self._find(self.order))

    def test_double_packs(self):
        """Half as many of a double pack, at the price of what they stand in for."""
        self._new_substitute(self.other, ratio=0.5, price_rule="keep")
        self._set_stock(self.other, 20)
        total = self.order.amount_total
        way = self._ways("substitute")
        self.assertEqual((way.quantity, way.product_quantity), (8.0, 4.0))
        way.action_choose()
        self._flush()
        new = self.order.order_line[1]
        self.assertEqual((new.product_uom_qty, new.price_unit), (4.0, 200.0))
        self.assertEqual(self.order.amount_total, total)

    def test_lower_price_rule_and_dates(self):
        self._new_substitute(self.other, price_rule="lower")
        self._set_stock(self.other, 20)
        self.assertEqual(self._ways("substitute").price_delta, -160.0)
        self.other.list_price = 150.0
        self.assertEqual(self._ways("substitute").price_delta, 0.0)
        self.env["sales.product.substitute"].search([]).date_to = self._in_days(-1)
        self.assertFalse(self._ways("substitute"))

    def test_the_other_way_round(self):
        self.env["sales.product.substitute"].create(
            {
                "product_id": self.other.id,
                "substitute_id": self.product.id,
                "ratio": 2.0,
                "reversible": True,
            }
        )
        self._set_stock(self.other, 20)
        self.assertEqual(self._ways("substitute").product_quantity, 4.0)

    # === Other warehouses === #

    def test_two_proposals(self):
        self._stock_second(self.product, 8)
        ways = self._ways()
        self.assertEqual(set(ways.mapped("kind")), {"ship_from", "transfer"})
        self.assertEqual(set(ways.mapped("quantity")), {8.0})
        self.assertEqual(ways.warehouse_id, self.second)

    def test_deliver_from_the_other_warehouse(self):
        self._stock_second(self.product, 8)
        total = self.order.amount_total
        self._ways("ship_from").action_choose()
        self._flush()
        pickings = self._pickings(self.order)
        found = {
            picking.picking_type_id.warehouse_id: picking.move_ids.product_uom_qty
            for picking in pickings
        }
        self.assertEqual(found, {self.warehouse: 2.0, self.second: 8.0})
        self.assertEqual(set(pickings.mapped("state")), {"assigned"})
        self.assertEqual(self.order.amount_total, total)
        self.assertFalse(self._find(self.order))

    def test_bring_from_the_other_warehouse(self):
        self._stock_second(self.product, 8)
        way = self._ways("transfer")
        action = way.with_user(self.storeman).action_choose()
        self._flush()
        picking = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(picking.location_id, self.second.lot_stock_id)
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(self.backorder.date_source, "receipt")
        self._ship(picking, 8)
        self.assertEqual(self.backorder.state, "filled")

    # === The vendor === #

    def test_dropship_the_rest(self):
        self._add_vendor(self.product, 7)
        self._ways("dropship").action_choose()
        self._flush()
        kept, shipped = self.order.order_line
        self.assertEqual((kept.product_uom_qty, shipped.product_uom_qty), (2.0, 8.0))
        request = self.env["purchase.order.line"].search(
            [("sale_line_id", "=", shipped.id)]
        )
        self.assertEqual(request.product_qty, 8.0)
        self.assertEqual(request.order_id.dest_address_id, self.customer)
        self.assertFalse(self._find(self.order))
        request.order_id.button_confirm()
        self._flush()
        moves = self.order.sudo().order_line.move_ids
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 10.0)
        self.assertEqual(shipped.estimated_delivery_date, request.date_planned.date())

    # === Giving up === #

    def _check_rest_cancelled(self, order, shipped):
        """Nothing open, nothing coming back, and the line says what was shipped."""
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (shipped, shipped))
        moves = order.sudo().order_line.move_ids
        self.assertFalse(
            moves.filtered(
                lambda m: m.location_id.usage == "customer" and m.state != "cancel"
            )
        )
        self.assertFalse(self._pickings(order).filtered(lambda p: p.state != "done"))
        order.sudo()._create_invoices().action_post()
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(line.qty_invoiced, shipped)

    def _cancel_rest(self, order):
        self._find(order).with_user(self.salesman).action_cancel_remaining()
        self._flush()

    def test_cancel_the_rest(self):
        self._receive(self.product, 2)
        self._ship(self._pickings(self.order), 4)
        self._cancel_rest(self.order)
        self._check_rest_cancelled(self.order, 4.0)
        self.assertEqual(self.backorder.state, "cancelled")

    def test_cancel_the_rest_in_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._confirm((self.other, 10))
        self._set_stock(self.other, 4)
        self._pickings(order).action_assign()
        for _step in range(2):
            ready = self._pickings(order).filtered(lambda p: p.state == "assigned")
            self._ship(ready, 4)
        self._cancel_rest(order)
        self._check_rest_cancelled(order, 4.0)

    def test_cancel_the_rest_made_to_order(self):
        """Linked to a receipt of its own: the receipt stays, the delivery shrinks."""
        self.other.route_ids = [
            Command.link(self.env.ref("stock.route_warehouse0_mto").sudo().id)
        ]
        self.env.ref("stock.route_warehouse0_mto").active = True
        self._add_vendor(self.other, 3)
        order = self._confirm((self.other, 10))
        request = self.env["purchase.order.line"].search(
            [("product_id", "=", self.other.id)]
        )
        request.order_id.button_confirm()
        self._ship(request.order_id.picking_ids, 4)
        self._ship(self._pickings(order), 4)
        line = order.order_line
        order.with_user(self.salesman)._cancel_rest({line: 6.0}, "Too late")
        self._flush()
        self._check_rest_cancelled(order, 4.0)

    def test_cancel_the_rest_of_a_promised_receipt(self):
        """Allocated in the reception report: linked although it was not made to order."""
        order = self._confirm((self.other, 10))
        receipt = self._plan_receipt(self.other, 10)
        report = self.env["report.stock.report_reception"].with_user(self.storeman)
        moves = order.sudo().order_line.move_ids
        report.action_assign(moves.ids, [10], [receipt.move_ids.ids])
        self._ship(receipt, 4)
        self._ship(self._pickings(order), 4)
        line = order.order_line
        order.with_user(self.salesman)._cancel_rest({line: 6.0}, "Too late")
        self._flush()
        self._check_rest_cancelled(order, 4.0)
