from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import ApprovalCommon

START = datetime(2026, 3, 2, 8)
PERIOD = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
REASON = "The customer's production stands still without it"


class ReportCommon(ApprovalCommon):
    """Ten requests of March 2026, whose numbers are counted by hand.

    ====  ==========  ================  ========================================
    no.   submitted   policies          what became of it
    ====  ==========  ================  ========================================
    1-4   2nd, 8:00   discount          approved by Ann after 1, 2, 3 and 4 hours
    5     2nd, 8:00   discount          rejected by Ann after 6 hours
    6     2nd, 14:00  discount          no. 5 again, as 10 % less: approved after 8
    7     2nd, 8:00   discount, amount  Ann after 2, then Bob after 10: approved
    8     2nd, 8:00   discount, amount  Ann after 5 hours, Bob rejects 3 hours later
    9     2nd, 8:00   discount          overridden by Eve after 2 hours
    10    2nd, 8:00   discount          waits for Ann
    ====  ==========  ================  ========================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "UTC"
        cls.finance = cls._new_role("Finance", cls.bob)
        cls.large = cls._new_policy(
            {"role_id": cls.finance.id, "level": 2}, name="Large", amount=5000
        )
        cls.eve = new_test_user(
            cls.env,
            "tsap_eve",
            groups="sales_team.group_sale_salesman_all_leads,"
            "sales_approval_plus.group_approval_override",
        )
        cls.auditor = new_test_user(
            cls.env, "tsap_aud", groups="sales_order_plus.group_sales_auditor"
        )
        cls.report = cls.env["sales.approval.report"]
        # What the database had before is not counted.
        cls.own = [("partner_id", "=", cls.customer.id)]

    def setUp(self):
        super().setUp()
        self._seed()
        self.env.flush_all()
        self.env.invalidate_all()

    def _at(self, hours):
        return freeze_time(START + timedelta(hours=hours))

    def _seed(self):
        with self._at(0):
            orders = [self._new_submitted(discount=30) for _number in range(7)]
            large = [self._new_submitted(quantity=100) for _number in range(2)]
        for hours, order in enumerate(orders[:4], start=1):
            with self._at(hours):
                self._approve(order, self.ann)
        with self._at(6):
            self._reject(orders[4], self.ann)
            orders[4].order_line.discount = 20
            orders[4].action_submit_for_approval()
        with self._at(14):
            self._approve(orders[4], self.ann)
        for order, hours in zip(large, (2, 5), strict=True):
            with self._at(hours):
                self._approve(order, self.ann)
        with self._at(12):
            self._approve(large[0], self.bob)
        with self._at(8):
            self._reject(large[1], self.bob)
        with self._at(2):
            orders[5].with_user(self.eve).action_override_approval(
                reason=REASON, category="absence"
            )
        self.orders, self.large_orders = orders, large

    def _group(self, groupby, *aggregates, domain=()):
        groups = self.report._read_group(
            [*self.own, *domain], [groupby] if groupby else [], aggregates
        )
        return {group[0]: list(group[1:]) for group in groups} if groupby else groups[0]


@tagged("post_install", "-at_install")
class TestReport(ReportCommon):
    def test_requests_are_counted_once(self):
        rows = self.report.search(self.own)
        # Eight of one step, two of two.
        self.assertEqual(len(rows), 12)
        count, amount = self._group(None, "request_count:sum", "amount:sum")
        self.assertEqual(count, 10)
        # 6 x 70 + 1 x 70 (rejected) + 80 (again) + 2 x 8000
        self.assertAlmostEqual(amount, 7 * 70 + 80 + 2 * 8000)

    def test_hours_of_each_role(self):
        hours = self._group("role_id", "hours:avg")
        # Ann: 1, 2, 3, 4, 6, 8, 2, 5; the overridden step took 2, one is open.
        self.assertAlmostEqual(hours[self.role][0], (31 + 2) / 9)
        # Bob: 12 - 2 and 8 - 5.
        self.assertAlmostEqual(hours[self.finance][0], (10 + 3) / 2)

    def test_rejections_of_each_policy(self):
        rates = self._group("policy_ids", "request_count:sum", "rejection_rate:avg")
        # Nine decided, two of them rejected; of the large ones one of two.
        self.assertEqual(rates[self.policy][0], 10)
        self.assertAlmostEqual(rates[self.policy][1], 2 / 9)
        self.assertEqual(rates[self.large], [2, 0.5])

    def test_each_month(self):
        with freeze_time(datetime(2026, 4, 20, 10)):
            order = self._new_submitted()
        with freeze_time(datetime(2026, 4, 20, 14)):
            self._approve(order, self.ann)
        months = self._group(
            "submitted_on:month", "request_count:sum", "cycle_hours:avg"
        )
        (_march, march), (_april, april) = sorted(months.items())
        self.assertEqual(april, [1, 4.0])
        # 1, 2, 3, 4, 6, 8, 12, 8 and 2 hours
        self.assertEqual(march[0], 10)
        self.assertAlmostEqual(march[1], 46 / 9)

    def test_who_decided_what(self):
        decisions = self._group("decision", "__count")
        self.assertEqual(
            decisions,
            {"approve": [8], "reject": [2], "override": [1], "open": [1]},
        )
        deciders = self._group("decider_id", "__count")
        self.assertEqual(deciders[self.ann], [8])
        self.assertEqual(deciders[self.bob], [2])
        self.assertEqual(deciders[self.eve], [1])

    def test_open_steps_wait_until_now(self):
        with self._at(30):
            [waiting] = self.report.search([*self.own, ("decision", "=", "open")])
            self.assertAlmostEqual(waiting.hours_open, 30)
            self.assertFalse(waiting.hours)

    def test_later_reset_keeps_the_result(self):
        """An order that is set back to quotation does not change what was decided."""
        before = self._group("result", "request_count:sum", "cycle_hours:avg")
        with self._at(100):
            for order in (self.orders[0], self.orders[4], self.orders[5]):
                order._action_cancel()
                order.action_draft()
        self.env.invalidate_all()
        states = self.orders[0].approval_request_ids.mapped("state")
        self.assertEqual(states, ["superseded"])
        after = self._group("result", "request_count:sum", "cycle_hours:avg")
        before["overridden"][1] = after["overridden"][1] = None
        self.assertEqual(after, before)

    def test_row_without_steps(self):
        order = self._new_discounted()
        with self._at(1):
            order.with_user(self.eve).action_override_approval(
                reason=REASON, category="absence"
            )
        row = self.report.search([("sale_order_id", "=", order.id)])
        self.assertEqual(row.decision, "override")
        self.assertEqual(row.policy_ids, self.policy)
        self.assertEqual(row.request_count, 1)
        self.assertEqual(
            row.action_open_request()["res_id"], self._get_request(order).id
        )

    def test_approved_by_a_policy(self):
        """It counts as automatic, and not among the times of people."""
        before = self._group(None, "cycle_hours:avg")
        self._new_policy(name="Small", sequence=1, outcome="auto", discount=15)
        order = self._new_discounted(quantity=2)
        order.action_confirm()
        row = self.report.search([("sale_order_id", "=", order.id)])
        self.assertEqual(row.decision, "automatic")
        self.assertTrue(row.automatic)
        rate, *after = self._group(None, "automatic_rate:avg", "cycle_hours:avg")
        self.assertAlmostEqual(rate, 1 / 10)
        self.assertEqual(after, [*before])

    def test_on_time(self):
        """Four hours to decide: after three, after six, and not yet after ten."""
        self.policy.step_ids.write({"timeout_value": 4, "timeout_unit": "hours"})
        self.policy.step_ids.in_working_hours = False
        with self._at(100):
            early, late, _open = (self._new_submitted() for _number in range(3))
        with self._at(103):
            self._approve(early, self.ann)
        with self._at(106):
            self._approve(late, self.ann)
        steps = [("due_at", "!=", False)]
        with self._at(103.5):
            rates = self._group("decision", "on_time_rate:avg", domain=steps)
            self.assertIs(rates["open"][0], False)
        self.env.invalidate_all()
        with self._at(110):
            rates = self._group("decision", "on_time_rate:avg", domain=steps)
            self.assertEqual(rates, {"approve": [0.5], "open": [0.0]})
            kpis = self.report._get_kpis(date(2026, 3, 1), date(2026, 3, 31))
        self.assertEqual((kpis["steps_due"], kpis["on_time_rate"]), (3, 33.33))

    def test_approved_on_conditions(self):
        order = self._new_submitted()
        condition = {"kind": "text", "text": "Call the customer"}
        order.approval_request_ids.with_user(self.ann).sudo(False).action_approve(
            conditions=[condition]
        )
        row = self.report.search([("sale_order_id", "=", order.id)])
        self.assertEqual((row.result, row.rejection_rate), ("conditional", 0.0))
        self.assertTrue(row.request_decided_on)

    def test_who_reads_it(self):
        for user in (self.colleague, self.manager, self.auditor):
            self.assertEqual(self.report.with_user(user).search_count(self.own), 12)
        for user in (self.salesman, self.ann, self.portal_user):
            with self.assertRaises(AccessError):
                self.report.with_user(user).search(self.own)

    def test_nobody_writes_it(self):
        row = self.report.with_user(self.manager).search(self.own, limit=1)
        with self.assertRaises(AccessError):
            row.write({"level": 2})
        with self.assertRaises(AccessError):
            row.unlink()

    def test_another_company(self):
        second = self.env["res.company"].create({"name": "Second"})
        stranger = new_test_user(
            self.env,
            "tsap_stranger",
            groups="sales_team.group_sale_manager",
            company_id=second.id,
            company_ids=[Command.set(second.ids)],
        )
        self.assertFalse(self.report.with_user(stranger).search(self.own))

    def test_views(self):
        views = [(False, kind) for kind in ("pivot", "graph", "list", "search")]
        self.assertEqual(
            len(self.report.with_user(self.manager).get_views(views)["views"]), 4
        )


@tagged("post_install", "-at_install")
class TestKpis(ReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own: what the database had before is not counted.
        others = cls.env["sales.approval.request"].search([])
        cls.known = len(others.filtered(lambda one: one.state == "pending"))

    def _get_kpis(self, user=None, **values):
        api = self.env["sales.order.api"].with_user(user or self.manager)
        return api.get_kpis(**{**PERIOD, **values})

    def test_hand_count(self):
        with self._at(50):
            kpis = self._get_kpis()
        self.assertEqual((kpis["requests"], kpis["decided"]), (10, 9))
        # Sorted: 1, 2, 2, 3, 4, 6, 8, 8, 12; ninety percent: 8 + 0.2 x 4
        self.assertEqual(kpis["cycle_hours_p50"], 4.0)
        self.assertEqual(kpis["cycle_hours_p90"], 8.8)
        self.assertEqual(kpis["cycle_hours_avg"], round(46 / 9, 2))
        self.assertEqual(kpis["rejection_rate"], 22.22)
        self.assertEqual(kpis["override_rate"], 11.11)
        self.assertEqual(kpis["automatic_rate"], 0.0)
        self.assertEqual(kpis["rework_rate"], 10.0)
        self.assertEqual(
            {row["policy"]: row["rejected"] for row in kpis["rejections_by_policy"]},
            {"High discount": 2, "Large": 1},
        )
        self.assertEqual(kpis["backlog"], self.known + 1)

    def test_same_as_the_report(self):
        kpis = self._get_kpis()
        month = [
            ("submitted_on", ">=", date(2026, 3, 1)),
            ("submitted_on", "<", date(2026, 4, 1)),
        ]
        [values] = self.report.with_user(self.manager)._read_group(
            month,
            [],
            ["request_count:sum", "cycle_hours:avg", "rework_rate:avg"],
        )
        self.assertEqual(kpis["requests"], values[0])
        self.assertAlmostEqual(kpis["cycle_hours_avg"], values[1], 2)
        self.assertAlmostEqual(kpis["rework_rate"], 100 * values[2], 2)

    def test_same_as_the_page(self):
        page = Form(self.env["sales.approval.dashboard"].with_user(self.manager))
        page.date_from, page.date_to = PERIOD.values()
        kpis = self._get_kpis()
        page = page.save()
        for name in page._get_kpi_names():
            if name != "backlog_oldest_hours":
                self.assertAlmostEqual(page[name], kpis[name], 2, name)
        self.assertIn("High discount: 2 of 9", page.rejections_by_policy)
        action = page.action_view_requests()
        self.assertEqual(
            self.report._read_group(action["domain"], [], ["request_count:sum"])[0][0],
            kpis["requests"],
        )

    def test_first_and_last_day_in_the_zone_of_the_user(self):
        """The second of March, 8:00 UTC, is the first in Honolulu: 22:00."""
        self.manager.tz = "Pacific/Honolulu"
        day = {"date_from": "2026-03-01", "date_to": "2026-03-01"}
        self.assertEqual(self._get_kpis(**day)["requests"], 9)
        self.manager.tz = "UTC"
        self.assertEqual(self._get_kpis(**day)["requests"], 0)

    def test_empty_period(self):
        kpis = self._get_kpis(date_from="1999-01-01", date_to="1999-01-02")
        self.assertEqual((kpis["requests"], kpis["cycle_hours_p90"]), (0, 0.0))

    def test_refused(self):
        with self.assertRaisesRegex(UserError, "date_from: “soon” is no day"):
            self._get_kpis(date_from="soon")
        with self.assertRaisesRegex(UserError, "date_to: .* is before"):
            self._get_kpis(date_to="2026-02-01")
        for user in (self.salesman, self.ann):
            with self.assertRaises(AccessError):
                self._get_kpis(user=user)


@tagged("post_install", "-at_install")
class TestDigest(ReportCommon):
    def _get_count(self, user, hours):
        digest = self.env["digest.digest"].sudo().create({"name": "Test"})
        digest = (
            digest.with_user(user)
            .sudo(False)
            .with_context(
                start_datetime=START - timedelta(days=1),
                end_datetime=START + timedelta(hours=hours),
            )
        )
        return digest.kpi_sales_approvals_value

    def test_waiting_at_the_end_of_the_period(self):
        # After 5.5 hours: no. 5 and 10, and both large ones wait for Bob.
        before = self._get_count(self.manager, -1)
        self.assertEqual(self._get_count(self.manager, 5.5), before + 4)
        self.assertEqual(self._get_count(self.manager, 100), before + 1)
        # Bob was asked about the large ones only.
        self.assertEqual(self._get_count(self.bob, 5.5), 2)

    def test_not_for_others(self):
        clerk = new_test_user(self.env, "tsap_clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._get_count(clerk, 1)

    def test_tile_is_in_the_mail(self):
        digest = self.env.ref("digest.digest_digest_default")
        self.assertTrue(digest.kpi_sales_approvals)
        tiles = digest.with_user(self.manager)._compute_kpis(self.company, self.manager)
        names = [tile["kpi_name"] for tile in tiles]
        self.assertIn("kpi_sales_approvals", names)
