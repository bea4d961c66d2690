import csv
import io
import json

from odoo import http
from odoo.http import request

from ..exceptions import ExchangeError

MAX_BODY = 1024 * 1024


class ExchangeController(http.Controller):
    """Parties outside: a logistics provider tells us, a marketplace reads.

    They have no user; each shows the token it was given and reaches nothing else.
    """

    @http.route(
        "/sales_backorder_plus/fulfilment/<int:provider_id>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def fulfilment_take(self, provider_id, **_query):
        """Take one message of a logistics provider, see docs/3pl.md."""
        # sudo: the provider has no user; his token is checked first.
        providers = request.env["sales.fulfilment.provider"].sudo()
        provider = providers.search([("id", "=", provider_id)])
        kind, _space, token = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        if kind.lower() != "bearer" or not provider._is_token(token):
            return self._answer_json({"error": "token"}, 403)
        try:
            data = self._read_body()
            message, new = provider._take(data)
        except ExchangeError as error:
            code = 409 if error.context.get("rule") == "key_reused" else 422
            answer = {"error": str(error), "field": error.context.get("field")}
            return self._answer_json(answer, code)
        if message.state == "failed":
            answer = {"key": message.key, "error": message.error}
            return self._answer_json(answer, 422)
        status = "done" if new else "known"
        return self._answer_json({"key": message.key, "status": status}, 200)

    def _read_body(self):
        body = request.httprequest.get_data(cache=False, as_text=False)
        if len(body) > MAX_BODY:
            raise ExchangeError(request.env._("The message is longer than 1 MB."))
        try:
            return json.loads(body)
        except ValueError as error:
            raise ExchangeError(
                request.env._("The message is no JSON: %s", error)
            ) from None

    @http.route(
        "/sales_backorder_plus/feed/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def marketplace_read(self, token, after="0", format="json", **_query):
        """Give what changed in a feed after a number, see docs/marketplaces.md."""
        feed = request.env["sales.marketplace.feed"]._find_by_token(token)
        if not feed:
            return self._answer_json({"error": "token"}, 403)
        if not after.isdecimal() or len(after) > 9:
            return self._answer_json({"error": "after: give a number"}, 422)
        data = feed._read(int(after))
        if format == "csv":
            return self._answer_csv(data)
        return self._answer_json(data, 200)

    def _answer_json(self, data, status):
        response = request.make_json_response(data, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _answer_csv(self, data):
        file = io.StringIO()
        names = ["sku", "quantity", "available_on", "sell_short", "removed"]
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(data["items"])
        headers = [
            ("Content-Type", "text/csv; charset=utf-8"),
            ("X-Feed-Version", str(data["version"])),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(file.getvalue(), headers)
