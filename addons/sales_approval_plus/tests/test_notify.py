from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_deadline import DeadlineCommon

CHANGED = "sales_approval/updated"


@tagged("post_install", "-at_install")
class TestNotify(DeadlineCommon):
    """Approvers are told at once: by message, in every tab, on the phone."""

    def _get_counters(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["sales.approval.request"].with_user(user).get_counters()

    def _get_announced(self, call):
        """Return the users whose tabs are told to count again by ``call``."""
        bus = self.env["bus.bus"].sudo()
        self.env.cr.flush()
        before = bus.search([], order="id desc", limit=1).id or 0
        call()
        self.env.cr.flush()
        found = bus.search([("id", ">", before), ("message", "like", CHANGED)])
        people = self.ann, self.bob, self.cid, self.salesman
        names = []
        for user in people:
            channel = f'"res.partner",{user.partner_id.id}]'
            names += [user.login] * len(
                found.filtered(lambda one, channel=channel: channel in one.channel)
            )
        return names

    # --- counters --- #

    def test_counter_follows_what_waits(self):
        orders = [self._new_submitted() for _number in range(3)]
        self.assertEqual(self._get_counters(self.ann)["to_approve"], 3)
        self.assertEqual(self._get_counters(self.bob)["to_approve"], 0)
        self._approve(orders[0], self.ann)
        self._reject(orders[1], self.ann)
        self.assertEqual(self._get_counters(self.ann)["to_approve"], 1)
        orders[2].action_withdraw()
        self.assertEqual(self._get_counters(self.ann)["to_approve"], 0)

    def test_overdue_is_counted(self):
        self.step.timeout_value = 4
        self._submit_at("09:00")
        self._submit_at("12:00")
        with freeze_time("2026-06-01 14:00"):
            counters = self._get_counters(self.ann)
        self.assertEqual(counters, {"to_approve": 2, "overdue": 1})

    def test_same_number_as_the_list(self):
        self.step.mode = "all"
        self.role.user_ids = self.ann + self.bob
        orders = [self._new_submitted() for _number in range(2)]
        self._approve(orders[0], self.ann)
        requests = self.env["sales.approval.request"]
        for user in (self.ann, self.bob, self.cid, self.salesman):
            mine = requests.with_user(user)
            listed = mine.search_count([("can_vote", "=", True)])
            self.assertEqual(self._get_counters(user)["to_approve"], listed)

    def test_who_reads_no_approval_counts_none(self):
        self._new_submitted()
        self.assertEqual(self._get_counters(self.portal_user)["to_approve"], 0)
        self.assertEqual(self._get_counters(self.storeman)["to_approve"], 0)

    def test_costs_one_query(self):
        """However many wait; two more look whether anybody delegates at all."""
        self._new_submitted()
        self._get_counters(self.ann)
        costs = []
        for _number in range(2):
            for _order in range(5):
                self._new_submitted()
            # What the registry and the transaction remember is known by then.
            self._get_counters(self.ann)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sales.approval.request"].with_user(self.ann).get_counters()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[0], 4, costs)

    # --- the bus --- #

    def test_every_change_is_announced_to_whom_it_concerns(self):
        order = self._new_discounted()
        told = self._get_announced(order.action_submit_for_approval)
        self.assertEqual(told, ["tsap_ann"])
        told = self._get_announced(lambda: self._approve(order, self.ann))
        self.assertEqual(set(told), {"tsap_ann"})
        self.assertFalse(
            self._get_announced(lambda: order.write({"client_order_ref": "x"}))
        )

    def test_second_level_is_told_when_it_opens(self):
        second = {"role_id": self.chief.id, "level": 2}
        self.policy.step_ids = [Command.create(second)]
        order = self._new_discounted()
        told = self._get_announced(order.action_submit_for_approval)
        self.assertEqual(told, ["tsap_ann"])
        told = self._get_announced(lambda: self._approve(order, self.ann))
        self.assertEqual(set(told), {"tsap_ann", "tsap_bob"})

    def test_many_changes_are_one_message(self):
        orders = self.env["sale.order"].union(
            *(self._new_discounted() for _number in range(3))
        )
        told = self._get_announced(orders.action_submit_for_approval)
        self.assertLessEqual(len(told), 3)

    def test_message_holds_nothing(self):
        self._new_submitted()
        self.env.cr.flush()
        message = self.env["bus.bus"].search(
            [("message", "like", CHANGED)], order="id desc", limit=1
        )
        self.assertIn('"payload":{}', message.message.replace(" ", ""))

    def test_delegate_is_told(self):
        self.env["sales.approval.delegation"].create(
            {
                "user_id": self.ann.id,
                "delegate_id": self.cid.id,
                "date_from": "2000-01-01",
                "date_to": "2100-01-01",
            }
        )
        order = self._new_discounted()
        told = self._get_announced(order.action_submit_for_approval)
        self.assertEqual(set(told), {"tsap_ann", "tsap_cid"})
        self.assertEqual(self._get_counters(self.cid)["to_approve"], 1)

    # --- messages --- #

    def test_one_message_when_asked(self):
        """Ours, not another one of the to-do."""
        order = self._new_submitted()
        request = self._get_request(order)
        messages = self.env["mail.message"].search(
            [
                ("model", "=", request._name),
                ("res_id", "=", request.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(len(messages), 1)
        self.assertEqual(messages.partner_ids, self.ann.partner_id)
        self.assertIn(order.name, messages.subject)
        self.assertIn(f"/odoo/approvals/{request.id}", messages.body)
        notification = messages.notification_ids
        self.assertEqual(notification.res_partner_id, self.ann.partner_id)
        self.assertEqual(notification.notification_type, "email")

    def test_inbox_of_who_prefers_it(self):
        self.ann.notification_type = "inbox"
        request = self._get_request(self._new_submitted())
        notification = self.env["mail.notification"].search(
            [
                ("mail_message_id.model", "=", request._name),
                ("mail_message_id.res_id", "=", request.id),
            ]
        )
        self.assertEqual(notification.mapped("notification_type"), ["inbox"])

    # --- SMS --- #

    def _get_texts(self, user):
        if "sms.sms" not in self.env:
            return 0
        return self.env["sms.sms"].search_count(
            [("partner_id", "=", user.partner_id.id)]
        )

    def test_text_message_where_the_step_says_so(self):
        """Queued where Odoo's SMS app is there; without it nothing fails."""
        self.ann.partner_id.phone = "+32 470 12 34 56"
        self._new_submitted()
        self.assertEqual(self._get_texts(self.ann), 0)
        self.step.notify_sms = True
        request = self._get_request(self._new_submitted())
        self.assertEqual(self._get_texts(self.ann), int("sms.sms" in self.env))
        self.assertEqual(self.step.can_sms, "sms.sms" in self.env)
        self.assertIn("470", request._get_sms_number(self.ann))
        vals = request._prepare_sms_vals(self.ann, "+32 470 12 34 56")
        self.assertIn(request._get_link(), vals["body"])

    def test_no_text_message_without_a_number(self):
        self.step.notify_sms = True
        self.ann.partner_id.phone = False
        request = self._get_request(self._new_submitted())
        self.assertFalse(request._get_sms_number(self.ann))
        self.assertEqual(self._get_texts(self.ann), 0)


@tagged("post_install", "-at_install")
class TestDashboard(DeadlineCommon):
    """What waits, by deadline and by role."""

    def setUp(self):
        super().setUp()
        self.step.timeout_value = 4
        self.late = self._submit_at("09:00")
        self.today = self._submit_at("12:00")
        self.step.write({"timeout_value": 9, "timeout_unit": "days"})
        self.later = self._submit_at("12:00")
        self.step.timeout_value = 0
        self.free = self._submit_at("12:00")
        self.orders = self.late + self.today + self.later + self.free

    def test_my_approvals_by_deadline(self):
        requests = self.env["sales.approval.request"].with_user(self.ann)
        with freeze_time("2026-06-01 14:00"):
            found = requests.web_read_group(
                [("can_vote", "=", True)], ["due_state"], ["__count"]
            )
        self.assertEqual(
            [(group["due_state"], group["__count"]) for group in found["groups"]],
            [("overdue", 1), ("today", 1), ("later", 1), ("none", 1)],
        )

    def test_each_group_holds_what_it_says(self):
        mine = [("sale_order_id", "in", self.orders.ids)]
        with freeze_time("2026-06-01 14:00"):
            for order, state in zip(
                self.orders, ("overdue", "today", "later", "none"), strict=True
            ):
                request = self._get_request(order)
                request.invalidate_recordset(["due_state"])
                self.assertEqual(request.due_state, state)
                found = request.search([("due_state", "=", state), *mine])
                self.assertEqual(found, request)

    def test_end_of_the_day_is_that_of_the_user(self):
        """Due at 16:00 in London is tomorrow already in Auckland."""
        request = self._get_request(self.today)
        with freeze_time("2026-06-01 11:00"):
            states = []
            for zone in ("Europe/London", "Pacific/Auckland"):
                self.env.invalidate_all()
                states.append(request.with_context(tz=zone).due_state)
        self.assertEqual(states, ["today", "later"])

    def test_open_ones_by_role(self):
        self._approve(self.free, self.ann)
        lines = self.env["sales.approval.line"].with_user(self.manager)
        with freeze_time("2026-06-01 14:00"):
            counts = lines._read_group(
                [
                    ("state", "=", "open"),
                    ("request_id.sale_order_id", "in", self.orders.ids),
                ],
                groupby=["role_id", "due_state"],
                aggregates=["__count"],
            )
        self.assertEqual(
            {(role.name, state): count for role, state, count in counts},
            {
                ("Management", "overdue"): 1,
                ("Management", "today"): 1,
                ("Management", "later"): 1,
            },
        )

    def test_amount_by_salesperson(self):
        lines = self.env["sales.approval.line"].with_user(self.manager)
        [(user, amount)] = lines._read_group(
            [("request_id.sale_order_id", "in", self.orders.ids)],
            groupby=["user_id"],
            aggregates=["amount:sum"],
        )
        self.assertEqual(user, self.salesman)
        self.assertEqual(amount, 4 * 80)

    def test_views_open(self):
        actions = {
            "sales_approval_request_my_action": self.ann,
            "sales_approval_line_action_open": self.manager,
        }
        for name, user in actions.items():
            action = self.env.ref(f"sales_approval_plus.{name}")
            views = [(False, kind) for kind in action.view_mode.split(",")]
            model = self.env[action.res_model].with_user(user)
            loaded = model.get_views([*views, (False, "search")])["views"]
            self.assertIn("search", loaded)

    def test_dashboard_shows_what_one_may_read(self):
        lines = self.env["sales.approval.line"]
        self.assertFalse(lines.with_user(self.bob).search([("state", "=", "open")]))
        with self.assertRaises(AccessError):
            lines.with_user(self.storeman).search([])
