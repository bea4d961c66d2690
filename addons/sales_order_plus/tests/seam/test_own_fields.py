import json

from odoo.fields import Command, Datetime
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ...exceptions import OwnFieldError
from ..common import SalesPlusCommon
from ..shipping.common import PNG

# What a salesperson would like to say of his quotation.
LIES = {
    "converted_on": "2026-01-01 00:00:00",
    "customer_response": "accepted",
    "hold_reason": "Nothing",
    "hold_since": "2026-01-01 00:00:00",
    "intake_key": "MINE",
    "lost_note": "Too dear",
    "quotation_date": "2020-01-01 00:00:00",
    "quotation_number": "QT/1",
    "quotation_status": "approved",
    "response_by": "Paula",
    "revision_number": 7,
    "send_when_released": True,
    "sent_on": "2026-01-01 00:00:00",
    "sent_via": "print",
    "payment_status": "captured",
    "lifecycle_stage": "delivered",
    "first_viewed_on": "2026-01-01 00:00:00",
    "quotation_view_count": 9,
    "locked_rate": 2.0,
    "signed_by": "Paula",
    "signed_on": "2026-01-01 00:00:00",
    "signature": PNG,
}


@tagged("post_install", "-at_install")
class TestOwnFields(SalesPlusCommon):
    """What happened to a quotation is not for a salesperson to write."""

    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.service, 1))

    def test_none_can_be_written(self):
        for name, value in LIES.items():
            with self.subTest(name=name), self.assertRaises(OwnFieldError) as refusal:
                self.order.write({name: value, "client_order_ref": "MINE"})
            self.assertEqual(refusal.exception.context["field"], name)
            self.assertIn("cannot be set by hand", str(refusal.exception))
        self.assertFalse(self.order.client_order_ref)

    def test_none_can_be_created(self):
        vals = {"partner_id": self.customer.id}
        orders = self.env["sale.order"].with_user(self.salesman)
        for name, value in LIES.items():
            with self.subTest(name=name), self.assertRaises(OwnFieldError):
                orders.create({**vals, name: value})
        with self.assertRaises(OwnFieldError):
            orders.with_context(default_revision_number=7).create(vals)

    def test_nobody_is_above_it(self):
        """Neither the context nor the superuser; and a manager is a salesperson too."""
        with self.assertRaises(OwnFieldError):
            self.order.sudo().revision_number = 7
        with self.assertRaises(OwnFieldError):
            self.order.with_user(self.manager).write({"sent_on": "2026-01-01"})

    def test_the_error_names_the_next_step(self):
        with self.assertRaisesRegex(OwnFieldError, "Revision .* New Revision"):
            self.order.revision_number = 7

    def test_sent_back_unchanged(self):
        """A program may write what it read."""
        names = ["quotation_status", "revision_number", "quotation_date", "sent_on"]
        values = self.order.read(names, load=None)[0]
        values.pop("id")
        self.order.write({**values, "client_order_ref": "PO-1"})
        self.assertEqual(self.order.client_order_ref, "PO-1")

    def test_form_and_copy_go_on(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.service
        order = form.save()
        order.action_quotation_sent()
        order.action_new_revision(reason="Cheaper")
        copy = order.copy()
        self.assertEqual((order.revision_number, copy.revision_number), (2, 1))
        self.assertFalse(copy.sent_on)

    def test_signature_may_be_taken_off_only(self):
        self.order.action_quotation_sent()
        self.order.sudo().write(
            {
                "signature": PNG,
                "signed_by": "Paula",
                "signed_on": Datetime.now(),
            }
        )
        with self.assertRaises(OwnFieldError):
            self.order.signed_by = "Eve"
        self.order.signature = False
        self.assertFalse(self.order.signature)

    def test_grant_ends_with_our_own_write(self):
        self.order._write_own({"send_when_released": True})
        with self.assertRaises(OwnFieldError):
            self.order.send_when_released = False

    def test_every_declared_field_is_covered(self):
        own = self.env["sale.order"]._get_own_fields()
        self.assertLessEqual(set(LIES) - {"signature", "signed_by", "signed_on"}, own)
        for name in ("client_order_ref", "order_line", "validity_date", "state"):
            self.assertNotIn(name, own)


@tagged("post_install", "-at_install")
class TestOwnFieldsRpc(SalesPlusCommon, HttpCase):
    """The same over the wire, with the key of a salesperson."""

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        self.key = keys._generate("rpc", "test", self.env.cr.now())

    def _call(self, method, **arguments):
        return self.url_open(
            f"/json/2/sale.order/{method}",
            data=json.dumps(arguments),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )

    @mute_logger("odoo.http")
    def test_write_and_create(self):
        order = self._new_order((self.service, 1))
        for context in ({}, {"sales_setting_own_fields": True, "install_mode": True}):
            lie = {"quotation_status": "approved"}
            answer = self._call("write", ids=order.ids, vals=lie, context=context)
            self.assertEqual(answer.status_code, 422)
            self.assertIn("Quotation Status", answer.json()["message"])
        vals = {
            "partner_id": self.customer.id,
            "revision_number": 3,
            "order_line": [Command.create({"product_id": self.service.id})],
        }
        self.assertEqual(self._call("create", vals_list=[vals]).status_code, 422)
        vals.pop("revision_number")
        self.assertEqual(self._call("create", vals_list=[vals]).status_code, 200)
        answer = self._call("_write_own", ids=order.ids, vals=lie)
        self.assertNotEqual(answer.status_code, 200)
        self.assertEqual(order.quotation_status, "draft")
