from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import ChangeError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestSpecialRequest(ChangeCommon):
    """What no other kind covers: asked with its fields, answered by a team in time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wrapper = cls._new_user("tsop_wra", "sales_team.group_sale_salesman")
        cls.helper = cls._new_user("tsop_hel", "sales_team.group_sale_salesman")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Gifts",
                "user_id": cls.wrapper.id,
                "company_id": cls.company.id,
                "member_ids": [Command.set((cls.wrapper | cls.helper).ids)],
            }
        )
        cls.wrap = cls.env["sales.change.request.type"].create(
            {
                "name": "Gift wrap",
                "team_id": cls.team.id,
                "sla_hours": 4,
                "value_definition": [
                    {
                        "name": "colour",
                        "string": "Colour",
                        "type": "selection",
                        "selection": [["red", "Red"], ["blue", "Blue"]],
                    },
                    {"name": "card", "string": "Text of the card", "type": "char"},
                ],
            }
        )

    def _special(self, order, **values):
        return {
            "kind": "special",
            "request_type_id": self.wrap.id,
            "request_values": {"colour": "red", "card": "For Paula", **values},
        }

    def _asked(self, *kinds, order=None):
        order = order or self._confirmed()
        return self._submitted(order, self._special(order), *kinds)

    def test_values_in_words(self):
        change = self._asked()
        line = change.line_ids
        self.assertEqual(
            line.new_value, "Gift wrap; Colour: Red; Text of the card: For Paula"
        )
        self.assertIn("Gift wrap", change.summary)

    def test_its_team_is_asked_in_time(self):
        # A Monday; the company works from 8 to 17 with an hour at noon.
        with freeze_time("2026-03-02 09:00:00"):
            change = self._asked()
            calendar = self.company.resource_calendar_id
            due = calendar.plan_hours(4, datetime(2026, 3, 2, 9), compute_leaves=True)
        self.assertEqual(change.request_team_id, self.team)
        self.assertEqual(change.request_due, due or datetime(2026, 3, 2, 13))
        activity = change.sudo().activity_ids
        self.assertEqual(activity.user_id, self.wrapper)
        self.assertEqual(activity.date_deadline, change.request_due.date())
        self.assertIn("For Paula", activity.note)

    def test_late_ones_are_found(self):
        change = self._asked()
        now = change.request_due + timedelta(minutes=1)
        late = [("state", "=", "submitted"), ("request_due", "<", now)]
        self.assertIn(change, self.env["sales.order.change"].search(late))

    def test_answered_by_a_member_who_has_no_right_to_the_order(self):
        change = self._asked()
        order = change.order_id
        mine = change.with_user(self.helper)
        with self.assertRaises(AccessError):
            order.with_user(self.helper).check_access("write")
        self.assertEqual(mine.line_ids.new_value, change.line_ids.new_value)
        terms = order._get_change_terms()
        mine.action_answer(outcome="Wrapped in red")
        self._flush()
        self.assertEqual((change.state, change.outcome), ("applied", "Wrapped in red"))
        self.assertEqual(order._get_change_terms(), terms)
        codes = self.env["sales.audit.event"].search(
            [("model", "=", change._name), ("res_id", "=", change.id)]
        )
        self.assertIn("change.answered", codes.mapped("code"))

    def test_nobody_else_answers(self):
        change = self._asked().with_user(
            self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        )
        with self.assertRaises(AccessError):
            change.action_answer(outcome="Done")

    def test_not_applied_before_it_is_answered(self):
        change = self._asked()
        with self.assertRaises(ChangeError) as refusal, self.cr.savepoint():
            change.action_apply()
        self.assertEqual(refusal.exception.context["field"], "outcome")
        for outcome in ("", "  "):
            with self.assertRaises(ChangeError), self.cr.savepoint():
                change.action_answer(outcome=outcome)
        self.assertEqual(change.state, "submitted")

    def test_within_the_limits_it_waits_for_the_answer(self):
        self.env["sales.change.policy"].create(
            {
                "name": "Free",
                "limit_changes": True,
                "sequence": -1,
                "company_id": self.company.id,
            }
        )
        change = self._asked("instructions")
        self.assertEqual(change.state, "submitted")
        change.with_user(self.wrapper).action_answer(outcome="Wrapped")
        self._flush()
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.order_id.delivery_instructions, "Leave it at the gate")

    def test_more_than_the_wish_is_the_salespersons_to_apply(self):
        change = self._asked("instructions")
        change.with_user(self.wrapper).action_answer(outcome="Wrapped")
        self._flush()
        self.assertEqual(change.state, "submitted")
        self.assertFalse(change.order_id.delivery_instructions)
        change.action_apply()
        self.assertEqual(change.order_id.delivery_instructions, "Leave it at the gate")

    def test_only_special_requests_are_answered(self):
        change = self._submitted(self._confirmed(), "quantity")
        with self.assertRaises(ChangeError) as refusal:
            change.action_answer(outcome="Done")
        self.assertEqual(refusal.exception.context["rule"], "special")

    def test_it_leads_to_changes_of_the_order(self):
        change = self._asked()
        action = change.action_follow_up()
        context = action["context"]
        self.assertEqual(context["default_origin_id"], change.id)
        more = self._new_change(
            change.order_id, "add", origin_id=context["default_origin_id"]
        )
        self.assertEqual(change.spawned_ids, more)
        change.action_answer(outcome="Needs a box")
        more.action_revise()
        more.action_submit()
        more.action_apply()
        self._flush()
        self.assertEqual(more.line_ids.new_line_id.product_id, self.other)

    def test_two_wishes_in_one_request(self):
        card = self.wrap.copy({"name": "Card"})
        order = self._confirmed()
        row = {**self._special(order), "request_type_id": card.id}
        change = self._submitted(order, self._special(order), row)
        self.assertEqual(len(change.line_ids), 2)
        with self.assertRaises(ChangeError) as refusal:
            self._new_change(order, row, row).action_submit()
        self.assertEqual(refusal.exception.context["rule"], "twice")

    def test_by_a_program(self):
        order = self._confirmed()
        api = self.env["sales.order.api"].with_user(self.salesman)
        data = api.request_change_of_order(
            name=order.name,
            changes=[
                {
                    "kind": "special",
                    "request_type": "Gift wrap",
                    "values": {"Colour": "blue"},
                }
            ],
            reason="It is a gift",
        )
        self.assertEqual(data["state"], "submitted")
        self.assertIn("Blue", data["lines"][0]["after"])
        data = api.answer_change(
            number=data["number"],
            outcome="A box is needed",
            changes=[{"kind": "add", "product": "CHG-B", "quantity": 1}],
        )
        self.assertEqual(
            (data["state"], data["outcome"]), ("applied", "A box is needed")
        )
        self.assertEqual(len(data["led_to"]), 1)
        more = order.change_ids.filtered("origin_id")
        self.assertEqual(more.name, data["led_to"][0])
        self.assertEqual(more.line_ids.product_id, self.other)
