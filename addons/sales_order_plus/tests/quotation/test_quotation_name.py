import json
from urllib.parse import quote

from lxml import html

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .common_portal import QuotationPortalCommon


@tagged("post_install", "-at_install")
class TestQuotationName(QuotationPortalCommon, MailCase):
    """Wherever the customer reads the number, he reads which revision it is."""

    def setUp(self):
        super().setUp()
        self.order = self._new_sent((self.service, 2))
        self.order.action_new_revision(reason="Cheaper")
        self.number = f"{self.order.name}-R2"

    def _compose(self, template="sale.email_template_edi_sale"):
        """Send the quotation as the salesperson does; return the customer's mail."""
        context = self.order.action_quotation_send()["context"]
        context["default_template_id"] = self.env.ref(template).id
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .with_context(**context)
            .create({})
        )
        with self.mock_mail_gateway():
            composer._action_send_mail()
        return self._new_mails.filtered(
            lambda mail: self.customer in mail.recipient_ids
        )

    def _assert_file(self, mail, stem):
        # Tests get the page before it becomes a PDF.
        self.assertIn(mail.attachment_ids.name, (f"{stem}.html", f"{stem}.pdf"))

    def test_mail_of_the_revision(self):
        mail = self._compose()
        self.assertIn(f"(Ref {self.number})", mail.subject)
        self.assertIn(f">{self.number}<", mail.body_html)
        self._assert_file(mail, f"Quotation - {self.number}")

    def test_mail_of_the_proforma(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "sale.group_proforma_sales"
        )
        mail = self._compose("sale.email_template_proforma")
        self.assertIn(f"(Ref {self.number})", mail.subject)
        self._assert_file(mail, f"PRO-FORMA - {self.number}")

    def test_mail_of_our_own_proforma(self):
        proforma = self.order._create_proforma("full")
        template = self.env.ref("sales_order_plus.sales_proforma_mail_template")
        for field in ("subject", "body_html"):
            text = template._render_field(field, proforma.ids)[proforma.id]
            self.assertIn(self.number, text)
            self.assertNotIn("-R2-R2", text)

    def test_customised_and_translated_templates(self):
        template = self.env["mail.template"].create(
            {
                "name": "Mine",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "{{ object.name }}: {{ object.display_name }}",
                "body_html": '<p><a href="/x/{{ object.name }}" '
                't-att-title="object.name" t-out="object.name"></a></p>',
            }
        )
        rendered = template._render_field("subject", self.order.ids)
        self.assertEqual(rendered[self.order.id], f"{self.number}: {self.number}")
        body = template._render_field("body_html", self.order.ids)[self.order.id]
        (link,) = html.fromstring(body).xpath("//a")
        self.assertEqual(link.text, self.number)
        self.assertEqual(link.get("title"), self.order.name)

    def test_other_numbers_stay(self):
        name = self.order.name
        for text in (f"{name}5", f"X{name}", f"{name}-R3", f"{name}-R2", "", False):
            self.assertEqual(self.order._name_revision(text), text)
        self.assertEqual(self.order._name_revision(f"({name})."), f"({self.number}).")

    def test_no_revision_no_change(self):
        self.order = self._new_sent((self.service, 1))
        mail = self._compose()
        self.assertIn(f"(Ref {self.order.name})", mail.subject)
        self._assert_file(mail, f"Quotation - {self.order.name}")

    def test_order_has_no_revision(self):
        self.order.action_quotation_sent()
        self.order.action_confirm()
        template = self.env.ref("sale.mail_template_sale_confirmation")
        subject = template._render_field("subject", self.order.ids)[self.order.id]
        self.assertIn(f"(Ref {self.order.name})", subject)

    def test_download(self):
        self.salesman.password = "a long secret"
        self.authenticate(self.salesman.login, "a long secret")
        url = f"/report/pdf/sale.report_saleorder/{self.order.id}"
        self.env.flush_all()
        response = self.url_open(
            "/report/download", params={"data": json.dumps([url, "qweb-pdf"])}
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            response.headers["Content-Disposition"],
            f"attachment; filename*=UTF-8''{quote(f'Quotation - {self.number}.pdf')}",
        )

    def test_portal_title(self):
        self.order.action_quotation_sent()
        page = html.fromstring(self._browse(self.order.sudo().get_portal_url()).text)
        self.assertIn(f"Quotation {self.number}", page.findtext(".//title"))
        self.assertIn(self.number, page.xpath("//div[@id='introduction']//em/text()"))

    def test_portal_breadcrumb(self):
        self.order.action_quotation_sent()
        self.portal_user.password = "a long secret"
        self.order.sudo().partner_id = self.portal_user.partner_id
        self.authenticate("tsop_portal", "tsop_portal")
        page = html.fromstring(self._browse(self.order.sudo().get_portal_url()).text)
        crumbs = page.xpath("//ol[contains(@class, 'o_portal_submenu')]")[0]
        self.assertIn(self.number, crumbs.text_content())
