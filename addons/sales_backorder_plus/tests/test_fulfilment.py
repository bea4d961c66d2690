from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestFulfilment(BackorderCommon, HttpCase):
    """How far a line and an order are; the parts always add up."""

    def _ship_and_return(self, order, shipped, returned):
        picking = self._pickings(order)
        self._ship(picking, shipped)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.storeman)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.write({"quantity": returned, "to_refund": True})
        self._ship(wizard._create_return(), returned)

    def _cancel(self, line, quantity):
        reason = self.env["sales.cancel.reason"].search([], limit=1)
        line.order_id.with_user(self.salesman).action_request_cancellation(
            {line.id: quantity}, reason=reason.id, note="Too late"
        )
        self._flush()

    def _api(self):
        return self.env["sales.order.api"].with_user(self.salesman)

    def test_parts_add_up(self):
        """10 ordered, 6 shipped, 1 came back, 2 cancelled: 2 are open."""
        self._set_stock(self.product, 7)
        order = self._confirm((self.product, 10))
        line = order.order_line
        self._ship_and_return(order, 6, 1)
        self._cancel(line, 2)
        found = line._get_fulfilment()
        self.assertEqual(
            found,
            {
                "ordered": 10.0,
                "shipped": 6.0,
                "returned": 1.0,
                "reserved": found["reserved"],
                "waiting": 2.0 - found["reserved"],
                "open": 2.0,
                "short": found["short"],
                "cancelled": 2.0,
            },
        )
        row = self._api().get_fulfilment(name=order.name)["lines"][0]
        self.assertEqual((row["shipped"], row["open"]), (6.0, 2.0))
        bar = line.with_user(self.salesman).fulfilment
        self.assertAlmostEqual(sum(part["percent"] for part in bar["parts"]), 100, 1)
        self.assertIn("Returned: 1 Units", bar["texts"])

    def test_given_up_at_delivery(self):
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        self._ship(self._pickings(order), backorder=False)
        found = order.order_line._get_fulfilment()
        self.assertEqual((found["shipped"], found["cancelled"]), (4.0, 6.0))
        self.assertEqual((found["open"], found["ordered"]), (0.0, 10.0))

    def test_in_dozens(self):
        self._set_stock(self.product, 18)
        order = self._new_order((self.product, 1))
        order.order_line.write(
            {"product_uom_id": self.dozen.id, "product_uom_qty": 2.0}
        )
        order.action_confirm()
        self._flush()
        found = order.order_line._get_fulfilment()
        self.assertEqual((found["reserved"], found["waiting"]), (1.5, 0.5))

    def test_services_have_no_bar(self):
        order = self._confirm((self.service, 1), (self.product, 1))
        bars = [line.fulfilment for line in order.order_line]
        self.assertEqual([bool(bar) for bar in bars], [False, True])

    def test_state_of_the_order(self):
        covered = self._confirm((self.service, 1))
        self.assertFalse(covered.backorder_state)
        order = self._confirm((self.product, 10))
        self.assertEqual(order.backorder_state, "open")
        self._receive(self.product, 4)
        self.assertEqual(order.backorder_state, "partly")
        self._receive(self.product, 6)
        self.assertEqual(order.backorder_state, "ready")
        self._ship(self._pickings(order), 10)
        self.assertRecordValues(
            order, [{"backorder_state": "done", "delivery_status": "full"}]
        )
        self.assertEqual(order.order_line.qty_delivered, 10.0)
        groups = (
            self.env["sale.order"]
            .with_user(self.salesman)
            ._read_group(
                [("id", "in", (order | covered).ids)], ["backorder_state"], ["__count"]
            )
        )
        self.assertEqual(dict(groups), {"done": 1, False: 1})

    def test_available_now(self):
        """An inventory adjustment is seen at the next look, with no counter of ours."""
        self._set_stock(self.product, 5)
        order = self._new_order((self.product, 2))
        line = order.order_line
        self.assertEqual(line.qty_free_now, 5.0)
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product.id),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        quant.inventory_quantity = 9
        quant.action_apply_inventory()
        self.env.invalidate_all()
        product = self.product.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(line.qty_free_now, 9.0)
        row = self._api().get_availability(name=order.name)[0]
        self.assertEqual(row["free"], product.free_qty)
        self.assertEqual(row["forecast"], product.virtual_available)
        self.assertEqual((row["line_id"], row["unit"]), (line.id, "Units"))

    def test_available_now_in_dozens(self):
        """Beside the quantity of the line, so in its unit: 30 pieces are 2.5 dozen."""
        self._set_stock(self.product, 30)
        line = self._new_order((self.product, 2)).order_line
        line.product_uom_id = self.dozen
        self.assertEqual(line.qty_free_now, 2.5)

    def test_customer_reads_no_internal_figure(self):
        order = self._confirm((self.product, 2))
        line = order.order_line.with_user(self.portal_user)
        for name in ("fulfilment", "qty_free_now"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                line.read([name])
        with self.assertRaises(AccessError):
            order.with_user(self.portal_user).read(["backorder_state"])

    def test_all_shipments_in_the_portal(self):
        """Four shipments with their lines and tracking; Odoo would show three."""
        carrier = self.env["delivery.carrier"].search(
            [("delivery_type", "=", "fixed")], limit=1
        )
        carrier.tracking_url = "https://track.test.example/<shipmenttrackingnumber>"
        self._set_stock(self.product, 10)
        order = self._confirm((self.product, 10))
        for number in range(3):
            picking = self._pickings(order)
            picking.sudo().write(
                {"carrier_id": carrier.id, "carrier_tracking_ref": f"TRK-{number}"}
            )
            self._ship(picking, 2)
        shipments = self._api().get_fulfilment(name=order.name)["shipments"]
        self.assertEqual(len(shipments), 4)
        self.assertEqual(shipments[0]["tracking"], "TRK-0")
        self.assertEqual(
            [one["items"][0]["quantity"] for one in shipments][:3], [2.0] * 3
        )
        page = html.fromstring(self.url_open(order.sudo().get_portal_url()).text)
        shown = page.xpath("//div[@name='delivery_order']")
        self.assertEqual(len(shown), 4)
        texts = [" ".join(one.text_content().split()) for one in shown]
        self.assertEqual(sum("2 Units Test Gadget" in text for text in texts), 3)
        self.assertEqual(sum("4 Units Test Gadget" in text for text in texts), 1)
        links = page.xpath("//div[@name='delivery_order']//a/@href")
        self.assertIn("https://track.test.example/TRK-1", links)
        self.assertTrue(page.xpath("//section[@id='fulfilment']//div[@role]"))

    def test_colleague_of_the_customer_sees_them(self):
        order = self._confirm((self.product, 2))
        self.portal_user.password = "tsop_portal"
        self.authenticate("tsop_portal", "tsop_portal")
        page = html.fromstring(self.url_open(f"/my/orders/{order.id}").text)
        self.assertEqual(len(page.xpath("//div[@name='delivery_order']")), 1)

    def test_warehouse_program_validates(self):
        """A program that knows only Odoo ships; the backorder follows by itself."""
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        backorder = self._find(order)
        self.assertEqual(backorder.qty_open, 10.0)
        self.storeman.password = "tsop_sto"
        picking = self._pickings(order)
        self.env.flush_all()
        uid = self.xmlrpc_common.authenticate(
            self.env.cr.dbname, "tsop_sto", "tsop_sto", {}
        )
        self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            uid,
            "tsop_sto",
            "stock.picking",
            "button_validate",
            [picking.ids],
            {"context": {"skip_backorder": True}},
        )
        self.env.invalidate_all()
        self.assertFigures(backorder, open=6.0, short=6.0, delivered=4.0)

    def test_vendor_reads_how_much_is_awaited(self):
        self._confirm((self.product, 5))
        purchase = self._request(self.product, 8, days=6, confirm=True)
        url = purchase.get_portal_url()
        page = html.fromstring(self.url_open(url).text)
        text = page.xpath("//div[contains(@class, 'o_sales_awaited')]")[0]
        self.assertIn("5.0 awaited by customers", " ".join(text.text_content().split()))
        self.assertNotIn("Test Customer", page.text_content())

    def test_notes_have_no_bar(self):
        """Notes and sections of an order have no place in the figures."""
        order = self._new_order((self.product, 1))
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "By the back door"})
        ]
        order.action_confirm()
        self._flush()
        self.assertEqual(len(order._get_portal_fulfilment()), 1)
