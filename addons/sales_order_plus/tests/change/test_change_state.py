from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ...exceptions import (
    AppendOnlyError,
    ChangeError,
    ChangeStaleError,
    OwnFieldError,
)
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeState(ChangeCommon):
    """From the wish to the decision, and nothing afterwards."""

    def test_the_usual_way(self):
        order = self._confirmed()
        change = self._new_change(order, "quantity")
        self.assertRegex(change.name, r"CHG/\d+")
        self.assertIn("10", change.line_ids.old_value)
        self.assertIn("14", change.line_ids.new_value)
        change.action_submit()
        self.assertEqual(change.state, "submitted")
        self.assertEqual(change.requested_by_id, self.salesman)
        change.action_apply()
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.decided_by_id, self.salesman)
        codes = self.env["sales.audit.event"].search(
            [("model", "=", change._name), ("res_id", "=", change.id)], order="id"
        )
        self.assertEqual(codes.mapped("code"), ["change.submitted", "change.applied"])

    def test_reason_is_needed(self):
        change = self._new_change(self._confirmed(), "quantity", reason="  ")
        with self.assertRaises(ChangeError) as refusal:
            change.action_submit()
        self.assertEqual(refusal.exception.context["field"], "reason")

    def test_only_confirmed_orders(self):
        with self.assertRaises(ChangeError):
            self._new_order().action_open_change()
        action = self._confirmed().action_open_change()
        self.assertEqual(action["res_model"], "sales.order.change")

    # --- out of date --- #

    def test_second_request_for_one_line(self):
        order = self._confirmed()
        first = self._submitted(order, self._quantity(order, 14))
        second = self._submitted(order, self._quantity(order, 6))
        first.action_apply()
        self._flush()
        self.assertEqual(second.state, "stale")
        [conflict] = second.conflicts
        self.assertEqual((conflict["old"], conflict["new"]), ("10.0", "14.0"))
        self.assertIn("14", second.conflicts_html)
        with self.assertRaises(ChangeStaleError):
            second.action_apply()
        self.assertEqual(order.order_line.product_uom_qty, 14)
        second.action_revise()
        self.assertIn("14", second.line_ids.old_value)
        second.action_submit()
        second.action_apply()
        self.assertEqual(order.order_line.product_uom_qty, 6)

    def test_shipped_in_between(self):
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 6))
        self._deliver(order, 4)
        # No savepoint here: in a test the second cursor shares the connection.
        refusal = None
        try:
            change.action_apply()
        except ChangeStaleError as error:
            refusal = error
        self.assertEqual(refusal.context["code"], "change_stale")
        self.assertIn("Review", str(refusal))
        fields = [one["field"] for one in refusal.context["conflicts"]]
        self.assertIn("Delivery Quantity", fields)
        self._flush()
        self.assertEqual(change.state, "stale")
        self.assertEqual(order.order_line.product_uom_qty, 10)

    def test_edited_in_between(self):
        order = self._confirmed()
        draft = self._new_change(order, "price")
        order.payment_term_id = self.term
        self._flush()
        with self.assertRaises(ChangeStaleError):
            draft.action_submit()
        draft.action_revise()
        draft.action_submit()
        self.assertEqual(draft.state, "submitted")

    def test_stock_taken_in_between(self):
        """Nothing of the order changed, but less is there than was shown."""
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 18))
        self.assertFalse(change.impact["after"]["lines"][0]["short"])
        self._confirmed((self.product, 8))
        with self.assertRaises(ChangeStaleError) as refusal, self.env.cr.savepoint():
            change.action_apply()
        self.assertIn("Short", str(refusal.exception))
        self._flush()
        self.assertEqual(order.order_line.product_uom_qty, 10)
        change.action_preview()
        change.action_apply()
        self.assertEqual(change.state, "applied")

    # --- the customer --- #

    def test_customer_accepts_what_costs_him(self):
        self._control(sales_change_acceptance=True)
        order = self._confirmed()
        cheaper = self._submitted(order, self._quantity(order, 9))
        self.assertEqual(cheaper.state, "submitted")
        change = self._submitted(order, self._quantity(order, 12))
        self.assertEqual(change.state, "acceptance")
        with self.assertRaises(ChangeError) as refusal:
            change.action_apply()
        self.assertIn("acceptance first", str(refusal.exception))
        with self.assertRaises(ChangeError):
            change.action_accept(accepted_by="Paula", evidence=" ")
        wizard = self.env["sales.order.change.decision"].with_user(self.salesman)
        wizard.create(
            {
                "change_id": change.id,
                "decision": "accept",
                "accepted_by": "Paula",
                "text": "E-mail of 3 May",
            }
        ).action_decide()
        self.assertEqual((change.state, change.accepted_by), ("submitted", "Paula"))
        change.action_apply()
        self.assertEqual(order.order_line.product_uom_qty, 12)

    def test_acceptance_is_not_taken_along(self):
        self._control(sales_change_acceptance=True)
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 12))
        change.action_accept(accepted_by="Paula", evidence="Call")
        change.action_revise()
        self.assertFalse(change.accepted_on)
        change.line_ids.quantity = 14
        change.action_submit()
        self.assertEqual(change.state, "acceptance")

    # --- refused, withdrawn, kept --- #

    def test_refuse_and_withdraw(self):
        order = self._confirmed()
        change = self._submitted(order, "quantity")
        with self.assertRaises(ChangeError):
            change.action_refuse(reason="")
        change.action_refuse(reason="Too late")
        self.assertEqual((change.state, change.decision_note), ("refused", "Too late"))
        other = self._submitted(order, "quantity")
        other.action_withdraw()
        self.assertEqual(other.state, "withdrawn")
        for one in (change, other):
            with self.assertRaises(ChangeError):
                one.action_apply()
        self.assertEqual(order.order_line.product_uom_qty, 10)

    def test_nobody_writes_what_is_decided(self):
        change = self._applied(self._confirmed(), "quantity")
        for user in (self.salesman, self.manager, self.env.user):
            mine = change.with_user(user)
            for one in (mine, mine.sudo()):
                with self.assertRaises(AppendOnlyError):
                    one.write({"reason": "Another one"})
                with self.assertRaises(AppendOnlyError):
                    one.line_ids.write({"quantity": 1})
                with self.assertRaises(AppendOnlyError):
                    one._write_own({"state": "draft"})
                with self.assertRaises(AppendOnlyError):
                    one.unlink()
                with self.assertRaises(AppendOnlyError):
                    one.line_ids.unlink()
        change.message_post(body=change.reason)

    def test_status_is_not_set_by_hand(self):
        order = self._confirmed()
        change = self._new_change(order, "quantity")
        for name, value in (
            ("state", "applied"),
            ("base_fingerprint", "0"),
            ("impact", {"after": {}}),
            ("accepted_by", "Me"),
        ):
            with self.assertRaises(OwnFieldError):
                change.write({name: value})
        with self.assertRaises(OwnFieldError):
            self._new_change(order, "quantity", state="applied")
        change.action_submit()
        with self.assertRaises(ChangeError):
            change.write({"reason": "Other"})
        with self.assertRaises(AppendOnlyError):
            change.line_ids.write({"quantity": 99})
        with self.assertRaises(ChangeError):
            change.write({"line_ids": [Command.create(self._kind(order, "add"))]})
        with self.assertRaises(AppendOnlyError):
            change.line_ids.create({"change_id": change.id, "kind": "remove"})

    # --- rights --- #

    def test_own_orders(self):
        order = self._confirmed()
        change = self._submitted(order, "quantity")
        other = self._new_user("tsop_other", "sales_team.group_sale_salesman")
        found = self.env["sales.order.change"].with_user(other)
        self.assertFalse(found.search([("id", "=", change.id)]))
        for call in (
            lambda: change.with_user(other).action_apply(),
            lambda: change.with_user(other).action_withdraw(),
            lambda: self._new_change(order, "quantity", user=other),
            lambda: change.with_user(self.portal_user).read(["name"]),
            lambda: change.with_user(self.storeman).action_apply(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()
        change.with_user(self.colleague).action_apply()
        self.assertEqual(change.state, "applied")

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            login="tsop_stranger",
            groups="base.group_user,sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        change = self._submitted(self._confirmed(), "quantity")
        found = self.env["sales.order.change"].with_user(stranger)
        self.assertFalse(found.search([("id", "=", change.id)]))

    def test_rights_of_everybody(self):
        rights = {
            "sales.order.change": {"salesman": "rwcu"},
            "sales.order.change.line": {"salesman": "rwcu"},
            "sales.order.version": {"salesman": "r"},
        }
        operations = ("read", "write", "create", "unlink")
        for model, allowed in rights.items():
            for name in ("salesman", "storeman", "portal_user"):
                records = self.env[model].with_user(getattr(self, name))
                found = "".join(op[0] for op in operations if records.has_access(op))
                self.assertEqual(found, allowed.get(name, ""), (model, name))
