import json

from odoo.tests import HttpCase


class ApiCommon(HttpCase):
    """The facade as an integrator calls it, with a real API key."""

    def setUp(self):
        super().setUp()
        self.key = self._get_key(self.salesman)

    def _get_key(self, user):
        keys = self.env["res.users.apikeys"].with_user(user)
        return keys._generate("rpc", "test", self.env.cr.now())

    def _call(self, method, key=None, **params):
        """Return the status and what the answer holds."""
        return self._post("sales.order.api", method, key or self.key, params)

    def _post(self, model, method, key, params):
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(params),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        )
        self.env.invalidate_all()
        return response.status_code, response.json()
