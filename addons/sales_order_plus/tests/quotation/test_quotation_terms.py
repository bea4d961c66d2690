from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import QuotationError
from .common import QuotationCommon


@tagged("post_install", "-at_install")
class TestQuotationTerms(QuotationCommon):
    """Terms by customer, in his language, and words around the lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        germany = cls.env.ref("base.de")
        cls.german = cls.env["res.partner"].create(
            {
                "name": "Müller & Söhne <KG>",
                "country_id": germany.id,
                "customer_class": "wholesale",
                "lang": "de_DE",
            }
        )
        cls.terms = cls.env["sales.terms.template"].create(
            {
                "name": "B2B",
                "customer_class": "wholesale",
                "country_ids": germany.ids,
                "sequence": 1,
                "body": "<p>Offer to {{customer}}</p>",
            }
        )
        cls.general = cls.env["sales.terms.template"].create(
            {"name": "General", "sequence": 9, "body": "<p>General terms</p>"}
        )
        cls.terms.with_context(lang="de_DE").body = "<p>Angebot an {{ customer }}</p>"
        cls.env["sale.order.template"].search([]).active = False

    def _print(self, order):
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )[0]
        return html.decode()

    def test_german_customer_gets_the_german_terms(self):
        order = self._new_order(partner_id=self.german.id)
        self.assertIn("Angebot an Müller &amp; Söhne &lt;KG&gt;", order.note)
        self.assertEqual(order.terms_version, "B2B, version 2")
        self.assertIn("General terms", self._new_order().note)

    def test_later_changes_leave_quotations_alone(self):
        order = self._new_order(partner_id=self.german.id)
        order.action_quotation_sent()
        self.terms.with_context(lang="de_DE").body = "<p>Neu</p>"
        self.assertEqual(self.terms.version, 3)
        self.env.invalidate_all()
        self.assertIn("Angebot an", order.note)
        self.assertEqual(order.terms_version, "B2B, version 2")
        self.assertIn(
            "version 3", self._new_order(partner_id=self.german.id).terms_version
        )
        order.action_refresh_terms()
        self.assertIn("Neu", order.note)
        self.assertEqual(order.terms_version, "B2B, version 3")

    def test_same_text_is_the_same_version(self):
        self.general.body = self.general.body
        self.assertEqual(self.general.version, 1)

    def test_version_is_printed(self):
        html = self._print(self._new_order(partner_id=self.german.id))
        self.assertIn("B2B, version 2", html)

    def test_expressions_are_no_placeholders(self):
        """Whoever writes terms runs nothing."""
        for name in ("object.env", "1+1", "user.password"):
            with self.assertRaisesRegex(QuotationError, "placeholder"):
                self.general.body = f"<p>{{{{ {name} }}}}</p>"
        with self.assertRaises(AccessError):
            self.terms.with_user(self.salesman).write({"name": "Mine"})

    def test_nothing_set_up_changes_nothing(self):
        (self.terms | self.general).active = False
        order = self._new_order(note="<p>By hand</p>")
        self.assertFalse(order.terms_template_id or order.terms_version)
        self.assertEqual(str(order.note), "<p>By hand</p>")

    def test_intro_and_closing_print_in_the_customer_s_language(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Pack",
                "intro_text": "<p>Thank you</p>",
                "closing_text": "<p>Kind regards</p>",
            }
        )
        german = template.with_context(lang="de_DE")
        german.write({"intro_text": "<p>Danke</p>", "closing_text": "<p>Gruß</p>"})
        order = self._new_order(
            partner_id=self.german.id, sale_order_template_id=template.id
        )
        html = self._print(order)
        self.assertIn("Danke", html)
        self.assertIn("Gruß", html)
        self.assertNotIn("Thank you", html)

    def test_what_is_internal_is_not_printed(self):
        order = self._new_order(partner_id=self.german.id)
        order.message_post(body=self.general.name, subtype_xmlid="mail.mt_note")
        order.sudo()._write_own(
            {"lost_note": "INTERNAL-1", "hold_reason": "INTERNAL-2"}
        )
        self.assertNotIn("INTERNAL", self._print(order))
