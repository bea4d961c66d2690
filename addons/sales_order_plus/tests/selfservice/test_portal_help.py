from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SelfServiceCommon


@tagged("post_install", "-at_install")
class TestPortalHelp(SelfServiceCommon):
    """Answers where they are looked for, to whom they are meant for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.articles = cls.env["sales.help.article"]
        cls.articles.search([]).portal_visible = False
        cls.env["res.lang"]._activate_lang("de_DE")
        tag = cls.env["sales.help.tag"].create({"name": "money"})
        cls.fees = cls._new_article(
            "Costs and repayments", "order", "<p>All about a refund.</p>", tag_ids=tag
        )
        cls.fees.with_context(lang="de_DE").name = "Kosten und Erstattung"
        cls.fees.update_field_translations(
            "body", {"de_DE": {"All about a refund.": "Alles über das Geld."}}
        )
        cls.secret = cls._new_article(
            "How we decide", "order", "<p>refund</p>", portal_visible=False
        )
        company = cls.env["res.company"].create({"name": "Other Help"})
        cls.foreign = cls._new_article(
            "Of others", "order", "<p>refund</p>", company_id=company.id
        )

    @classmethod
    def _new_article(cls, name, topic, body, **values):
        return cls.articles.create(
            {
                "name": name,
                "topic": topic,
                "body": body,
                "portal_visible": True,
                **values,
                "tag_ids": values.get("tag_ids", cls.env["sales.help.tag"]).ids,
            }
        )

    def test_search_finds_what_is_published_for_him(self):
        self._sign_in()
        for words in ("refund", "REPAYMENTS refund", "money", "costs"):
            page = self._browse(f"/my/help?q={words}").text
            self.assertIn("Costs and repayments", page)
            self.assertNotIn("How we decide", page)
            self.assertNotIn("Of others", page)
        page = self._browse("/my/help?q=zebra").text
        self.assertIn("Nothing fits", page)
        self.assertNotIn("Costs and repayments", page)

    def test_search_text_is_shown_as_text(self):
        self._sign_in()
        page = self._browse("/my/help", params={"q": "<script>x</script>"}).text
        self.assertNotIn("<script>x", page)

    def test_in_the_language_of_the_customer(self):
        self.portal_user.lang = "de_DE"
        self._sign_in()
        page = self._browse("/my/help?q=geld").text
        self.assertIn("Kosten und Erstattung", page)
        order = self._confirmed()
        page = self._browse(f"/my/orders/{order.id}").text
        self.assertIn("Alles über das Geld.", page)

    def test_on_the_page_of_an_order_without_a_login(self):
        page = self._browse(self._link(self._confirmed())).text
        self.assertIn("All about a refund.", page)
        self.assertNotIn("How we decide", page)
        self.assertNotIn("/my/help", page)

    def test_help_needs_a_login(self):
        self.assertIn("/web/login", self._browse("/my/help").url)

    def test_customer_reads_published_ones_only_and_writes_none(self):
        articles = self.articles.with_user(self.portal_user)
        self.assertEqual(articles.search([]), self.fees)
        with self.assertRaises(AccessError):
            self.secret.with_user(self.portal_user).read(["name"])
        with self.assertRaises(AccessError):
            self.fees.with_user(self.portal_user).write({"name": "x"})
        with self.assertRaises(AccessError):
            self.fees.with_user(self.salesman).write({"name": "x"})

    def test_script_in_an_article_is_taken_out(self):
        self.fees.body = "<p>Hi<script>alert(1)</script></p>"
        self.assertNotIn("script", self.fees.body)
