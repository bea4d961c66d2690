from lxml import html

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_brand import BrandCommon


@tagged("post_install", "-at_install")
class TestBrandDocuments(BrandCommon):
    """Invoices and delivery slips look like the order they are for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.invoice_policy = "order"
        cls._set_stock(cls.product, 100)

    def _new_confirmed(self, brand, **values):
        order = self._new_order((self.product, 2), sales_brand_id=brand.id, **values)
        order.action_confirm()
        return order

    def _invoice(self, orders):
        return orders.sudo()._create_invoices()

    def _render(self, report, records):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, records.ids
        )
        return html.fromstring(content.decode())

    def _assert_shows(self, page, brand):
        self.assertIn(brand.logo.decode(), self._get_logo(page))
        text = page.text_content()
        self.assertIn(f"Tagline of {brand.name}", text)
        self.assertIn(f"Foot of {brand.name}", text)
        css = f"o_company_{self.company.id}_brand_{brand.id}_layout"
        self.assertTrue(page.xpath(f"//div[contains(@class, '{css}')]"))

    def test_invoice(self):
        for brand in (self.red, self.blue):
            invoice = self._invoice(self._new_confirmed(brand))
            self.assertEqual(invoice.sales_brand_id, brand)
            page = self._render("account.report_invoice", invoice)
            self._assert_shows(page, brand)

    def test_credit_note(self):
        invoice = self._invoice(self._new_confirmed(self.red))
        invoice.action_post()
        self.assertEqual(invoice._reverse_moves().sales_brand_id, self.red)

    def test_two_invoices_at_once(self):
        first = self._invoice(self._new_confirmed(self.red))
        second = self._invoice(self._new_confirmed(self.blue))
        page = self._render("account.report_invoice", first | second)
        logos = page.xpath("//img[contains(@class, 'o_company_logo')]/@src")
        self.assertIn(self.red.logo.decode(), logos[0])
        self.assertIn(self.blue.logo.decode(), logos[1])

    def test_invoice_of_two_brands_is_the_company_s(self):
        orders = self._new_confirmed(self.red) | self._new_confirmed(self.blue)
        self.assertFalse(self._invoice(orders).sales_brand_id)
        orders = self._new_confirmed(self.red) | self._new_confirmed(self.red)
        self.assertEqual(self._invoice(orders).sales_brand_id, self.red)

    def test_invoice_of_no_order(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create({"name": "By hand", "price_unit": 10})
                ],
            }
        )
        self.assertFalse(invoice.sales_brand_id)
        page = self._render("account.report_invoice", invoice)
        self.assertNotIn("_brand_", html.tostring(page).decode())

    def test_mail_of_the_invoice(self):
        invoice = self._invoice(self._new_confirmed(self.red))
        body = self.env["ir.qweb"]._render(
            "mail.mail_notification_layout",
            {
                "record": invoice,
                "company": self.company,
                "message": self.env["mail.message"],
                "subtype": self.env["mail.message.subtype"],
                "email_notification_force_footer": True,
            },
            minimal_qcontext=True,
        )
        self.assertIn(f"/sales_order_plus/brand/{self.red.id}/logo", body)

    def test_delivery_slip(self):
        for brand in (self.red, self.blue):
            picking = self._new_confirmed(brand).picking_ids
            self.assertEqual(picking.sales_brand_id, brand)
            page = self._render("stock.report_deliveryslip", picking)
            self._assert_shows(page, brand)

    def test_delivery_slip_of_no_brand(self):
        picking = self._new_confirmed(self.env["sales.brand"]).picking_ids
        self.assertFalse(picking.sales_brand_id)
        page = self._render("stock.report_deliveryslip", picking)
        self.assertNotIn("_brand_", html.tostring(page).decode())

    def test_printed_by_people_who_read_no_brand(self):
        picking = self._new_confirmed(self.red).picking_ids
        self.env.invalidate_all()
        report = self.env["ir.actions.report"].with_user(self.storeman)
        content, _kind = report._render_qweb_html(
            "stock.report_deliveryslip", picking.ids
        )
        self._assert_shows(html.fromstring(content.decode()), self.red)

    # === Address of the brand === #

    def _give_address(self, brand):
        self.company.vat = False
        brand.partner_id = self.env["res.partner"].create(
            {
                "name": "Harbor House",
                "street": "12 Pier Road",
                "zip": "94607",
                "city": "Oakland",
                "country_id": self.env.ref("base.us").id,
                "phone": "+1 510 555 0117",
                "email": "hello@harbor.example.com",
            }
        )

    def _get_head(self, page):
        (block,) = page.xpath("//*[@name='company_address']")
        return block.text_content()

    def test_address_on_quotation_invoice_and_slip(self):
        self._give_address(self.red)
        order = self._new_confirmed(self.red)
        for report, record in (
            ("sale.report_saleorder", order),
            ("account.report_invoice", self._invoice(order)),
            ("stock.report_deliveryslip", order.picking_ids),
        ):
            head = self._get_head(self._render(report, record))
            for part in ("12 Pier Road", "Oakland", "+1 510 555 0117", "Red Brand"):
                self.assertIn(part, head, report)
            self.assertIn(f"A brand of {self.company.name}", head, report)

    def test_brand_without_address_has_the_company_s(self):
        self.company.partner_id.street = "1 Company Street"
        self._give_address(self.red)
        slip = self._new_confirmed(self.blue).picking_ids
        head = self._get_head(self._render("stock.report_deliveryslip", slip))
        self.assertIn("1 Company Street", head)
        self.assertNotIn("12 Pier Road", head)

    def test_seller_s_tax_number_stays(self):
        self._give_address(self.red)
        self.company.country_id = self.env.ref("base.be")
        self.company.vat = "BE0477472701"
        order = self._new_confirmed(self.red)
        head = self._get_head(self._render("sale.report_saleorder", order))
        self.assertIn("BE0477472701", head)
        sender = order._get_trade_document("print").sender
        self.assertEqual(sum("BE0477472701" in line for line in sender), 1)

    def test_own_contact_goes_before_that_of_the_address(self):
        self._give_address(self.red)
        self.red.phone = "+1 999"
        document = self._new_confirmed(self.red)._get_trade_document("print")
        self.assertIn("+1 999", document.sender)
        self.assertNotIn("+1 510 555 0117", document.sender)
        self.assertIn("hello@harbor.example.com", document.sender)
        self.assertIn("12 Pier Road", document.sender)

    def test_address_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.red.company_id = self.company
        stranger = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.red.partner_id = stranger

    def test_slip_of_a_brand_printed_by_our_papers(self):
        """The papers of trade name the brand's address and the seller."""
        self._give_address(self.red)
        order = self._new_confirmed(self.red)
        document = order._get_trade_document("packing_list")
        self.assertEqual(document.sender[:2], ["Red Brand", "12 Pier Road"])
        self.assertIn(f"A brand of {self.company.name}", document.sender)
