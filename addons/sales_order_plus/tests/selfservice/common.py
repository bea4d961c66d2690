import json
import re

from odoo.tests import HttpCase

from ..change.common import ChangeCommon


class SelfServiceCommon(ChangeCommon, HttpCase):
    """The customer at his browser: signed in, or with the link of his order alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user.password = "tsop_portal"
        cls.salesman.name = "Sam Seller"
        # Others may have policies; none of ours is in their way.
        cls.env["sales.change.policy"].search([]).active = False

    def _sign_in(self):
        self.authenticate("tsop_portal", "tsop_portal")

    def _browse(self, url, method="GET", **kwargs):
        self.env.flush_all()
        response = self.opener.request(
            method,
            url if "://" in url else self.base_url() + url,
            headers={"Accept-Language": "en", **kwargs.pop("headers", {})},
            timeout=60,
            **kwargs,
        )
        self.env.invalidate_all()
        return response

    def _link(self, order, path="", **query):
        """Return the address of a page of the order, with the token of its link."""
        token = order.sudo()._portal_ensure_token()
        pairs = {"access_token": token, **query}
        text = "&".join(f"{name}={value}" for name, value in pairs.items())
        return f"/my/orders/{order.id}{path}?{text}"

    def _csrf(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    def _post(self, order, path, page=None, files=None, **data):
        """Send the form of a page, as the browser does; with the page it came from."""
        page = page or self._browse(self._link(order, path))
        data = {"csrf_token": self._csrf(page), **data}
        url = self._link(order, path)
        return self._browse(url, method="POST", data=data, files=files)

    def _call(self, order, path, token=True, **params):
        """Call an endpoint for programs; return its result."""
        if token:
            params["access_token"] = order.sudo()._portal_ensure_token()
        response = self._browse(
            f"/my/orders/{order.id}{path}",
            method="POST",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json().get("result")
