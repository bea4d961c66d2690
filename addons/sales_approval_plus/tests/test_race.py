import threading

from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_order_plus.exceptions import GuardError

from .common_race import ApprovalRaceCommon

NOISE = ("odoo.sql_db", "odoo.service.model")
DONE = "done"


@tagged("post_install", "-at_install")
class TestRace(ApprovalRaceCommon):
    """People with connections of their own who decide at the same moment."""

    def _run_at_once(self, *works):
        """Run (name, work) pairs, each in a transaction that began before any ended.

        Repeat what collides, as the server does; return {name: done or the refusal}.
        """
        barrier, outcomes = threading.Barrier(len(works)), {}

        def run(name, work):
            try:
                with self._open(self.users[name.split()[0]]) as env:
                    env.cr.execute("SELECT 1")
                    barrier.wait(30)
                    retrying(lambda: work(env), env)
                outcomes[name] = DONE
            except Exception as error:  # noqa: BLE001 compared by the tests
                outcomes[name] = error

        threads = [threading.Thread(target=run, args=work) for work in works]
        with mute_logger(*NOISE):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        return outcomes

    def _approve(self, order_id):
        return lambda env: env["sale.order"].browse(order_id).action_approve()

    def _reject(self, order_id):
        return lambda env: env["sale.order"].browse(order_id).action_reject("No")

    def _get_result(self, order_id):
        """Return the order's state and requests, votes and counted events."""
        with self._open() as env:
            order = env["sale.order"].browse(order_id)
            events = env["sales.audit.event"].search(
                [("model", "=", "sale.order"), ("res_id", "=", order_id)]
            )
            requests = order.approval_request_ids
            codes = events.mapped("code")
            return {
                "order": order.state,
                "requests": requests.mapped("state"),
                "voters": sorted(requests.vote_ids.user_id.ids),
                "votes": sum(requests.mapped("vote_count")),
                "cast": codes.count("vote.cast"),
                "confirmed": codes.count("order.confirmed"),
                "approved": codes.count("approval.approved"),
            }

    def _get_ids(self, *names):
        return sorted(self.users[name] for name in names)

    # === Votes === #

    def test_all_vote_at_once(self):
        """No vote is lost, and the signed order is confirmed once, by the last one."""
        self._set_mode("all")
        order_id = self._new_order(signed=True)
        names = ("ann", "bob", "cid")
        outcomes = self._run_at_once(*((n, self._approve(order_id)) for n in names))
        self.assertEqual(outcomes, dict.fromkeys(names, DONE))
        self.assertEqual(
            self._get_result(order_id),
            {
                "order": "sale",
                "requests": ["approved"],
                "voters": self._get_ids(*names),
                "votes": 3,
                "cast": 3,
                "confirmed": 1,
                "approved": 1,
            },
        )

    def test_quorum_is_met_once(self):
        """Of three votes at once for a quorum of two, one comes too late."""
        self._set_mode("quorum", 2)
        order_id = self._new_order(signed=True)
        names = ("ann", "bob", "cid")
        outcomes = self._run_at_once(*((n, self._approve(order_id)) for n in names))
        late = [error for error in outcomes.values() if error != DONE]
        self.assertEqual(len(late), 1, outcomes)
        self.assertIsInstance(late[0], UserError)
        result = self._get_result(order_id)
        voted = [name for name in names if outcomes[name] == DONE]
        self.assertEqual(result["voters"], self._get_ids(*voted))
        self.assertEqual((result["votes"], result["cast"]), (2, 2))
        self.assertEqual((result["order"], result["confirmed"]), ("sale", 1))
        self.assertEqual((result["requests"], result["approved"]), (["approved"], 1))

    def test_the_same_person_votes_twice_at_once(self):
        """Two tabs of one browser."""
        self._set_mode("quorum", 2)
        order_id = self._new_order(signed=True)
        vote = self._approve(order_id)
        outcomes = self._run_at_once(("ann", vote), ("ann again", vote))
        self.assertEqual(list(outcomes.values()).count(DONE), 1, outcomes)
        result = self._get_result(order_id)
        self.assertEqual(result["voters"], self._get_ids("ann"))
        self.assertEqual((result["order"], result["requests"]), ("draft", ["pending"]))

    def test_approve_and_reject_at_once(self):
        """One of them decides, the other is told that it is decided."""
        order_id = self._new_order(signed=True)
        outcomes = self._run_at_once(
            ("ann", self._approve(order_id)), ("bob", self._reject(order_id))
        )
        winner = [name for name, outcome in outcomes.items() if outcome == DONE]
        self.assertEqual(len(winner), 1, outcomes)
        result = self._get_result(order_id)
        self.assertEqual(result["voters"], self._get_ids(*winner))
        self.assertEqual((result["votes"], result["cast"]), (1, 1))
        self.assertEqual(
            (result["requests"], result["order"], result["confirmed"]),
            (["approved"], "sale", 1)
            if winner == ["ann"]
            else (["rejected"], "draft", 0),
        )
        [other] = set(outcomes.values()) - {DONE}
        self.assertIsInstance(other, UserError)

    def test_withdrawn_while_approved(self):
        order_id = self._new_order(signed=True)
        outcomes = self._run_at_once(
            ("ann", self._approve(order_id)),
            ("sam", lambda env: env["sale.order"].browse(order_id).action_withdraw()),
        )
        result = self._get_result(order_id)
        self.assertEqual(list(outcomes.values()).count(DONE), 1, outcomes)
        expected = ("sale", ["approved"])
        if outcomes["sam"] == DONE:
            expected = ("draft", ["withdrawn"])
        self.assertEqual((result["order"], result["requests"]), expected)

    # === Submitting === #

    def test_two_submits_at_once(self):
        order_id = self._new_order(submitted=False)

        def submit(env):
            env["sale.order"].browse(order_id).action_submit_for_approval()

        outcomes = self._run_at_once(("sam", submit), ("sam again", submit))
        refused = [error for error in outcomes.values() if error != DONE]
        self.assertEqual(len(refused), 1, outcomes)
        self.assertIsInstance(refused[0], UserError)
        self.assertRegex(str(refused[0]), "submitted for approval a moment|waits for")
        self.assertEqual(self._get_result(order_id)["requests"], ["pending"])

    # === Automatic approval === #

    def test_cap_is_used_once(self):
        """Two orders of one customer at the same moment: 80 each, 100 a day."""
        with self._open() as env:
            policy = env["sales.approval.policy"].create(
                {
                    "name": "Race, automatic",
                    "sequence": 1,
                    "outcome": "auto",
                    "domain": f"[('partner_id', '=', {self.partner_id})]",
                    "daily_cap": 100,
                }
            )
        self.made.insert(0, (policy._name, policy.ids))
        order_ids = [self._new_order(submitted=False) for _ in range(2)]

        def confirm(order_id):
            return lambda env: env["sale.order"].browse(order_id).action_confirm()

        outcomes = self._run_at_once(
            ("sam", confirm(order_ids[0])), ("sam again", confirm(order_ids[1]))
        )
        self.assertEqual(list(outcomes.values()).count(DONE), 1, outcomes)
        [refusal] = set(outcomes.values()) - {DONE}
        self.assertIn("Submit for Approval", str(refusal))

    def test_state_written_past_the_buttons(self):
        order_id = self._new_order()
        with self.assertRaises(GuardError), self._open(self.users["sam"]) as env:
            env["sale.order"].browse(order_id).write({"state": "sale"})
        self.assertEqual(self._get_result(order_id)["order"], "draft")
        with self._open() as env:
            events = env["sales.audit.event"].search([("res_id", "=", order_id)])
            event = events.filtered(lambda one: one.code == "guard.refused")
            self.assertEqual(event.user_id.id, self.users["sam"])
            self.assertTrue(event.is_security and event.data["direct"])

    # === What was approved is what is confirmed === #

    def _assert_no_way_around(self, worsen):
        """Confirm an approved order while ``worsen`` changes it."""
        order_id = self._new_order()
        with self._open(self.users["ann"]) as env:
            self._approve(order_id)(env)
        outcomes = self._run_at_once(
            ("sam", lambda env: env["sale.order"].browse(order_id).action_confirm()),
            ("sam again", lambda env: worsen(env["sale.order"].browse(order_id))),
        )
        with self._open() as env:
            order = env["sale.order"].browse(order_id)
            metrics = order._get_approval_metrics({"discount"})[order_id]
            if order.state == "sale":
                self.assertLessEqual(metrics["discount"], 20, outcomes)
        self.assertEqual(list(outcomes.values()).count(DONE), 1, outcomes)

    def test_two_free_lines_at_once_on_a_confirmed_order(self):
        """Each alone stays below the limit, both together do not."""
        order_id = self._new_order(submitted=False)
        product_id = self.product_id
        with self._open(self.users["sam"]) as env:
            order = env["sale.order"].browse(order_id)
            order.order_line.write({"discount": 0, "product_uom_qty": 10})
            order.action_confirm()

        def add(env):
            env["sale.order.line"].create(
                {"order_id": order_id, "product_id": product_id, "price_unit": 0}
            )

        outcomes = self._run_at_once(("sam", add), ("sam again", add))
        refused = [error for error in outcomes.values() if error != DONE]
        self.assertEqual(len(refused), 1, outcomes)
        self.assertIn("may not be made worse", str(refused[0]))

    def test_line_made_worse_while_confirming(self):
        self._assert_no_way_around(
            lambda order: order.order_line.write({"discount": 60})
        )

    def test_free_line_added_while_confirming(self):
        """It changes no amount, so not even the totals of the order collide."""
        product_id = self.product_id
        self._assert_no_way_around(
            lambda order: order.env["sale.order.line"].create(
                {"order_id": order.id, "product_id": product_id, "price_unit": 0}
            )
        )

    # === The cache of policies === #

    def test_an_old_picture_does_not_fill_the_cache(self):
        """A policy that is new is not hidden by who began before it was there."""

        def get_ids(env):
            policies = env["sales.approval.policy"]
            return policies._get_active(env.company)._ids

        with self._open() as old:
            old.cr.execute("SELECT 1 FROM sales_approval_policy LIMIT 1")
            with self._open() as env:
                policy = env["sales.approval.policy"].browse(self.policy_id)
                policy.active = False
            # Reads after the commit has cleared the cache, what was before it.
            self.assertIn(self.policy_id, get_ids(old))
            with self._open() as env:
                self.assertNotIn(self.policy_id, get_ids(env))
