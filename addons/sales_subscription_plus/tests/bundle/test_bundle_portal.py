from lxml import html

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common_bundle import BundleCommon


@tagged("post_install", "-at_install")
class TestBundlePortal(BundleCommon, HttpCase):
    """The customer chooses on his page; the plan says how many."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.box = self._start_box()
        self.token = self.box._portal_ensure_token()
        self.authenticate(None, None)

    def _post(self, items, token=None):
        return self.url_open(
            f"/my/subscriptions/{self.box.id}/bundle",
            data={
                "csrf_token": Request.csrf_token(self),
                "access_token": self.token if token is None else token,
                "line_id": self.box.line_ids.id,
                "item_id": [str(item.id) for item in items],
            },
            allow_redirects=False,
        )

    def _get_page(self):
        url = f"/my/subscriptions/{self.box.id}?access_token={self.token}"
        return html.fromstring(self.url_open(url).text)

    def test_exactly_three(self):
        before = self.box.line_ids.bundle_item_ids
        for count in (0, 2, 4, 6):
            self._post(self._get_items(*self.teas[:count], self.card))
            self.assertIn("choose exactly 3 of 6", self._get_page().text_content())
            self.assertEqual(self.box.line_ids.bundle_item_ids, before)
        chosen = self._get_items(*self.teas[3:], self.card, self.honey)
        response = self._post(chosen)
        self.assertIn("message=bundle", response.headers["Location"])
        self.assertEqual(self.box.line_ids.bundle_item_ids, chosen)

    def test_the_page_shows_what_is_chosen(self):
        page = self._get_page()
        [form] = page.xpath("//div[@id='subscription_bundle']/form")
        self.assertIn("choose 3 of 6", " ".join(form.text_content().split()))
        self.assertIn("always in it", form.text_content())
        checked = form.xpath(".//input[@name='item_id'][@checked]/@value")
        self.assertEqual(
            sorted(map(int, checked)), sorted(self._get_items(*self.teas[:3]).ids)
        )

    def test_strangers_and_plans_that_forbid_it(self):
        chosen = self._get_items(*self.teas[3:], self.card)
        before = self.box.line_ids.bundle_item_ids
        self._post(chosen, token="wrong")
        self.boxed.allow_bundle = False
        self._post(chosen)
        self.assertEqual(self.box.line_ids.bundle_item_ids, before)
        self.assertFalse(self._get_page().xpath("//div[@id='subscription_bundle']"))
