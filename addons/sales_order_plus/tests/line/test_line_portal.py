from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import LineCommon


@tagged("post_install", "-at_install")
class TestLinePortal(LineCommon, HttpCase):
    """What the customer reads on the portal, and what he does not."""

    def _open(self, order):
        order.order_line.flush_recordset()
        response = self.url_open(order.get_portal_url())
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def test_plain_order_shows_nothing_of_ours(self):
        order = self._new_order((self.product, 1))
        order.action_quotation_sent()
        tree = self._open(order)
        for name in ("tax_breakdown", "duties", "equivalents", "tiers", "line_image"):
            self.assertFalse(tree.find_class(f"o_sales_{name}"), name)
        self.assertFalse(tree.xpath("//*[@id='product_sku_header']"))

    def test_all_that_was_asked_for(self):
        self._set_rate(self.foreign, 2.0)
        abroad = self.env["res.country"].search(
            [("id", "!=", self.company.country_id.id)], limit=1
        )
        self.customer.country_id = abroad
        self.env["sales.duty.rule"].create({"name": "Levy", "percent": 10})
        tax = self._new_tax(
            "State 4%", 4, jurisdiction_level="state", jurisdiction_name="Oregon"
        )
        self.product.write({"default_code": "GAD-9", "warranty_duration": 6})
        self.company.sales_show_tiers = True
        pricelist = self._new_pricelist(
            self.foreign,
            applied_on="1_product",
            product_tmpl_id=self.product.product_tmpl_id.id,
            compute_price="fixed",
            fixed_price=150,
            min_quantity=10,
        )
        order = self._new_order(
            (self.product, 1), pricelist_id=pricelist.id, show_sku=True
        )
        order.order_line.write(
            {
                "customer_note": "Engraved",
                "internal_note": "Check the lid",
                "tax_ids": [Command.set(tax.ids)],
            }
        )
        order.action_quotation_sent()
        text = self._text(self._open(order))
        for part in (
            "GAD-9",
            "Engraved",
            "State: Oregon",
            "Estimated duties (not charged)",
            f"Total in {self.company.currency_id.name}",
            "Warranty: 6 Months",
            "from 10.00 Units",
        ):
            self.assertIn(part, text)
        self.assertNotIn("Check the lid", text)

    def test_customer_sees_the_new_date(self):
        self._set_stock(self.product, 3)
        order = self._new_order((self.product, 1))
        order.action_confirm()
        self.env.cr.flush()
        text = self._text(self._open(order))
        self.assertIn("Estimated delivery", text)

    def test_datasheet_is_offered(self):
        """Odoo's own documents of products stay beside our columns."""
        self.env["product.document"].create(
            {
                "name": "Datasheet.pdf",
                "res_model": "product.template",
                "res_id": self.product.product_tmpl_id.id,
                "attached_on_sale": "quotation",
                "datas": "JVBERi0xLjQK",
            }
        )
        order = self._new_order((self.product, 1), show_images=True)
        order.action_quotation_sent()
        self.assertIn("Datasheet.pdf", self._text(self._open(order)))
