from lxml import html

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestSalePortalReorder(SalesPlusCommon, HttpCase):
    """“Order again”, as the customer presses it."""

    def setUp(self):
        super().setUp()
        self.gone = self._new_product("Gone Gadget", 10)
        self.order = self._new_order((self.product, 2), (self.gone, 1))
        self.order.order_line[0].write({"price_unit": 33, "discount": 10})
        self.order.action_confirm()
        self.env.flush_all()
        self.authenticate(self.portal_user.login, self.portal_user.login)

    def _again(self, order=None, **data):
        order = order or self.order
        data = {"csrf_token": http.Request.csrf_token(self), **data}
        return self.url_open(f"/my/orders/{order.id}/reorder", data=data)

    def _made(self):
        return self.env["sale.order"].search([("reordered_on", "!=", False)])

    def test_new_quotation_at_todays_prices(self):
        self.product.list_price = 120
        self.gone.active = False
        self.env.flush_all()
        response = self._again()
        self.assertEqual(response.status_code, 200)
        made = self._made()
        self.assertEqual(len(made), 1)
        self.assertRecordValues(
            made,
            [
                {
                    "state": "draft",
                    "partner_id": self.order.partner_id.id,
                    "user_id": self.salesman.id,
                    "create_uid": self.portal_user.id,
                    "origin": self.order.name,
                }
            ],
        )
        self.assertRecordValues(
            made.order_line,
            [{"product_uom_qty": 2, "price_unit": 120, "discount": 0}],
        )
        text = html.fromstring(response.text).text_content()
        self.assertIn("We received your order request", text)
        self.assertIn("Gone Gadget", text)
        self.assertEqual(made.activity_ids.user_id, self.salesman)
        relation = made._get_order_relations()[made.id][0]
        self.assertEqual((relation.order, relation.kind), (self.order, "clone"))

    def test_it_is_in_his_list(self):
        self._again()
        page = self.url_open("/my/quotes").text
        self.assertIn(self._made().name, page)
        self.assertIn("Asked for by you", page)

    def test_two_clicks_are_one_wish(self):
        self._again()
        self._again()
        self.assertEqual(len(self._made()), 1)

    def test_again_after_it_was_confirmed(self):
        self._again()
        self._made().action_confirm()
        self.env.flush_all()
        self._again()
        self.assertEqual(len(self._made()), 2)

    def test_nothing_is_sold_any_more(self):
        (self.product | self.gone).active = False
        self.env.flush_all()
        response = self._again()
        self.assertIn("Nothing of this order is sold any more", response.text)
        self.assertFalse(self._made())

    @mute_logger("odoo.http")
    def test_only_with_csrf(self):
        response = self.url_open(f"/my/orders/{self.order.id}/reorder", data={"x": "y"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._made())

    @mute_logger("odoo.http")
    def test_only_by_post(self):
        response = self.url_open(f"/my/orders/{self.order.id}/reorder")
        self.assertEqual(response.status_code, 405)
        self.assertFalse(self._made())

    @mute_logger("odoo.http")
    def test_only_his_own(self):
        new_test_user(
            self.env, login="tsop_stranger", groups="base.group_portal", name="Stranger"
        )
        self.authenticate("tsop_stranger", "tsop_stranger")
        # Not even with the link of the order.
        token = self.order._portal_ensure_token()
        self.env.flush_all()
        self._again(access_token=token)
        self.assertFalse(self._made())

    def test_quotations_are_not_ordered_again(self):
        quotation = self._new_order()
        quotation.action_quotation_sent()
        self.env.flush_all()
        self._again(quotation)
        self.assertFalse(self._made())

    def test_button(self):
        page = html.fromstring(self.url_open(f"/my/orders/{self.order.id}").text)
        (form,) = page.xpath("//form[contains(@class, 'o_sales_reorder')]")
        self.assertEqual(form.get("method"), "post")
        self.assertTrue(form.xpath(".//input[@name='csrf_token']/@value")[0])
        # Who only has the link sees no button that he cannot press.
        url = self.order.get_portal_url()
        self.env.flush_all()
        self.authenticate(None, None)
        page = html.fromstring(self.url_open(url).text)
        self.assertTrue(page.xpath("//div[@id='print_invoice_sidebar_button']"))
        self.assertFalse(page.xpath("//form[contains(@class, 'o_sales_reorder')]"))

    def test_what_he_gets_is_his_to_sign_only_when_we_ask_for_it(self):
        self._again()
        made = self._made()
        self.assertEqual(made.require_signature, self.company.portal_confirmation_sign)
        self.assertFalse(made.signature)
