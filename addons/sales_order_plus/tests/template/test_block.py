from lxml import html

from odoo.tests import HttpCase, tagged

from ...exceptions import QuotationTemplateError
from ..common import SalesPlusCommon
from .test_brand import make_logo


class BlockCommon(SalesPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["sale.order.template"].create({"name": "With blocks"})
        cls.vip_block = cls._new_block(
            "VIP",
            "<p>Dear {{ customer }}, you pay {{total}} as a VIP.</p>",
            domain="[('customer_class', '=', 'vip')]",
        )
        cls.all_block = cls._new_block(
            "All", "<p>Thank you for {{order}}.</p>", position="after"
        )

    @classmethod
    def _new_block(cls, name, body, **values):
        return (
            cls.env["sales.template.block"]
            .with_user(cls.manager)
            .create(
                {"name": name, "template_id": cls.template.id, "body": body, **values}
            )
        )

    def _new_quotation(self, **values):
        return self._new_order(sale_order_template_id=self.template.id, **values)

    def _get_page(self, order):
        reports = self.env["ir.actions.report"].with_user(self.salesman)
        content, _kind = reports._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )
        return html.fromstring(content.decode())

    @staticmethod
    def _get_texts(page):
        blocks = page.xpath("//div[contains(@class, 'o_sales_block')]")
        return [block.text_content().strip() for block in blocks]


@tagged("post_install", "-at_install")
class TestBlock(BlockCommon):
    def test_vip_sees_his_paragraph(self):
        order = self._new_quotation(customer_class="vip")
        self.assertEqual(
            self._get_texts(self._get_page(order)),
            [
                "Dear Test Customer, you pay $\xa0100.00 as a VIP.",
                f"Thank you for {order.name}.",
            ],
        )
        other = self._new_quotation(customer_class="retail")
        self.assertEqual(
            self._get_texts(self._get_page(other)), [f"Thank you for {other.name}."]
        )

    def test_own_printer(self):
        order = self._new_quotation(customer_class="vip")
        document = order._get_trade_document("print")
        self.assertIn("as a VIP", document.intro[1][1])
        self.assertIn(("", f"Thank you for {order.name}."), document.notes)

    def test_translated(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.all_block.with_context(lang="fr_FR").body = "<p>Merci pour {{order}}.</p>"
        order = self._new_quotation(report_lang="fr_FR")
        self.assertEqual(
            self._get_texts(self._get_page(order)), [f"Merci pour {order.name}."]
        )
        with self.assertRaisesRegex(QuotationTemplateError, "{{commande}}"):
            self.all_block.with_context(lang="fr_FR").body = "<p>{{commande}}</p>"

    def test_unknown_placeholders(self):
        for body in (
            "<p>{{object.partner_id.name}}</p>",
            "<p>{{ customer</p>",
            "<p>{{}}</p>",
            "<p>{{<b>customer</b>}}</p>",
            "<p>{{1+1}}</p>",
        ):
            with self.assertRaises(QuotationTemplateError) as caught:
                self._new_block("Wrong", body)
            self.assertEqual(caught.exception.context["field"], "body")
            self.assertIn("{{customer}}", str(caught.exception))

    def test_no_placeholder_in_a_link(self):
        """A reference of the customer's must not become what a link opens."""
        with self.assertRaisesRegex(QuotationTemplateError, "in a link"):
            self._new_block("Link", '<p><a href="{{reference}}">here</a></p>')

    def test_values_are_text(self):
        block = self._new_block("Reference", "<p>Yours: {{reference}}</p>")
        order = self._new_quotation(client_order_ref="<script>alert(1)</script>")
        (text, *_rest) = order._get_template_blocks("before")
        self.assertEqual(
            text, "<p>Yours: &lt;script&gt;alert(1)&lt;/script&gt;</p>", block.name
        )

    def test_wrong_conditions(self):
        for domain in (
            "[('no_such_field', '=', 1)]",
            "[('id', '=', uid)]",
            "__import__('os')",
            "[('name', 'almost', 'x')]",
            "not a domain",
        ):
            with self.assertRaises(QuotationTemplateError) as caught:
                self._new_block("Wrong", "<p>x</p>", domain=domain)
            self.assertEqual(caught.exception.context["field"], "domain", domain)

    def test_what_was_agreed_stays(self):
        order = self._new_quotation(customer_class="vip")
        order.action_confirm()
        self.vip_block.body = "<p>Something else</p>"
        self.all_block.active = False
        self.assertIn("as a VIP", order._get_template_blocks("before")[0])
        self.assertEqual(len(order._get_template_blocks("after")), 1)

    def test_copied_with_the_template(self):
        self.assertEqual(len(self.template.copy().block_ids), 2)

    def test_who_may(self):
        blocks = self.env["sales.template.block"]
        self.assertFalse(blocks.with_user(self.salesman).has_access("create"))
        self.assertFalse(blocks.with_user(self.portal_user).has_access("read"))


@tagged("post_install", "-at_install")
class TestBlockPortal(BlockCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls._new_product("Portal Desk", 10.0)
        cls.chair = cls._new_product("Portal Chair", 5.0)
        cls.lamp = cls._new_product("Portal Lamp", 3.0)
        cls.template.recommend_in_portal = True

    def _sell(self, *products):
        lines = [(product, 1) for product in products]
        self._new_order(*lines, customer_class="vip").action_confirm()

    def _new_desk(self):
        order = self._new_order(
            (self.desk, 1),
            sale_order_template_id=self.template.id,
            customer_class="vip",
        )
        order.action_quotation_sent()
        return order.sudo()

    def _open(self, order):
        return html.fromstring(self.url_open(order.get_portal_url()).text)

    def _add(self, order, product, token=None):
        return self.url_open(
            f"/my/orders/{order.id}/recommendation?access_token="
            f"{token or order._portal_ensure_token()}",
            data={
                "csrf_token": self._get_csrf(order),
                "product_id": product.id,
            },
        )

    def _get_csrf(self, order):
        (token, *_more) = self._open(order).xpath("//input[@name='csrf_token']/@value")
        return token

    def test_blocks(self):
        order = self._new_desk()
        self.assertIn("as a VIP", self._get_texts(self._open(order))[0])

    def test_customer_adds_an_option(self):
        self._sell(self.desk, self.chair)
        self._sell(self.desk, self.chair)
        self._sell(self.desk, self.lamp)
        order = self._new_desk()
        cards = self._open(order).xpath("//section[@id='recommendations']//form")
        names = [
            card.xpath(".//div[contains(@class, 'fw-bold')]")[0].text for card in cards
        ]
        self.assertEqual(names, ["Portal Chair", "Portal Lamp"])
        self._add(order, self.chair)
        line = order.order_line.filtered(lambda one: one.product_id == self.chair)
        self.assertEqual(line.product_uom_qty, 0)
        self.assertTrue(line._is_line_optional())
        self.assertEqual(order.amount_untaxed, 10)
        # The second one stands in the same section, and the first is not offered again.
        self._add(order, self.lamp)
        sections = order.order_line.filtered(lambda one: one.display_type)
        self.assertEqual(sections.mapped("name"), ["You may also need"])
        self._add(order, self.chair)
        self.assertEqual(
            order.order_line.product_id, self.desk | self.chair | self.lamp
        )
        self.assertEqual(len(order.order_line), 4)

    def test_only_what_is_recommended(self):
        self._sell(self.desk, self.chair)
        order = self._new_desk()
        self._add(order, self.lamp)
        self._add(order, self.chair, token="wrong")
        self.assertEqual(order.order_line.product_id, self.desk)

    def test_not_asked_for(self):
        self._sell(self.desk, self.chair)
        order = self._new_desk()
        self.template.recommend_in_portal = False
        self.assertFalse(self._open(order).xpath("//section[@id='recommendations']"))
        self._add(order, self.chair)
        self.assertEqual(order.order_line.product_id, self.desk)

    def test_signed_quotations_stay(self):
        self._sell(self.desk, self.chair)
        order = self._new_desk()
        csrf = self._get_csrf(order)
        order.write({"signature": make_logo("#000000"), "signed_by": "Test"})
        self.url_open(
            f"/my/orders/{order.id}/recommendation?access_token={order.access_token}",
            data={"csrf_token": csrf, "product_id": self.chair.id},
        )
        self.assertEqual(order.order_line.product_id, self.desk)
