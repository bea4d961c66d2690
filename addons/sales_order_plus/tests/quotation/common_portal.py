import re

from odoo.tests import HttpCase

from .common import BROWSER, QuotationCommon


class QuotationPortalCommon(QuotationCommon, HttpCase):
    """The customer at his browser, with nothing but the link of the e-mail."""

    def _browse(self, url, agent=BROWSER, method=None, **kwargs):
        headers = {"User-Agent": agent, "Accept-Language": "en"}
        self.env.flush_all()
        response = self.opener.request(
            method or "GET",
            self.base_url() + url,
            headers=headers,
            timeout=60,
            **kwargs,
        )
        self.env.invalidate_all()
        return response

    def _get_token(self, page):
        """Return the CSRF token of a page the visitor has open."""
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    def _post(self, order, path, page=None, **data):
        """Send a form of the quotation's page, as the browser does."""
        page = page or self._browse(order.sudo().get_portal_url())
        url = f"/my/orders/{order.id}/{path}?access_token={order.sudo().access_token}"
        return self._browse(
            url, method="POST", data={"csrf_token": self._get_token(page), **data}
        )
