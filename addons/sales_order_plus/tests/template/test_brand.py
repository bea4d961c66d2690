import base64
import io

from lxml import html
from PIL import Image
from psycopg2.errors import CheckViolation

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from ...exceptions import QuotationTemplateError
from ..common import SalesPlusCommon

RED, BLUE = "#c0392b", "#1a5276"


def make_logo(color):
    stream = io.BytesIO()
    Image.new("RGB", (60, 20), color).save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


class BrandCommon(SalesPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        brands = cls.env["sales.brand"].with_user(cls.manager)
        cls.red, cls.blue = brands.create(
            [
                {
                    "name": name,
                    "logo": make_logo(color),
                    "primary_color": color,
                    "secondary_color": "#7d6608",
                    "font": "Oswald",
                    "report_header": f"<p>Tagline of {name}</p>",
                    "report_footer": f"<p>Foot of {name}</p>",
                }
                for name, color in (("Red Brand", RED), ("Blue Brand", BLUE))
            ]
        ).sudo()
        cls.template = cls.env["sale.order.template"].create({"name": "Branded"})
        cls.channel = cls.env["sales.channel"].create(
            {"name": "Brand shop", "code": "BRSHOP", "kind": "online"}
        )
        cls.team = cls.env["crm.team"].create({"name": "Brand team"})

    def _print(self, order):
        """Return the printed page as the browser engine gets it."""
        report = self.env["ir.actions.report"].with_user(self.salesman)
        content, _kind = report._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )
        return html.fromstring(content.decode())

    @staticmethod
    def _get_logo(page):
        return page.xpath("//img[contains(@class, 'o_company_logo')]/@src")[0]


@tagged("post_install", "-at_install")
class TestBrandChoice(BrandCommon):
    def test_template_then_channel_then_team(self):
        self.team.sales_brand_id = self.red
        order = self._new_order(team_id=self.team.id)
        self.assertEqual(order.sales_brand_id, self.red)
        self.channel.sales_brand_id = self.blue
        order.sales_channel_id = self.channel
        self.assertEqual(order.sales_brand_id, self.blue)
        self.template.sales_brand_id = self.red
        order.sale_order_template_id = self.template
        self.assertEqual(order.sales_brand_id, self.red)

    def test_nobody_says_a_brand(self):
        self.assertFalse(self._new_order().sales_brand_id)

    def test_archived_and_foreign_brands_are_passed_over(self):
        self.team.sales_brand_id = self.red
        self.channel.sales_brand_id = self.blue
        self.blue.active = False
        order = self._new_order(team_id=self.team.id, sales_channel_id=self.channel.id)
        self.assertEqual(order.sales_brand_id, self.red)
        self.blue.active = True
        self.blue.company_id = self.env["res.company"].create({"name": "Other"})
        order = self._new_order(team_id=self.team.id, sales_channel_id=self.channel.id)
        self.assertEqual(order.sales_brand_id, self.red)

    def test_chosen_by_hand_while_it_is_a_quotation(self):
        self.team.sales_brand_id = self.red
        order = self._new_order(team_id=self.team.id, sales_brand_id=self.blue.id)
        self.assertEqual(order.sales_brand_id, self.blue)
        order.sales_brand_id = False
        self.assertFalse(order.sales_brand_id)
        order.sales_brand_id = self.blue
        order.action_confirm()
        with self.assertRaisesRegex(QuotationTemplateError, "stays as it was agreed"):
            order.sales_brand_id = self.red
        order.team_id = self.env["crm.team"].create({"name": "No brand"})
        self.assertEqual(order.sales_brand_id, self.blue)

    @mute_logger("odoo.sql_db")
    def test_a_colour_is_a_colour(self):
        """It is written into style sheets: nothing else may stand there."""
        for color in ("red", "#12345", "#1234567", "#12345g", "#000000; x: url(a)"):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.red.primary_color = color
                self.red.flush_recordset()

    def test_text_that_can_be_read(self):
        self.assertEqual(self.red.email_text_color, "#FFFFFF")
        self.red.primary_color = "#ffee99"
        self.assertEqual(self.red.email_button_color, "#ffee99")
        self.assertEqual(self.red.email_text_color, "#212529")

    def test_who_may(self):
        brands = self.env["sales.brand"]
        self.assertTrue(brands.with_user(self.salesman).has_access("read"))
        self.assertFalse(brands.with_user(self.salesman).has_access("write"))
        self.assertTrue(brands.with_user(self.manager).has_access("unlink"))
        self.assertFalse(brands.with_user(self.portal_user).has_access("read"))
        fields = self.env["sale.order"].with_user(self.portal_user).fields_get()
        self.assertNotIn("sales_brand_id", fields)


@tagged("post_install", "-at_install")
class TestBrandShown(BrandCommon, MailCase, HttpCase):
    """Two brands in one company: each quotation shows its own."""

    def _new_branded(self):
        return [
            self._new_order(sales_brand_id=brand.id) for brand in (self.red, self.blue)
        ]

    def test_pdf(self):
        for order in self._new_branded():
            brand = order.sales_brand_id
            page = self._print(order)
            self.assertIn(brand.logo.decode(), self._get_logo(page))
            text = page.text_content()
            self.assertIn(f"Tagline of {brand.name}", text)
            self.assertIn(f"Foot of {brand.name}", text)
            css = f"o_company_{self.company.id}_brand_{brand.id}_layout"
            self.assertTrue(page.xpath(f"//div[contains(@class, '{css}')]"))

    def test_pdf_of_our_own_printer(self):
        for order in self._new_branded():
            brand = order.sales_brand_id
            document = order._get_trade_document("print")
            self.assertEqual(document.logo, base64.b64decode(brand.logo))
            self.assertEqual(document.color, brand.primary_color)
            self.assertIn(f"Tagline of {brand.name}", document.sender)
            self.assertEqual(document.footer, f"Foot of {brand.name}")
            self.assertTrue(order._render_own_pdf().startswith(b"%PDF"))

    def test_pdf_of_both_at_once(self):
        red, blue = self._new_branded()
        page = self._print(red | blue)
        logos = page.xpath("//img[contains(@class, 'o_company_logo')]/@src")
        self.assertIn(self.red.logo.decode(), logos[0])
        self.assertIn(self.blue.logo.decode(), logos[1])

    def test_pdf_without_a_brand(self):
        page = self._print(self._new_order())
        css = f"o_company_{self.company.id}_layout"
        self.assertTrue(page.xpath(f"//div[contains(@class, '{css}')]"))
        self.assertNotIn("_brand_", html.tostring(page).decode())

    def test_styles_of_printed_documents(self):
        styles = self.env.ref("web.asset_styles_company_report").raw.decode()
        selector = f".o_company_{self.company.id}_brand_{self.red.id}_layout"
        own = styles.split(selector, 1)[1][:400]
        self.assertIn(RED, own)
        self.assertIn("Oswald", own)
        self.red.primary_color = "#00aa00"
        styles = self.env.ref("web.asset_styles_company_report").raw.decode()
        self.assertIn("#00aa00", styles.split(selector, 1)[1][:400])

    def test_mail(self):
        for order in self._new_branded():
            mail = self._send(order)
            brand = order.sales_brand_id
            self.assertIn(f"/sales_order_plus/brand/{brand.id}/logo", mail)
            self.assertIn(f"border-bottom: 3px solid {brand.primary_color}", mail)
            self.assertIn(f"background: {brand.email_button_color}", mail)
            other = (self.red | self.blue) - brand
            self.assertNotIn(other.primary_color, mail)

    def test_mail_without_a_brand(self):
        mail = self._send(self._new_order())
        self.assertNotIn("o_sales_brand_head", mail)
        self.assertNotIn("/sales_order_plus/brand/", mail)

    def _send(self, order):
        """Send the quotation as the salesperson does; return the customer's mail."""
        action = order.action_quotation_send()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .with_context(**action["context"])
            .create({})
        )
        with self.mock_mail_gateway():
            composer._action_send_mail()
        return self._new_mails.filtered(
            lambda mail: order.partner_id in mail.recipient_ids
        ).body_html

    def test_portal(self):
        for order in self._new_branded():
            brand = order.sales_brand_id
            page = html.fromstring(self.url_open(order.get_portal_url()).text)
            (logo,) = page.xpath("//header//a[contains(@class, 'logo')]/img/@src")
            self.assertIn(f"/sales_order_plus/brand/{brand.id}/logo", logo)
            (style,) = page.xpath("//style[@id='o_sales_brand_style']/text()")
            self.assertIn(
                f"--btn-bg: {brand.primary_color}", "".join(style.split("\n"))
            )
            image = self.url_open(logo)
            self.assertEqual(image.headers["Content-Type"], "image/png")
            self.assertEqual(image.content, base64.b64decode(brand.logo))

    def test_portal_without_a_brand(self):
        page = self.url_open(self._new_order().get_portal_url()).text
        self.assertIn(f"/logo.png?company={self.company.id}", page)
        self.assertNotIn("o_sales_brand_style", page)

    @mute_logger("odoo.http")
    def test_no_logo(self):
        self.red.logo = False
        url = f"/sales_order_plus/brand/{self.red.id}/logo"
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(
            self.url_open("/sales_order_plus/brand/999999999/logo").status_code, 404
        )
