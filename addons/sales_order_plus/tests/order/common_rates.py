import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from .common_order import OrderCommon

ECB = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time="{day}">
    <Cube currency="USD" rate="{usd}"/>
    <Cube currency="GBP" rate="0.80"/>
    <Cube currency="XXX" rate="7"/>
  </Cube></Cube>
</gesmes:Envelope>"""


class RateServer(HTTPServer):
    """A server on this machine that speaks like that of the ECB."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), RateHandler)
        self.status, self.body, self.asked = (
            200,
            ECB.format(day="2026-05-05", usd=1.25),
            [],
        )


class RateHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.headers.get("If-None-Match"))
        known = self.server.asked[-1] == '"one"'
        status = 304 if known and self.server.status == 200 else self.server.status
        self.send_response(status)
        self.send_header("ETag", '"one"')
        self.end_headers()
        if status != 304:
            self.wfile.write(self.server.body.encode())

    def log_message(self, *args):
        """Say nothing."""


class RatesCommon(OrderCommon):
    """A company in euros that fetches its rates from a server on this machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = RateServer()
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        currencies = cls.env["res.currency"].with_context(active_test=False)
        for code in ("EUR", "USD", "GBP"):
            currencies.search([("name", "=", code)]).active = True
        cls.euro = cls.env.ref("base.EUR")
        cls.dollar = cls.env.ref("base.USD")
        cls.europe = cls.env["res.company"].create(
            {"name": "Europe", "currency_id": cls.euro.id}
        )
        cls.provider = cls.env["sales.currency.rate.provider"].create(
            {
                "name": "Bank",
                "company_id": cls.europe.id,
                "url": f"http://127.0.0.1:{cls.server.server_port}/eurofxref.xml",
                "user_id": cls.manager.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.server.status, self.server.asked = 200, []
        self.server.body = ECB.format(day="2026-05-05", usd=1.25)

    def _get_rate(self, day, currency=None):
        return self.env["res.currency"]._get_conversion_rate(
            self.euro, currency or self.dollar, self.europe, day
        )

    def _run_cron(self):
        self.env["sales.currency.rate.provider"].search(
            [("id", "!=", self.provider.id)]
        ).active = False
        cron = self.env.ref("sales_order_plus.ir_cron_currency_rates")
        cron.method_direct_trigger()
