from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..seam.common import GuardCommon


@tagged("post_install", "-at_install")
class TestSalePortalList(GuardCommon, HttpCase):
    """The lists as the customer sees them."""

    def setUp(self):
        super().setUp()
        self.gadget = self._new_order((self.product, 2), client_order_ref="PO-GADGET")
        self.help = self._new_order((self.service, 1), client_order_ref="PO-HELP")
        self.orders = self.gadget | self.help
        self.orders.action_confirm()
        self.quotation = self._new_order((self.service, 3))
        self.quotation.action_quotation_sent()
        self.env.flush_all()
        self.authenticate(self.portal_user.login, self.portal_user.login)

    def _page(self, url, **params):
        query = "&".join(f"{key}={value}" for key, value in params.items())
        response = self.url_open(f"{url}?{query}")
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def _names(self, url, **params):
        page = self._page(url, **params)
        known = {
            order.name
            for order in self.env["sale.order"].search(
                [("partner_id", "child_of", self.customer.ids)]
            )
        }
        return [a.text for a in page.xpath("//table//td//a") if a.text in known]

    def test_search(self):
        for words, search_in, found in (
            (self.gadget.name, "number", self.gadget),
            ("po-gadget", "reference", self.gadget),
            ("Test Service", "product", self.help),
            ("Test Service", "reference", self.env["sale.order"]),
            ("po-", "all", self.orders),
            ("gadget", "all", self.gadget),
            ("gadget", "nonsense", self.gadget),
        ):
            names = self._names("/my/orders", search=words, search_in=search_in)
            self.assertEqual(set(names), set(found.mapped("name")), (words, search_in))

    def test_search_knows_no_wildcards_of_other_customers(self):
        other = self.env["res.partner"].create({"name": "Other"})
        theirs = self._new_order((self.service, 1), partner_id=other.id)
        theirs.action_confirm()
        names = self._names("/my/orders", search="%")
        self.assertNotIn(theirs.name, names)

    def test_filter_by_status(self):
        self._set_stock(self.product, 5)
        self.gadget.sudo().picking_ids.action_assign()
        self.gadget.sudo().picking_ids.move_ids.picked = True
        self.gadget.sudo().picking_ids.button_validate()
        self.assertEqual(self.gadget.lifecycle_stage, "delivered")
        self.env.flush_all()
        self.assertEqual(
            self._names("/my/orders", filterby="delivered"), [self.gadget.name]
        )
        self.assertEqual(
            self._names("/my/orders", filterby="approved"), [self.help.name]
        )
        self.assertEqual(self._names("/my/orders", filterby="open"), [self.help.name])
        self.assertEqual(len(self._names("/my/orders", filterby="nonsense")), 2)

    def test_rows_read_what_they_show(self):
        """An order has many more columns; eighty rows of them take longer to read."""
        orders = self.env.registry["sale.order"]
        fetch, others = orders._fetch_field, set()

        def fetch_field(records, field):
            if field.column_type:
                others.add(field.name)
            return fetch(records, field)

        self.patch(orders, "_fetch_field", fetch_field)
        both = self.orders | self.quotation
        both.validity_date = fields.Date.today()
        for order in both:
            order._portal_ensure_token()
        shown = {"/my/orders": self.help.name, "/my/quotes": self.quotation.name}
        for url, name in shown.items():
            self.env.flush_all()
            self.env.invalidate_all()
            others.clear()
            page = self._page(url)
            self.assertFalse(others, url)
            self.assertIn(name, page.text_content())

    def test_sorting(self):
        self.gadget.date_order = fields.Datetime.now() - timedelta(days=3)
        self.env.flush_all()
        both = [self.help.name, self.gadget.name]
        self.assertEqual(self._names("/my/orders"), both)
        self.assertEqual(self._names("/my/orders", sortby="oldest"), both[::-1])
        self.assertEqual(self._names("/my/orders", sortby="total"), both[::-1])
        self.assertEqual(self._names("/my/orders", sortby="number"), both)
        with mute_logger("odoo.http"):
            self.assertEqual(self._names("/my/orders", sortby="id; drop"), both)
        # Also with two rows.
        page = self._page("/my/orders")
        self.assertTrue(page.xpath("//button[@id='portal_searchbar_sortby']"))

    def test_nothing_to_ship_is_no_alarm(self):
        page = self._page("/my/orders")
        self.assertNotIn("Not Available", page.text_content())
        self.assertFalse(page.xpath("//table//*[contains(@class, 'text-bg-danger')]"))
        self.assertIn("Confirmed", page.text_content())

    def test_nothing_found(self):
        page = self._page("/my/orders", search="no such thing")
        self.assertIn("Nothing fits", page.text_content())
        self.assertNotIn("no sales orders for your account", page.text_content())

    def test_pager_keeps_the_choice(self):
        for _number in range(85):
            self.help.with_context(tracking_disable=True).copy().action_confirm()
        self.env.flush_all()
        page = self._page("/my/orders", search="Test Service", search_in="product")
        links = page.xpath("//ul[contains(@class, 'pagination')]//a/@href")
        second = next(link for link in links if "/page/2" in link)
        self.assertIn("search_in=product", second)
        self.assertEqual(
            len(self._names("/my/orders/page/2", search="Test Service")), 6
        )

    def test_quotations(self):
        self.assertEqual(self._names("/my/quotes"), [self.quotation.name])
        late = self._new_order((self.service, 1))
        late.action_quotation_sent()
        late.validity_date = fields.Date.today() - timedelta(days=9)
        self._stop_orders(severity="approve")
        held = self._new_order((self.service, 1))
        held._validate_order()
        self._new_order((self.service, 1))  # A draft is not his business.
        self.env.flush_all()
        for filterby, found in (
            ("all", self.quotation | late | held),
            ("to_accept", self.quotation),
            ("expired", late),
            ("pending", held),
            ("requested", self.env["sale.order"]),
        ):
            names = self._names("/my/quotes", filterby=filterby)
            self.assertEqual(set(names), set(found.mapped("name")), filterby)

    def test_tracking(self):
        self._ship("TRACK-1")
        page = self._page("/my/orders")
        links = page.xpath("//a[contains(@class, 'o_sales_tracking')]/@href")
        self.assertEqual(links, ["https://parcel.example/TRACK-1"])

    def _ship(self, number):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Parcels",
                "product_id": self.service.id,
                "tracking_url": "https://parcel.example/<shipmenttrackingnumber>",
            }
        )
        self._set_stock(self.product, 5)
        picking = self.gadget.sudo().picking_ids
        picking.action_assign()
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": number})
        move = picking.move_ids
        move.write({"quantity": 1, "picked": True})
        picking._action_done()
        self.env.flush_all()

    def test_delivery_of_each_line(self):
        self._ship("TRACK-1")
        self.assertEqual(self.gadget.order_line.qty_delivered, 1)
        rest = self.gadget.sudo().picking_ids.filtered(lambda p: p.state != "done")
        self.assertEqual(rest.state, "assigned")
        day = fields.Date.today() + timedelta(days=6)
        rest.scheduled_date = fields.Datetime.to_datetime(day) + timedelta(hours=12)
        self.env.flush_all()
        page = self._page(f"/my/orders/{self.gadget.id}")
        (told,) = page.xpath("//div[contains(@class, 'o_sales_line_delivery')]")
        words = " ".join(told.text_content().split())
        self.assertIn("Delivered: 1.00", words)
        self.assertIn("Open: 1.00", words)
        self.assertIn(day.strftime("%m/%d/%Y"), words)
        self.assertIn("https://parcel.example/TRACK-1", told.xpath(".//a/@href"))

    def test_a_day_that_is_over_is_no_promise(self):
        picking = self.gadget.sudo().picking_ids
        picking.scheduled_date = fields.Datetime.now() - timedelta(days=2)
        self.assertFalse(self.gadget.order_line._get_expected_delivery())

    def test_nothing_there_is_no_promise(self):
        """Planned, but no stock and no supply: the planned day says nothing."""
        move = self.gadget.sudo().order_line.move_ids
        move.picking_id.scheduled_date = fields.Datetime.now() + timedelta(days=6)
        self.assertEqual(move.state, "confirmed")
        self.assertFalse(move._get_promised_date())
        self._set_stock(self.product, 5)
        self.env.invalidate_all()
        self.assertEqual(move._get_promised_date(), move.date)

    def test_services_tell_no_delivery(self):
        page = self._page(f"/my/orders/{self.help.id}")
        self.assertFalse(page.xpath("//div[contains(@class, 'o_sales_line_delivery')]"))

    def test_related_orders(self):
        links = self.env["sales.order.link"]
        links._link(self.gadget, self.help, "replacement")
        other = self.env["res.partner"].create({"name": "Other"})
        theirs = self._new_order((self.service, 1), partner_id=other.id)
        theirs.action_confirm()
        links._link(self.gadget, theirs, "related")
        links._link(self.gadget, self._new_order(), "related")
        self.env.flush_all()
        page = self._page(f"/my/orders/{self.gadget.id}")
        (section,) = page.xpath("//section[@id='related_orders']")
        self.assertEqual(section.xpath(".//a/@href"), [f"/my/orders/{self.help.id}"])
        self.assertIn("Replacement", section.text_content())

    def test_list_costs_the_same_for_many(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page("/my/orders")
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for _number in range(10):
            self.help.copy().action_confirm()
        self.env.flush_all()
        self.env["sale.order"].search([]).mapped("access_token")
        queries()  # Gives the new ones their tokens.
        self.assertLessEqual(queries(), few + 3)
