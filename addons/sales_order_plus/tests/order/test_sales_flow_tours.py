from odoo.tests import tagged

from ..intake.common import IntakeCommon
from ..quotation.common_portal import QuotationPortalCommon
from ..shipping.common import ShippingCommon


@tagged("post_install", "-at_install")
class TestSalesFlowTours(QuotationPortalCommon):
    """A salesperson and his customer in the browser."""

    def _tour(self, url, name, user=None):
        self.env.flush_all()
        self.start_tour(url, name, login=(user or self.salesman).login)
        self.env.invalidate_all()

    def test_proforma(self):
        order = self._new_order((self.product, 2))
        self._tour(f"/odoo/orders/{order.id}", "sales_order_plus_proforma")
        proforma = self.env["sales.proforma"].search([("order_id", "=", order.id)])
        self.assertRecordValues(proforma, [{"state": "issued", "amount_total": 50.0}])
        self.assertTrue(proforma.name)
        self.assertFalse(order.invoice_ids)

    def test_revision(self):
        order = self._new_sent((self.product, 3))
        self._tour(f"/odoo/sales/{order.id}", "sales_order_plus_revision")
        self.assertEqual((order.revision_number, order.state), (2, "draft"))
        self.assertEqual(order.order_line.product_uom_qty, 5)
        kept = self.env["sales.quotation.revision"].search(
            [("order_id", "=", order.id), ("number", "=", 1)]
        )
        self.assertEqual(kept.amount_total, 300)

    def test_counter_offer(self):
        """The customer proposes on his own page; the quotation stays as it is."""
        order = self._new_sent((self.product, 2))
        self._tour(
            f"/my/orders/{order.id}", "sales_order_plus_counter_offer", self.portal_user
        )
        offer = order.sudo().counter_offer_ids
        self.assertRecordValues(
            offer, [{"state": "pending", "amount_current": 200, "amount_offered": 180}]
        )
        self.assertEqual(offer.message, "We buy every month")
        self.assertEqual(order.order_line.price_unit, 100)
        self.assertEqual(order.activity_ids.user_id, self.salesman)


@tagged("post_install", "-at_install")
class TestOnboarding(QuotationPortalCommon):
    def test_order_desk(self):
        """The tour a new salesperson starts from the menu ends with his quotation."""
        tour = self.env.ref("sales_order_plus.sales_order_desk_tour")
        agrolait = self.env["res.partner"].create({"name": "Agrolait"})
        desk = self._new_product("Desk DESK0001", 120.0, default_code="DESK0001")
        self.env.flush_all()
        self.start_tour("/odoo", tour.name, login=self.salesman.login)
        order = self.env["sale.order"].search([("partner_id", "=", agrolait.id)])
        self.assertRecordValues(
            order, [{"user_id": self.salesman.id, "amount_untaxed": 120.0}]
        )
        self.assertEqual(order.order_line.product_id, desk)


@tagged("post_install", "-at_install")
class TestRatesTour(ShippingCommon, QuotationPortalCommon):
    def test_rates(self):
        order = self._new_order((self.product, 2))
        self.env.flush_all()
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "sales_order_plus_rates",
            login=self.salesman.login,
        )
        self.env.invalidate_all()
        self.assertEqual(order.carrier_id, self.fast)
        shipping = order.order_line.filtered("is_delivery")
        self.assertRecordValues(shipping, [{"price_unit": 20.0, "product_uom_qty": 1}])


@tagged("post_install", "-at_install")
class TestImportTour(IntakeCommon, QuotationPortalCommon):
    def test_import(self):
        """Of a file of two rows the good one becomes a quotation."""
        self.env.flush_all()
        self.start_tour(
            "/odoo/bulk-import", "sales_order_plus_import", login=self.salesman.login
        )
        self.env.invalidate_all()
        import_ = self.env["sales.order.import"].search([], order="id desc", limit=1)
        self.assertEqual(import_.create_uid, self.salesman)
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(
            import_.order_ids.mapped("order_line.product_id"), self.product
        )
        self.assertEqual((import_.rows_imported, import_.rows_reported), (1, 1))
