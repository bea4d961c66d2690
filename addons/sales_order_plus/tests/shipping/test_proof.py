import json

from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ...exceptions import DeliveryError
from .common import GIF, PNG, ShippingCommon


@tagged("post_install", "-at_install")
class TestProof(ShippingCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.product, 1))
        self.picking = self._ship(self.order)

    def _record(self, **values):
        api = self.env["sales.order.api"].with_user(self.storeman)
        return api.record_delivery_proof(picking=self.picking.name, **values)

    def _get_proofs(self):
        return self.picking.proof_ids

    def test_driver_over_json2(self):
        keys = self.env["res.users.apikeys"].with_user(self.storeman)
        key = keys._generate("rpc", "test", self.env.cr.now())
        body = {
            "picking": self.picking.name,
            "signed_by": "Neighbour Ned",
            "signature": PNG,
            "photos": [PNG, GIF],
            "latitude": 51.5007,
            "longitude": -0.1246,
            "confirmed_on": "2026-01-31T15:05:00+01:00",
            "external_id": "APP-1",
        }
        answers = [
            self.url_open(
                "/json/2/sales.order.api/record_delivery_proof",
                data=json.dumps(body),
                headers={
                    "Authorization": f"bearer {key}",
                    "Content-Type": "application/json",
                },
            ).json()
            for _number in range(2)
        ]
        self.assertEqual([a["created"] for a in answers], [True, False])
        proof = self._get_proofs()
        self.assertEqual(answers[0]["id"], proof.id)
        self.assertEqual(str(proof.confirmed_on), "2026-01-31 14:05:00")
        self.assertEqual(len(proof.photo_ids), 2)
        self.assertIn("mlat=51.500700", proof.map_url)
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("Neighbour Ned", page)
        photo = proof.photo_ids.sudo().sorted("id")[0]
        url = f"/web/image/{photo.id}?access_token={photo.access_token}"
        self.assertIn(url.replace("&", "&amp;"), page)
        self.assertEqual(self.url_open(url).headers["Content-Type"], "image/png")

    def test_bad_input_names_the_field(self):
        bad = {
            "latitude": {"latitude": 95.0, "longitude": 0.0},
            "photos": {"photos": ["bm8gaW1hZ2U="]},
            "signature": {"signature": "%%%"},
            "confirmed_on": {"confirmed_on": "yesterday"},
        }
        for field, values in bad.items():
            with self.assertRaises(DeliveryError) as caught, self.cr.savepoint():
                self._record(**values)
            self.assertEqual(caught.exception.context["field"], field)
        with self.assertRaisesRegex(DeliveryError, "give both"):
            self._record(latitude=1.0)
        self.assertFalse(self._get_proofs())

    def test_what_has_not_left_is_not_proved(self):
        order = self._new_order((self.product, 1))
        order.action_confirm()
        picking = order.sudo().picking_ids
        with self.assertRaisesRegex(DeliveryError, "has not left"):
            self.env["sales.delivery.proof"].with_user(self.storeman).create(
                {"picking_id": picking.id}
            )

    def test_warehouse_worker_records_on_the_transfer(self):
        # Plain Odoo refuses: the form asks which carriers fit, by ZIP code.
        with Form(self.picking, "stock.view_picking_form") as form:
            self.assertEqual(form.proof_count, 0)
        action = self.picking.action_open_proofs()
        self.assertEqual(action["context"], {"default_picking_id": self.picking.id})
        proof = (
            self.env["sales.delivery.proof"]
            .with_user(self.storeman)
            .create({"picking_id": self.picking.id, "signed_by": "Ann"})
        )
        self.assertRecordValues(
            proof, [{"order_id": self.order.id, "method": "warehouse"}]
        )
        self.assertEqual(self.picking.action_open_proofs()["res_id"], proof.id)

    def test_a_proof_is_never_changed(self):
        self._record(signed_by="Ann")
        with self.assertRaises(AccessError):
            self._get_proofs().write({"signed_by": "Bob"})
        with self.assertRaises(DeliveryError):
            self._get_proofs().sudo().write({"signed_by": "Bob"})
        with self.assertRaises(AccessError):
            self._get_proofs().unlink()

    def test_salesperson_reads_his_own_only(self):
        self._record(signed_by="Ann")
        proofs = self.env["sales.delivery.proof"]
        self.assertTrue(proofs.with_user(self.salesman).search_count([]))
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        domain = [("picking_id", "=", self.picking.id)]
        self.assertFalse(proofs.with_user(other).search_count(domain))

    def _confirm_receipt(self, **data):
        page = self.url_open(self.order.get_portal_url()).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            f"/my/orders/{self.order.id}/receipt",
            data={
                "csrf_token": token,
                "access_token": self.order.access_token,
                "name": "Paula",
                **data,
            },
        )

    def test_customer_confirms_once(self):
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("Confirm receipt", page)
        page = self._confirm_receipt().text
        self.assertIn("is confirmed", page)
        self.assertNotIn("Confirm receipt", page)
        self._confirm_receipt()
        self.picking.invalidate_recordset()
        self.assertRecordValues(
            self._get_proofs(), [{"method": "customer", "signed_by": "Paula"}]
        )

    @mute_logger("odoo.http")
    def test_receipt_needs_token_and_csrf(self):
        self.order._portal_ensure_token()
        answer = self.url_open(
            f"/my/orders/{self.order.id}/receipt",
            data={"access_token": self.order.access_token},
        )
        self.assertEqual(answer.status_code, 400)
        self._confirm_receipt(access_token="wrong")
        self.picking.invalidate_recordset()
        self.assertFalse(self._get_proofs())


@tagged("post_install", "-at_install")
class TestTracking(ShippingCommon, HttpCase):
    def test_orders_are_found_by_their_parcels(self):
        order = self._new_order((self.product, 1))
        other = self._new_order((self.product, 1))
        orders = self.env["sale.order"].with_user(self.salesman)
        self._ship(order).sudo().carrier_tracking_ref = "AB-100,AB-200"
        self.assertEqual(order.tracking_refs, "AB-100, AB-200")
        self.assertEqual(orders.search([("tracking_refs", "ilike", "ab-200")]), order)
        self.assertEqual(
            orders.search([("tracking_refs", "=", "AB-100,AB-200")]), order
        )
        mine = [("id", "in", (order + other).ids)]
        self.assertEqual(orders.search([*mine, ("tracking_refs", "=", False)]), other)
        self.assertEqual(orders.search([*mine, ("tracking_refs", "!=", False)]), order)
        self.assertIn("AB-100", self.url_open(order.get_portal_url()).text)

    def test_events_over_rpc(self):
        order = self._new_order((self.product, 1))
        picking = self._ship(order)
        api = self.env["sales.order.api"].with_user(self.storeman)
        event = {
            "description": "In the van",
            "status": "out_for_delivery",
            "occurred_on": "2026-01-31 07:00:00",
        }
        for created in (1, 0):
            answer = api.record_tracking_events(picking=picking.name, events=[event])
            self.assertEqual(answer, {"created": created})
        page = self.url_open(order.get_portal_url()).text
        self.assertIn("In the van", page)
        self.assertIn("Out for delivery", page)
        for key in ("status", "description", "occurred_on"):
            bad = {**event, key: "?" if key != "description" else ""}
            with self.assertRaises(DeliveryError) as caught, self.cr.savepoint():
                api.record_tracking_events(picking=picking.name, events=[event, bad])
            self.assertEqual(caught.exception.context["field"], f"events[1].{key}")
        with self.assertRaises(AccessError):
            self.env["sales.tracking.event"].with_user(self.salesman).create(
                {
                    "picking_id": picking.id,
                    "description": "x",
                    "occurred_on": "2026-01-31 07:00:00",
                }
            )
