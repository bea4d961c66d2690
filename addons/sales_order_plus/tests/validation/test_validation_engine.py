import json
from datetime import timedelta
from unittest.mock import patch

import requests
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import GuardError, ValidationRuleError
from .common import ValidationCommon

RUN = "odoo.addons.sales_order_plus.models.validation.sales_validation_rule_run"
POST = (
    "odoo.addons.sales_order_plus.models.validation.sales_validation_answer"
    ".requests.post"
)


class Answer:
    """An answer of the service."""

    def __init__(self, findings):
        self.body = json.dumps({"findings": findings}).encode()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def raise_for_status(self):
        pass

    def iter_content(self, size):
        yield self.body


@tagged("post_install", "-at_install")
class TestValidationEngine(ValidationCommon):
    def test_filter_of_a_manager(self):
        self._new_filter(
            "no_po",
            "[('amount_total', '>', 100), ('client_order_ref', '=', False)]",
            message="{order} of {customer} over {amount} has no reference.",
        )
        small, large = self._new_order(), self._new_order((self.product, 2))
        self._assert_confirms(small)
        message = self._assert_refused(large, "no_po")
        self.assertIn(f"{large.name} of Test Customer over", message)
        self.assertIn("200.00", message)
        large.client_order_ref = "4711"
        self._assert_confirms(large)

    def test_filter_on_lines_names_the_line(self):
        self._new_rule(
            "many",
            target="line",
            line_domain="[('product_uom_qty', '>', 5)]",
            message="{quantity} of {product} is too much.",
        )
        order = self._new_order((self.product, 6), (self.service, 1))
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            order.action_confirm()
        (finding,) = caught.exception.context["findings"]
        self.assertEqual(finding["line_id"], order.order_line[0].id)
        self.assertIn("Test Gadget is too much", finding["message"])
        self.assertEqual(caught.exception.http_status, 422)

    def test_three_problems_in_one_refusal(self):
        for number in range(3):
            self._new_filter(f"rule_{number}")
        self._assert_refused(self._new_order(), "rule_0", "rule_1", "rule_2")

    def test_sequence(self):
        self._new_filter("last", sequence=20)
        self._new_filter("first", sequence=1)
        self.assertEqual(self._get_codes(self._new_order()), ["first", "last"])

    def test_severities(self):
        rule = self._new_filter()
        states = {"block": "blocked", "hold": "waiting", "approve": "waiting"}
        for severity, state in states.items():
            rule.severity = severity
            order = self._new_order()
            self.assertEqual(order.guard_state, state)
            self._assert_refused(order, "rule")
        for severity in ("warn", "info"):
            rule.severity = severity
            order = self._new_order()
            self.assertEqual(order.guard_state, "warning")
            self._assert_confirms(order)

    def test_refused_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        rule = self._new_filter(message="No reference.")
        rule.with_context(lang="fr_FR").message = "Pas de référence."
        order = self._new_order()
        self.assertIn("No reference.", self._assert_refused(order, "rule"))
        french = order.with_context(lang="fr_FR")
        self.assertIn("Pas de référence.", self._assert_refused(french, "rule"))

    # === Scope === #

    def test_scope(self):
        grade = self.env["res.partner.grade"].create({"name": "Test Gold"})
        other = self.env["res.company"].create({"name": "Other"})
        group = self.env["res.country.group"].create(
            {"name": "Test", "country_ids": [Command.link(self.env.ref("base.fr").id)]}
        )
        categ = self.env["product.category"].create({"name": "Parent"})
        child = self.env["product.category"].create(
            {"name": "Child", "parent_id": categ.id}
        )
        kind = self.env["sales.order.type"].create({"name": "R", "code": "TR"})
        channel = self.env["sales.channel"].create({"name": "C", "code": "TC"})
        rule, order = self._new_filter(), self._new_order()
        cases = (
            ({"company_id": other.id}, None),
            (
                {"order_type_ids": kind.ids},
                lambda: order.write({"order_type_id": kind.id}),
            ),
            (
                {"sales_channel_ids": channel.ids},
                lambda: order.write({"sales_channel_id": channel.id}),
            ),
            (
                {"customer_class": "vip"},
                lambda: order.write({"customer_class": "vip"}),
            ),
            (
                {"grade_ids": grade.ids},
                lambda: self.customer.write({"grade_id": grade.id}),
            ),
            (
                {"categ_ids": categ.ids},
                lambda: self.product.write({"categ_id": child.id}),
            ),
            (
                {"country_group_ids": group.ids},
                lambda: self.customer.write({"country_id": self.env.ref("base.fr").id}),
            ),
        )
        for scope, fit in cases:
            rule.write(scope)
            self.assertEqual(self._get_codes(order), [], scope)
            if fit:
                fit()
                self.assertEqual(self._get_codes(order), ["rule"], scope)
            rule.sudo().write(dict.fromkeys(scope, False))

    def test_week_in_the_zone_of_the_order(self):
        self.customer.tz = "Asia/Tokyo"
        self._new_filter(date_from="2026-11-27", date_to="2026-11-30")
        order = self._new_order()
        order.order_tz = "Asia/Tokyo"
        hits = {
            "2026-11-26 14:59:00": [],
            "2026-11-26 15:01:00": ["rule"],
            "2026-11-30 14:59:00": ["rule"],
            "2026-11-30 15:01:00": [],
        }
        for moment, codes in hits.items():
            with freeze_time(moment):
                self.assertEqual(self._get_codes(order), codes, moment)

    def test_role_is_not_looked_at(self):
        group = self.env.ref("sales_team.group_sale_manager")
        self._new_filter(exempt_group_ids=group.ids)
        order = self._new_order()
        self._assert_refused(order, "rule")
        self._assert_refused(order.with_user(1), "rule")
        self._assert_confirms(order.with_user(self.manager))

    # === Triggers === #

    def test_saving(self):
        self._new_filter(
            domain="[('amount_total', '>', 500)]", on_save=True, on_confirm=False
        )
        order = self._new_order()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.order_line.product_uom_qty = 6
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.write(
                {
                    "order_line": [
                        Command.create(
                            {"product_id": self.product.id, "product_uom_qty": 9}
                        )
                    ]
                }
            )
        with self.assertRaises(GuardError), self.cr.savepoint():
            self._new_order((self.product, 6))
        order.order_line.product_uom_qty = 5
        self.assertEqual(order.amount_total, 500)

    def test_sending(self):
        self._new_filter(on_send=True, on_confirm=False)
        order = self._new_order()
        for send in (
            order.action_quotation_send,
            lambda: order.write({"state": "sent"}),
        ):
            with self.assertRaises(GuardError), self.cr.savepoint():
                send()
        order.client_order_ref = "x"
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_editing_is_only_shown(self):
        self._new_filter(on_edit=True, on_confirm=False)
        order = self._new_order()
        self.assertEqual([f["code"] for f in order.rule_findings], ["rule"])
        self._assert_confirms(order)

    def test_delivery(self):
        self._new_filter(on_delivery=True, on_confirm=False)
        self._set_stock(self.product, 5)
        order = self._new_order()
        order.action_confirm()
        picking = order.picking_ids.with_user(self.storeman)
        with self.assertRaises(GuardError), self.cr.savepoint():
            picking.button_validate()
        order.client_order_ref = "x"
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_change_of_a_confirmed_order(self):
        rule = self._new_rule(
            "many", target="line", line_domain="[('product_uom_qty', '>', 5)]"
        )
        order = self._new_order((self.product, 5))
        order.action_confirm()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.order_line.product_uom_qty = 6
        # What was wrong before is no obstacle to another change.
        rule.active = False
        order.order_line.product_uom_qty = 7
        rule.active = True
        order.order_line.price_unit = 90
        self.assertEqual(order.order_line.price_unit, 90)

    # === Broken === #

    @mute_logger(RUN)
    def test_broken_block_stops_and_tells_the_owner_once(self):
        rule = self._new_filter()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sales_validation_rule SET domain = %s WHERE id = %s",
            ("[('no_such_field', '=', 1)]", rule.id),
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        order = self._new_order()
        # No savepoint here: it would undo what the other connection writes, too.
        for _attempt in range(2):
            with self.assertRaisesRegex(GuardError, "no_such_field"):
                order.action_confirm()
        rule.invalidate_recordset()
        self.assertEqual(len(rule.sudo().activity_ids), 1)
        self.assertEqual(rule.sudo().activity_ids.user_id, self.manager)

    @mute_logger(RUN, "odoo.sql_db")
    def test_broken_warning_lets_pass(self):
        rule = self._new_check("empty", severity="warn")

        def broken(orders, rule):
            orders.env.cr.execute("SELECT no_such_column FROM sale_order")

        self.patch(self.env.registry["sale.order"], "_check_rule_empty", broken)
        self._assert_confirms(self._new_order())
        rule.invalidate_recordset()
        self.assertEqual(len(rule.sudo().activity_ids), 1)

    def test_bad_rules_are_refused(self):
        for values in (
            {"domain": "[('no_such_field', '=', 1)]"},
            {"domain": "not a list"},
            {"domain": "[]"},
            {"domain": "[('id', '>', 0)]", "message": "{password}"},
            {"kind": "check"},
        ):
            with self.assertRaises(ValidationRuleError), self.cr.savepoint():
                self._new_rule("bad", **values)

    # === Services and server actions === #

    def _new_webhook(self, **values):
        rule = self._new_rule(
            "service",
            kind="webhook",
            url="https://service.example/check",
            user=self.env.ref("base.user_admin"),
            **values,
        )
        return rule.with_user(self.manager)

    def test_webhook_is_asked_once(self):
        self._new_webhook()
        order = self._new_order()
        answer = Answer([{"order_id": order.id, "message": "Listed."}])
        with patch(POST, return_value=answer) as post:
            order.invalidate_recordset()
            self.assertEqual(order.guard_state, "free")
            post.assert_not_called()
            # No savepoint here: it would undo the row of the other connection too.
            for _attempt in range(2):
                with self.assertRaisesRegex(GuardError, "Listed."):
                    order.action_confirm()
            order.invalidate_recordset()
            self.assertEqual(order.guard_state, "blocked")
            self.assertEqual(post.call_count, 1)
            order.order_line.product_uom_qty = 2
            self._assert_refused(order, "service")
            self.assertEqual(post.call_count, 2)
            sent = post.call_args.kwargs
        self.assertEqual(sent["timeout"], 3.0)
        self.assertEqual(sent["json"]["orders"][0]["lines"][0]["quantity"], 2)

    def test_webhook_without_answer(self):
        rule = self._new_webhook()
        with patch(POST, side_effect=requests.Timeout):
            order = self._new_order()
            self.assertIn("did not answer", self._assert_refused(order, "service"))
            rule.sudo().fail_policy = "open"
            self._assert_confirms(order)

    def test_webhook_asked_by_the_gate_of_write(self):
        self._new_webhook()
        order = self._new_order()
        answer = Answer([{"order_id": order.id, "message": "Listed."}])
        with (
            patch(POST, return_value=answer),
            self.assertRaises(GuardError),
            self.cr.savepoint(),
        ):
            order.write({"state": "sale"})

    def test_server_action(self):
        model = self.env["ir.model"]._get("sale.order")
        action = self.env["ir.actions.server"].create(
            {
                "name": "Odd",
                "model_id": model.id,
                "state": "code",
                "code": "records.write({'note': 'touched'})\n"
                "action = {'findings': [{'order_id': r.id, 'message': 'Odd.'} "
                "for r in records if r.client_order_ref == 'odd']}",
            }
        )
        values = {"kind": "server_action", "server_action_id": action.id}
        with self.assertRaises(AccessError):
            self._new_rule("odd", **values)
        rule = self._new_rule("odd", user=self.env.ref("base.user_admin"), **values)
        with self.assertRaises(AccessError):
            rule.with_user(self.manager).write({"severity": "info"})
        with self.assertRaises(AccessError):
            rule.with_user(self.salesman).write({"name": "x"})
        order = self._new_order(client_order_ref="odd", note=False)
        self.assertIn("Odd.", self._assert_refused(order, "odd"))
        order.client_order_ref = "even"
        self._assert_confirms(order)
        self.assertFalse(order.note)

    def test_held_order_is_looked_at_again(self):
        rule = self._new_filter(severity="hold")
        order = self._new_order(require_signature=True, require_payment=False)
        order.sudo().signature = (
            "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
        )
        order.sudo()._validate_order()
        self.assertTrue(order.hold_since)
        self.assertEqual(order.state, "sent")
        order._retry_held()
        self.assertEqual(order.state, "sent")
        rule.date_to = fields.Date.today() - timedelta(days=2)
        order._retry_held()
        self.assertEqual(order.state, "sale")
