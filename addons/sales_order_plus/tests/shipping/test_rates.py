from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...exceptions import CarrierError
from .common import FakeCarrier, ShippingCommon


class HttpCommon(ShippingCommon):
    """A third carrier behind a service on this machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = FakeCarrier()
        cls.addClassCleanup(cls.server.stop)
        cls.parcels = cls._new_carrier(
            "Parcels",
            0,
            delivery_type="sales_http",
            http_url=cls.server.url,
            http_token="secret-7",
        )

    def setUp(self):
        super().setUp()
        self.server.requests.clear()
        self._answer(12.5, days=3)

    def _answer(self, price, days=0, status=200, **extra):
        rate = {
            "price": price,
            "currency": self.company.currency_id.name,
            "transit_days": days,
            **extra,
        }
        self.server.answers["/api/rates"] = (status, rate)

    def _get_quotes(self, order):
        return {quote["carrier"].name: quote for quote in order._get_carrier_quotes()}


@tagged("post_install", "-at_install")
class TestCompareRates(HttpCommon):
    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.product, 2))

    def _compare(self):
        action = self.order.action_compare_rates()
        return self.env["sales.rate.comparison"].browse(action["res_id"])

    def test_three_carriers_side_by_side(self):
        lines = self._compare().line_ids
        self.assertRecordValues(
            lines,
            [
                {"carrier_id": self.slow.id, "price": 5, "days": 6, "suggested": True},
                {
                    "carrier_id": self.parcels.id,
                    "price": 12.5,
                    "days": 3,
                    "suggested": False,
                },
                {
                    "carrier_id": self.fast.id,
                    "price": 20,
                    "days": 1,
                    "suggested": False,
                },
            ],
        )
        self.assertEqual(lines.mapped("reason"), ["cheapest", "", "fastest"])

    def test_delivery_date_decides(self):
        self.order.commitment_date = fields.Datetime.now() + timedelta(days=4)
        quotes = self._get_quotes(self.order)
        self.assertTrue(quotes["Parcels"]["suggested"])
        self.assertEqual(quotes["Parcels"]["reason"], "cheapest that arrives in time")
        self.assertIn("too late", quotes["Slow"]["reason"])

    def test_choose(self):
        line = self._compare().line_ids.filtered(lambda x: x.carrier_id == self.parcels)
        line.with_user(self.salesman).action_choose()
        delivery = self.order.order_line.filtered("is_delivery")
        self.assertEqual(
            (delivery.price_unit, self.order.carrier_id), (12.5, self.parcels)
        )
        self.assertEqual(self.order.amount_untaxed, 212.5)
        self.assertIn("Parcels", self.order.message_ids[0].body)

    @mute_logger("odoo.tests.common.requests")
    def test_server_down_leaves_the_others(self):
        self.parcels.http_url = "http://127.0.0.1:9/api"
        quotes = self._get_quotes(self.order)
        self.assertFalse(quotes["Parcels"]["success"])
        self.assertIn(
            "Parcels: no rate, cannot be reached", quotes["Parcels"]["message"]
        )
        self.assertTrue(quotes["Slow"]["suggested"])

    def test_carrier_of_another_country_is_not_asked(self):
        self.slow.country_ids = self.env.ref("base.be")
        self.customer.country_id = self.env.ref("base.us")
        self.assertEqual(set(self._get_quotes(self.order)), {"Parcels", "Fast"})
        with self.assertRaises(CarrierError):
            self.order._choose_carrier(self.slow, 5, "")

    def test_reader_of_the_order_does_not_choose(self):
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.order.with_user(other).action_compare_rates()

    def test_api(self):
        api = self.env["sales.order.api"].with_user(self.salesman)
        rates = api.compare_rates(name=self.order.name)
        self.assertEqual([r["carrier"] for r in rates], ["Slow", "Parcels", "Fast"])
        api.choose_carrier(name=self.order.name, carrier="Fast", reason="birthday")
        self.assertEqual(self.order.amount_total, 220)
        with self.assertRaisesRegex(CarrierError, "carrier: no carrier"):
            api.choose_carrier(name=self.order.name, carrier="Pigeon")


@tagged("post_install", "-at_install")
class TestHttpRate(HttpCommon):
    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.product, 2))

    def _get_failure(self):
        quote = self.parcels._get_order_quote(self.order)
        self.assertFalse(quote["success"])
        return quote["message"]

    def test_what_is_sent(self):
        self.customer.write({"country_id": self.env.ref("base.be").id, "zip": "1000"})
        self.parcels._get_order_quote(self.order)
        path, body, headers = self.server.requests[0]
        self.assertEqual(path, "/api/rates")
        self.assertEqual(headers["Authorization"], "Bearer secret-7")
        self.assertEqual((body["to"]["country"], body["to"]["zip"]), ("BE", "1000"))
        self.assertEqual((body["weight"], body["value"]), (4.0, 200.0))

    def test_equal_parcel_is_asked_once(self):
        self.parcels._get_order_quote(self.order)
        self.parcels._get_order_quote(self._new_order((self.product, 2)))
        self.assertEqual(len(self.server.requests), 1)
        self.order.order_line.product_uom_qty = 3
        self.parcels._get_order_quote(self.order)
        self.assertEqual(len(self.server.requests), 2)

    def test_kept_rate_expires(self):
        self.parcels._get_order_quote(self.order)
        self.env["sales.shipping.rate"].search([]).expires_on = "2020-01-01 00:00:00"
        self._answer(99)
        self.assertEqual(self.parcels._get_order_quote(self.order)["price"], 99)

    def test_other_currency_is_converted(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "x",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0})],
            }
        )
        self._answer(30, currency=currency.name)
        rate = self.parcels._get_order_quote(self.order)["price"]
        self.assertEqual(rate, self.order.currency_id.round(15))

    def test_margin_and_free_over(self):
        self.parcels.write({"margin": 0.1, "free_over": True, "amount": 300})
        self.assertEqual(self.parcels._get_order_quote(self.order)["price"], 13.75)
        self.order.order_line.product_uom_qty = 3
        quote = self.parcels._get_order_quote(self.order)
        self.assertEqual((quote["price"], quote["cost"]), (0, 13.75))

    def test_bad_answers(self):
        answers = {
            "price": {"price": -1},
            "currency": {"price": 1, "currency": "???"},
            "transit_days": {"price": 1, "currency": "USD", "transit_days": "soon"},
        }
        for field, answer in answers.items():
            self.server.answers["/api/rates"] = (200, answer)
            self.assertIn(f"“{field}”", self._get_failure())
        self.server.answers["/api/rates"] = (200, b"<html>")
        self.assertIn("no JSON object", self._get_failure())
        self._answer(1, status=503, error="closed")
        self.assertIn("503: closed", self._get_failure())

    def test_address_and_token_are_for_administrators(self):
        carrier = self.parcels.with_user(self.manager)
        for field in ("http_url", "http_token"):
            with self.assertRaises(AccessError):
                carrier.read([field])


@tagged("post_install", "-at_install")
class TestHttpShipment(HttpCommon):
    def setUp(self):
        super().setUp()
        self.server.answers["/api/shipments"] = (
            200,
            {
                "shipment_id": "S-1",
                "tracking_number": "TRACK-123",
                "tracking_url": "https://track.example/TRACK-123",
                "price": 7,
            },
        )
        self.order = self._new_order((self.product, 2))
        self.order._choose_carrier(self.parcels, 12.5, "")
        self.server.requests.clear()
        self.picking = self._ship(self.order).sudo()

    def _run_cron(self):
        self.env.flush_all()
        cron = self.env.ref("sales_order_plus.ir_cron_http_shipments")
        cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_ordered_after_the_commit(self):
        self.assertFalse(self.server.requests)
        self.assertEqual(self.picking.http_shipment_state, "to_send")
        self._run_cron()
        self.assertRecordValues(
            self.picking,
            [
                {
                    "http_shipment_state": "sent",
                    "carrier_tracking_ref": "TRACK-123",
                    "carrier_tracking_url": "https://track.example/TRACK-123",
                }
            ],
        )
        path, body, headers = self.server.requests[0]
        self.assertEqual(
            (path, body["reference"]), ("/api/shipments", self.picking.name)
        )
        self.assertTrue(headers["Idempotency-Key"])
        self._run_cron()
        self.assertEqual(len(self.server.requests), 1)

    def test_failure_is_tried_again_and_told(self):
        self.server.answers["/api/shipments"] = (500, {"error": "busy"})
        for _number in range(5):
            self._run_cron()
        self.assertEqual(self.picking.http_shipment_state, "failed")
        self.assertIn("busy", self.picking.activity_ids.note)
        self._run_cron()
        self.assertEqual(len(self.server.requests), 5)

    def test_events_are_asked_for(self):
        self._run_cron()
        events = [
            {
                "id": "1",
                "description": "Left the depot",
                "occurred_on": "2026-01-31T08:00:00Z",
            },
            {
                "id": "2",
                "status": "delivered",
                "description": "Given to a neighbour",
                "place": "Bath",
                "occurred_on": "2026-01-31T15:00:00+01:00",
            },
        ]
        path = "/api/shipments/S-1/events"
        cron = self.env.ref("sales_order_plus.ir_cron_poll_tracking")
        for known in (events[:1], events, events):
            self.server.answers[path] = (200, {"events": known})
            self.env.flush_all()
            cron.method_direct_trigger()
            self.env.invalidate_all()
        self.assertRecordValues(
            self.picking.tracking_event_ids,
            [
                {"status": "delivered", "place": "Bath"},
                {"status": "in_transit", "place": False},
            ],
        )
        asked = [request for request in self.server.requests if request[0] == path]
        self.assertEqual(len(asked), 2, "what has arrived is not asked for again")

    def test_cancel(self):
        self._run_cron()
        self.server.answers["/api/shipments/S-1/cancel"] = (200, {})
        self.picking.cancel_shipment()
        self._run_cron()
        self.assertEqual(self.picking.http_shipment_state, "cancelled")
        self.assertEqual(self.server.requests[-1][0], "/api/shipments/S-1/cancel")
        self.assertFalse(self.picking.carrier_tracking_ref)


@tagged("post_install", "-at_install")
class TestFreeShipping(ShippingCommon):
    """Odoo's own free shipping and its flag, with ours installed."""

    def test_free_over_and_back(self):
        self.slow.write({"free_over": True, "amount": 500})
        order = self._new_order((self.product, 6))
        self._set_shipping(order)
        delivery = order.order_line.filtered("is_delivery")
        self.assertEqual(delivery.price_unit, 0)
        self.assertIn("Free Shipping", delivery.name)
        with Form(order) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 2
        self.assertTrue(order.recompute_delivery_price)
        self._set_shipping(order)
        self.assertEqual(order.order_line.filtered("is_delivery").price_unit, 5)
        self.assertEqual(order.amount_untaxed, 205)

    def _set_shipping(self, order):
        wizard = self.env["choose.delivery.carrier"].with_user(self.salesman)
        wizard = wizard.with_context(default_order_id=order.id)
        with Form(wizard.with_context(default_carrier_id=self.slow.id)) as form:
            form.carrier_id = self.slow
        form.save().button_confirm()
