from lxml import html

from odoo.tests import HttpCase, tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestPortal(SubscriptionCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.subscription = self._subscribe((self.care, 2))
        self._bill("2026-02-28 12:00:00")
        other = self.env["res.partner"].create({"name": "Stranger"})
        self.foreign = self._subscribe(partner_id=other.id)

    def _open(self, url, login=None):
        if login:
            self.authenticate(login, login)
        return self.url_open(url, allow_redirects=False)

    def _get_page(self, url, login=None):
        response = self._open(url, login)
        self.assertEqual(response.status_code, 200, url)
        return html.fromstring(response.content)

    def test_list(self):
        page = self._get_page("/my/subscriptions", "tsop_portal")
        text = page.text_content()
        self.assertIn(self.subscription.name, text)
        self.assertNotIn(self.foreign.name, text)
        [link] = page.xpath("//table//a[contains(@href, '/my/subscriptions/')]")
        self.assertIn("access_token=", link.get("href"))

    def test_drafts_are_not_shown(self):
        self._new_subscription("2026-01-01").name = "SUB/DRAFT"
        page = self._get_page("/my/subscriptions", "tsop_portal")
        self.assertNotIn("SUB/DRAFT", page.text_content())

    def test_filter_sorting_and_nonsense(self):
        url = "/my/subscriptions?filterby=ended&sortby=state"
        page = self._get_page(url, "tsop_portal")
        self.assertIn("no subscriptions here", page.text_content())
        page = self._get_page("/my/subscriptions?filterby=x&sortby=y")
        self.assertIn(self.subscription.name, page.text_content())
        self.assertEqual(self._open("/my/subscriptions/page/7").status_code, 200)

    def test_page_of_one(self):
        url = f"/my/subscriptions/{self.subscription.id}"
        page = self._get_page(url, "tsop_portal")
        [date] = page.xpath("//*[@data-id='next_billing_date']")
        self.assertEqual(date.text_content().strip(), "03/31/2026")
        [lines] = page.xpath("//table[@id='subscription_lines']")
        self.assertIn("Test Care", lines.text_content())
        self.assertIn("100.00", lines.text_content())
        rows = page.xpath("//table[@id='subscription_periods']/tbody/tr")
        self.assertEqual(len(rows), 2)
        billed = self.subscription.period_ids[0]
        links = [link.get("href") for link in rows[0].xpath(".//a")]
        self.assertIn(f"/my/orders/{billed.order_id.id}", links[0])
        self.assertIn(f"/my/invoices/{billed.move_id.id}", links[1])
        for link in links:
            self.assertEqual(self.url_open(link).status_code, 200)

    def test_what_was_credited_is_told(self):
        url = self.subscription.access_url
        self.assertNotIn("Credited", self._get_page(url, "tsop_portal").text_content())
        invoice = self.subscription.period_ids[0].move_id.sudo()
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        note.with_user(self.accountant).action_post()
        [table] = self._get_page(url).xpath("//table[@id='subscription_periods']")
        self.assertIn("Credited", table.text_content())
        self.assertIn(f"{note.amount_total:.2f}", table.text_content())

    def test_a_waiting_order_is_not_linked(self):
        period = self.subscription.period_ids[0]
        self.env.cr.execute(
            "UPDATE sale_order SET state = 'draft' WHERE id = %s", [period.order_id.id]
        )
        self.env.invalidate_all()
        page = self._get_page(
            f"/my/subscriptions/{self.subscription.id}", "tsop_portal"
        )
        links = page.xpath("//table[@id='subscription_periods']//a/@href")
        self.assertFalse(
            [link for link in links if f"/my/orders/{period.order_id.id}" in link]
        )

    def test_strangers_are_sent_away(self):
        url = f"/my/subscriptions/{self.foreign.id}"
        for login in ("tsop_portal", None):
            response = self._open(url, login)
            self.assertEqual(response.status_code, 303)
            self.assertTrue(response.headers["Location"].endswith("/my"))
            self.logout()
        self.assertEqual(self._open("/my/subscriptions/999999").status_code, 303)

    def test_a_wrong_token_opens_nothing(self):
        self.foreign._portal_ensure_token()
        url = f"/my/subscriptions/{self.foreign.id}?access_token="
        for token in ("", "wrong", self.subscription._portal_ensure_token()):
            self.assertEqual(self._open(url + token).status_code, 303, token)

    def test_the_token_opens_it_without_login(self):
        page = self._get_page(self.foreign.get_portal_url())
        self.assertIn(self.foreign.name, page.text_content())

    def test_the_list_needs_a_login(self):
        response = self._open("/my/subscriptions")
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_home_counts(self):
        self.authenticate("tsop_portal", "tsop_portal")
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["subscription_count"]}
        )
        self.assertEqual(counters["subscription_count"], 1)
        page = self._get_page("/my/home")
        self.assertTrue(page.xpath("//a[@href='/my/subscriptions']"))

    def test_an_employee_is_led_back_to_the_form(self):
        action = self.subscription.action_preview()
        page = self._get_page(action["url"], "tsop_sam")
        self.assertTrue(
            page.xpath(f"//a[contains(@href, '/{self.subscription.id}')]"),
            "no way back to the form",
        )

    def test_the_quotation_says_what_is_sold_again(self):
        order = self._new_order((self.care, 1), (self.product, 1))
        order.action_quotation_sent()
        page = self._get_page(order.get_portal_url())
        [plan] = page.xpath("//*[@name='plan']")
        self.assertEqual(plan.text_content().strip(), "every month")
        report = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )[0]
        plans = html.fromstring(report).xpath("//*[@name='plan']")
        self.assertEqual([one.text_content().strip() for one in plans], ["every month"])
