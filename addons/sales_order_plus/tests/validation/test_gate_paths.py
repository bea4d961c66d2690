from contextlib import contextmanager
from datetime import timedelta
from xmlrpc.client import Fault

from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...exceptions import GuardError
from ..common import SIGNATURE
from ..common_payment import OrderPaymentMixin
from .common import ValidationCommon

RUN = "odoo.addons.sales_order_plus.models.validation.sales_validation_rule_run"

# What each rule is and what the order against it is like: (rule, order).
FILTER = {"kind": "domain", "domain": "[('client_order_ref', '=', False)]"}
RULES = {
    "filter": (FILTER, {}),
    "filter_hold": ({**FILTER, "severity": "hold"}, {}),
    "filter_approve": ({**FILTER, "severity": "approve"}, {}),
    "line_filter": (
        {
            "kind": "domain",
            "target": "line",
            "line_domain": "[('product_uom_qty', '<', 2)]",
        },
        {},
    ),
    "max_discount": ({"threshold": 10}, {"line": {"discount": 20}}),
    "empty": ({}, {"line": {"price_unit": -10}}),
    "min_order": ({"threshold": 200}, {}),
    "max_order": ({"threshold": 50}, {}),
    "payment_terms": (
        {},
        {"payment_term_id": "account.account_payment_term_30days"},
    ),
    "po_box": ({}, {"street": "P.O. Box 12"}),
    "address": ({}, {"country_id": "base.us"}),
    "tax_missing": ({}, {}),
    "min_margin": ({"threshold": 30}, {"cost": 90}),
    "duplicate": ({"days": 7, "threshold": 80}, {"twice": True}),
    "stock": ({}, {}),
    "document": ({"document_kind": "contract"}, {}),
    "broken": (FILTER, {"broken": True}),
    "server_action": ({"kind": "server_action"}, {}),
}
# Ways that raise, and ways that keep what the customer did.
REFUSING = (
    "button",
    "list",
    "write",
    "web_save",
    "create",
    "default_in_context",
    "copy",
    "load",
    "facade",
    "cron",
    "superuser",
    "json2",
    "xmlrpc",
)
HOLDING = ("signature", "payment")


@tagged("post_install", "-at_install")
class TestGatePaths(OrderPaymentMixin, ValidationCommon, HttpCase):
    """Every rule on every way into an order: the order is not confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = cls.env["res.users.apikeys"].with_user(cls.salesman)
        tomorrow = cls.env.cr.now() + timedelta(days=1)
        cls.key = keys._generate("rpc", "paths", tomorrow)

    @contextmanager
    def _undone(self):
        """Nothing of one cell is there in the next."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.env.registry.clear_cache()

    def test_every_rule_on_every_path(self):
        for code in RULES:
            with self._undone(), mute_logger(RUN):
                self._set_up(code)
                for path in REFUSING:
                    with self.subTest(rule=code, path=path), self._undone():
                        self._assert_not_confirmed(code, path)
                for path in HOLDING:
                    with self.subTest(rule=code, path=path), self._undone():
                        self._assert_held(code, path)

    def test_without_a_rule_every_path_confirms(self):
        """The paths are real: nothing but a rule stands in their way."""
        for path in (*REFUSING, *HOLDING):
            with self.subTest(path), self._undone():
                before = self._count_confirmed()
                self._go(path, "filter")
                self.assertGreater(self._count_confirmed(), before)

    def test_xmlrpc_names_the_next_step(self):
        """Also where the manager wrote no message, and by rule whether it may pass."""
        order, rule = self._make_order("filter"), self._new_filter()
        for bypassable, step in ((True, "Bypass"), (False, "nobody can let it pass")):
            rule.is_bypassable = bypassable
            words = f"Rule rule: Change the order.*{step}"
            with self.assertRaisesRegex(Fault, words):
                self._confirm_by_xmlrpc(order)

    # === Cells === #

    def _assert_not_confirmed(self, code, path):
        before = self._count_confirmed()
        if path in ("load", "json2", "xmlrpc"):
            self._go(path, code)
        else:
            with self.assertRaises(GuardError) as caught:
                self._go(path, code)
            codes = {one["code"] for one in caught.exception.context["findings"]}
            self.assertEqual(codes, {code})
        self.assertEqual(self._count_confirmed(), before)

    def _assert_held(self, code, path):
        order = self._go(path, code).sudo()
        order.invalidate_recordset()
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.hold_since)
        if path == "signature":
            self.assertTrue(order.signature)
            self.assertEqual(order.signed_by, "Joe Customer")
        else:
            self.assertEqual(order.transaction_ids.state, "done")

    def _count_confirmed(self):
        self.env.flush_all()
        return self.env["sale.order"].search_count(
            [("partner_id", "=", self.customer.id), ("state", "=", "sale")]
        )

    def _go(self, path, code):
        order = None
        if path not in ("create", "default_in_context"):
            order = self._make_order(code)
        return getattr(self, f"_go_{path}")(order, code) or order

    # === Rules and orders === #

    def _set_up(self, code):
        rule, order = RULES[code]
        values = dict(rule)
        user = self.manager
        if values.get("kind") == "server_action":
            user = self.env.ref("base.user_admin")
            values["server_action_id"] = self._new_server_action().id
        elif "kind" not in values:
            values.update(kind="check", check_key=code)
        made = self._new_rule(code, user=user, **values)
        if order.get("broken"):
            self.env.flush_all()
            self.cr.execute(
                "UPDATE sales_validation_rule SET domain = %s WHERE id = %s",
                ("[('no_such_field', '=', 1)]", made.id),
            )
            made.invalidate_recordset()
            self.env.registry.clear_cache()
        partner = {name: order[name] for name in ("street",) if name in order}
        if "country_id" in order:
            partner["country_id"] = self.env.ref(order["country_id"]).id
        usual = self.env.ref("account.account_payment_term_immediate")
        self.customer.write({**partner, "property_payment_term_id": usual.id})
        self.product.standard_price = order.get("cost", 0)
        if order.get("twice"):
            self._new_order()

    def _new_server_action(self):
        return self.env["ir.actions.server"].create(
            {
                "name": "Odd",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "state": "code",
                "code": "action = {'findings': [{'order_id': r.id, 'message': 'Odd.'}"
                " for r in records]}",
            }
        )

    def _get_vals(self, code):
        order = RULES[code][1]
        line = {"product_id": self.product.id, "product_uom_qty": 1}
        vals = {
            "partner_id": self.customer.id,
            "user_id": self.salesman.id,
            "require_signature": True,
            "require_payment": True,
            "prepayment_percent": 1.0,
            "order_line": [Command.create({**line, **order.get("line", {})})],
        }
        if term := order.get("payment_term_id"):
            vals["payment_term_id"] = self.env.ref(term).id
        return vals

    def _make_order(self, code):
        return self._orders.create(self._get_vals(code))

    @property
    def _orders(self):
        return self.env["sale.order"].with_user(self.salesman)

    # === Paths === #

    def _go_button(self, order, _code):
        order.action_confirm()

    def _go_list(self, order, code):
        (order + self._make_order(code)).action_confirm()

    def _go_write(self, order, _code):
        order.write({"state": "sale"})

    def _go_web_save(self, order, _code):
        order.web_save({"state": "sale"}, {"state": {}})

    def _go_create(self, _order, code):
        return self._orders.create({**self._get_vals(code), "state": "sale"})

    def _go_default_in_context(self, _order, code):
        orders = self._orders.with_context(default_state="sale")
        return orders.create(self._get_vals(code))

    def _go_copy(self, order, _code):
        return order.copy({"state": "sale"})

    def _go_load(self, order, _code):
        self._orders.load([".id", "state"], [[str(order.id), "Sales Order"]])

    def _go_facade(self, order, _code):
        self.env["sales.order.api"].with_user(self.salesman).confirm_order(
            name=order.name
        )

    def _go_cron(self, order, _code):
        cron = self.env["ir.cron"].create(
            {
                "name": "Confirm",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "state": "code",
                "code": f"model.browse({order.id}).action_confirm()",
                "user_id": SUPERUSER_ID,
            }
        )
        cron.ir_actions_server_id.run()

    def _go_superuser(self, order, _code):
        order.sudo().with_context(tracking_disable=True).write({"state": "sale"})

    def _go_json2(self, order, code):
        response = self.url_open(
            "/json/2/sale.order/action_confirm",
            json={"ids": order.ids},
            headers={"Authorization": f"Bearer {self.key}"},
        )
        if response.status_code == 200:
            return
        self.assertEqual(response.status_code, 422)
        findings = response.json()["context"]["findings"]
        self.assertEqual([one["code"] for one in findings], [code])

    def _go_xmlrpc(self, order, code):
        """The fault says in words what JSON-2 says in findings."""
        try:
            self._confirm_by_xmlrpc(order)
        except Fault as fault:
            # Fault code of a refusal, not of a failure with a traceback.
            self.assertEqual(fault.faultCode, 2)
            self.assertRegex(fault.faultString, rf"^{order.name}: Rule {code}: \S")

    def _confirm_by_xmlrpc(self, order):
        login = (self.env.cr.dbname, self.salesman.id, self.key)
        with mute_logger("odoo.addons.rpc.controllers"):
            self.xmlrpc_object.execute(
                *login, "sale.order", "action_confirm", order.ids
            )

    def _go_signature(self, order, _code):
        order.require_payment = False
        order.action_quotation_sent()
        token = order._portal_ensure_token()
        self.env.flush_all()
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": token, "name": "Joe Customer", "signature": SIGNATURE},
        )

    def _go_payment(self, order, _code):
        order.require_signature = False
        order.action_quotation_sent()
        self._pay_order(order.sudo())._post_process()
