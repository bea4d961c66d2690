import csv
import io

from odoo import http
from odoo.http import request

COLUMNS = ("sku", "name", "quantity", "unit", "backorderable", "expected")


class StockFeed(http.Controller):
    """Where marketplaces read what they may sell; the token in the address is the key."""

    @http.route(
        "/sales_backorder/feed/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        csrf=False,
        save_session=False,
    )
    def stock_feed(self, token, since="0", format="json", **kwargs):
        """Return what changed since the cursor, as JSON or CSV; 403 for a wrong token."""
        number = int(since) if since.isascii() and since.isdigit() else 0
        feeds = request.env["sales.stock.feed"]
        data = feeds._read_feed(token, min(number, 2**31 - 1))
        if data is None:
            return request.make_response("Forbidden", status=403)
        if format != "csv":
            return request.make_json_response(data)
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(data["items"])
        headers = [
            ("Content-Type", "text/csv; charset=utf-8"),
            ("X-Feed-Cursor", str(data["cursor"])),
        ]
        return request.make_response(text.getvalue(), headers=headers)
