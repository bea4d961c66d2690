import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ..common import SalesPlusCommon

# A transparent GIF and PNG of one pixel.
GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


class ShippingCommon(SalesPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Other carriers of the database would stand in the comparison.
        cls.env["delivery.carrier"].search([]).active = False
        cls.product.weight = 2
        cls._set_stock(cls.product, 1000)
        cls.slow = cls._new_carrier("Slow", 5, transit_days=6)
        cls.fast = cls._new_carrier("Fast", 20, transit_days=1)

    @classmethod
    def _new_carrier(cls, name, price, **values):
        product = cls._new_product(f"Ship {name}", price, type="service")
        return cls.env["delivery.carrier"].create(
            {
                "name": name,
                "delivery_type": "fixed",
                "product_id": product.id,
                "fixed_price": price,
                **values,
            }
        )

    def _ship(self, order):
        """Confirm and deliver, as the warehouse worker."""
        order.action_confirm()
        pickings = order.sudo().picking_ids.with_user(self.storeman)
        for picking in pickings:
            picking.move_ids.quantity = order.order_line[0].product_uom_qty
            picking.move_ids.picked = True
            picking.button_validate()
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        return pickings


class FakeCarrier(ThreadingHTTPServer):
    """A carrier's service on this machine; ``answers`` maps a path to its answer."""

    def __init__(self):
        self.requests = []
        self.answers = {}
        super().__init__(("127.0.0.1", 0), FakeCarrierHandler)
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/api"

    def stop(self):
        self.shutdown()
        self.server_close()
        self._thread.join(10)


class FakeCarrierHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or "{}")
        self.server.requests.append((self.path, body, dict(self.headers)))
        status, answer = self.server.answers.get(self.path, (404, {"error": "path"}))
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *args):
        """Say nothing on the console."""
