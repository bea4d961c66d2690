from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_deadline import DeadlineCommon
from .common_race import ApprovalRaceCommon

LOGGER = "odoo.addons.sales_approval_plus.models.sales_due_mixin"


@tagged("post_install", "-at_install")
class TestReminder(DeadlineCommon):
    """First after an hour, then every two, three in all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step.write({"reminder_first": 1, "reminder_every": 2, "reminder_max": 3})

    def _run_day(self, day="2026-06-01"):
        for hour in range(9, 24):
            for minute in (0, 15, 30, 45):
                self._run_at(f"{day} {hour:02}:{minute:02}")

    def test_exactly_three(self):
        order = self._submit_at("09:00")
        seen = []
        for moment in ("09:59", "10:00", "11:59", "12:00", "13:59", "14:00", "23:00"):
            self._run_at(moment, times=2)
            seen.append(self._get_reminded(self.ann))
        self.assertEqual(seen, [0, 1, 1, 2, 2, 3, 3])
        self._run_at("2026-06-20 10:00")
        self.assertEqual(self._get_reminded(self.ann), 3)
        line = self._get_line(order)
        self.assertRecordValues(
            line, [{"reminder_count": 3, "remind_at": False, "next_action_at": False}]
        )
        codes = self._get_codes(order, "approval.reminded")
        self.assertEqual(len(codes), 3)

    def test_job_every_quarter_of_an_hour(self):
        self._submit_at("09:07")
        self._run_day()
        self.assertEqual(self._get_reminded(self.ann), 3)

    def test_server_was_away(self):
        """No burst of what was missed: one now, the others at their distance."""
        line = self._get_line(self._submit_at("09:00"))
        self._run_at("20:00", times=3)
        self.assertEqual(self._get_reminded(self.ann), 1)
        self.assertEqual(str(line.remind_at), "2026-06-01 22:00:00")

    def test_only_those_who_have_not_decided(self):
        self.role.user_ids = self.ann + self.bob
        self.step.mode = "all"
        order = self._submit_at("09:00")
        self._approve(order, self.ann)
        self._run_at("10:00")
        self.assertFalse(self._get_reminded(self.ann))
        self.assertEqual(self._get_reminded(self.bob), 1)

    def test_delegate_is_reminded(self):
        with freeze_time("2026-06-01 08:00"):
            self.env["sales.approval.delegation"].create(
                {
                    "user_id": self.ann.id,
                    "delegate_id": self.cid.id,
                    "date_from": "2026-06-01",
                    "date_to": "2026-06-05",
                }
            )
        self._submit_at("09:00")
        self._run_at("10:00")
        self.assertEqual(self._get_reminded(self.cid), 1)

    def test_to_do_ticked_off_without_deciding_comes_back(self):
        request = self._get_request(self._submit_at("09:00"))
        request.activity_ids.with_user(self.ann).sudo(False).action_feedback()
        self.assertFalse(request.activity_ids)
        self._run_at("10:00")
        self.assertEqual(request.activity_ids.user_id, self.ann)
        self.assertEqual(len(self._get_messages(self.ann, "decision is needed")), 1)

    def test_message_opens_the_request_and_decides_nothing(self):
        request = self._get_request(self._submit_at("09:00"))
        self._run_at("10:00")
        body = self._get_messages(self.ann, "Reminder").body
        self.assertIn(f"/odoo/approvals/{request.id}", body)
        self.assertIn("High discount", body)
        self.assertNotIn("action_approve", body)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("sales_approval_plus.mail_template_approval_reminder")
        template.with_context(lang="fr_FR").subject = "Rappel Reminder"
        self.ann.lang = "fr_FR"
        self._submit_at("09:00")
        self._run_at("10:00")
        self.assertEqual(
            self._get_messages(self.ann, "Reminder").subject, "Rappel Reminder"
        )

    @mute_logger(LOGGER)
    def test_failure_in_the_middle(self):
        """Counters are undone together with the message."""
        line = self._get_line(self._submit_at("09:00"))
        request_class = self.env.registry["sales.approval.request"]
        send = request_class._send_one

        def send_and_fail(request, user, template):
            send(request, user, template)
            raise ValueError("killed")

        with patch.object(request_class, "_send_one", send_and_fail):
            self._run_at("10:00")
        self.assertEqual(line.reminder_count, 0)
        self.assertEqual(self._get_reminded(self.ann), 0)
        self._run_at("10:15", times=2)
        self.assertEqual(line.reminder_count, 1)
        self.assertEqual(self._get_reminded(self.ann), 1)


@tagged("post_install", "-at_install")
class TestDigest(DeadlineCommon):
    """One mail for all that waits, for those who want it so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step.write({"reminder_first": 1, "reminder_every": 1, "reminder_max": 9})
        cls.ann.approval_reminders = "digest"

    def _get_digests(self):
        return self.env["mail.mail"].search(
            [
                ("subject", "like", "approvals wait for you"),
                "|",
                ("recipient_ids", "in", self.ann.partner_id.ids),
                ("email_to", "like", self.ann.email),
            ]
        )

    def test_one_mail_for_five(self):
        orders = [self._submit_at("09:00") for _number in range(5)]
        self._run_at("10:00", times=2)
        digest = self._get_digests()
        self.assertEqual(len(digest), 1)
        self.assertEqual(digest.subject, "5 approvals wait for you")
        for order in orders:
            self.assertIn(order.name, digest.body_html)
            self.assertEqual(self._get_line(order).reminder_count, 1)
        self.assertFalse(self._get_reminded(self.ann))

    def test_not_more_often_than_every_four_hours(self):
        self._submit_at("09:00")
        for moment in ("10:00", "11:00", "12:00", "13:45"):
            self._run_at(moment)
            self.assertEqual(len(self._get_digests()), 1)
        self._run_at("14:00")
        self.assertEqual(len(self._get_digests()), 2)

    def test_others_get_their_own(self):
        self.role.user_ids = self.ann + self.bob
        self._submit_at("09:00")
        self._run_at("10:00")
        self.assertEqual(len(self._get_digests()), 1)
        self.assertEqual(self._get_reminded(self.bob), 1)

    def test_nothing_waits_any_more(self):
        order = self._submit_at("09:00")
        self._run_at("10:00")
        self._run_at("11:00")
        self.assertTrue(self.ann.approval_digest_wanted)
        self._approve(order, self.ann)
        self._run_at("15:00")
        self.assertEqual(len(self._get_digests()), 1)
        self.assertFalse(self.ann.approval_digest_wanted)

    def test_killed_before_the_digest(self):
        """The reminders were counted, so the next run sends what they promised."""
        line = self._get_line(self._submit_at("09:00"))
        users = self.env.registry["res.users"]
        with patch.object(users, "_send_approval_digests", lambda users: None):
            self._run_at("10:00")
        self.assertEqual(line.reminder_count, 1)
        self.assertFalse(self._get_digests())
        self._run_at("10:15", times=2)
        self.assertEqual(len(self._get_digests()), 1)
        self.assertEqual(line.reminder_count, 1)

    @mute_logger("odoo.addons.sales_approval_plus.models.res_users_reminder")
    def test_failure_stops_no_other(self):
        self.bob.approval_reminders = "digest"
        self.role.user_ids = self.ann + self.bob
        self._submit_at("09:00")
        users = self.env.registry["res.users"]
        send = users._send_approval_digest

        def fail(user):
            send(user)
            if user.id == self.bob.id:
                raise ValueError("killed")

        with patch.object(users, "_send_approval_digest", fail):
            self._run_at("10:00")
        self.assertEqual(len(self._get_digests()), 1)
        self.assertFalse(self.ann.approval_digest_wanted)
        self.assertTrue(self.bob.approval_digest_wanted)

    def test_everybody_chooses_for_himself(self):
        self.ann.with_user(self.ann).write({"approval_reminders": "each"})
        self.assertEqual(self.ann.approval_reminders, "each")
        for vals in ({"approval_digest_wanted": True}, {"approval_digest_on": False}):
            with self.assertRaises(AccessError):
                self.ann.with_user(self.ann).write(vals)
        with self.assertRaises(AccessError):
            self.bob.with_user(self.ann).write({"approval_reminders": "digest"})


@tagged("post_install", "-at_install")
class TestReminderRace(ApprovalRaceCommon):
    """Workers with transactions of their own."""

    def setUp(self):
        super().setUp()
        with self._open() as env:
            steps = env["sales.approval.policy"].browse(self.policy_id).step_ids
            steps.write(
                {"reminder_first": 1, "reminder_max": 1, "in_working_hours": False}
            )
        self.order_id = self._new_order()
        with self._open() as env:
            line = self._get_line(env)
            line.remind_at = line.opened_on
        self.addCleanup(self._remove_messages)

    def _remove_messages(self):
        with self._open() as env:
            self._get_messages(env).unlink()

    def _get_line(self, env):
        order = env["sale.order"].browse(self.order_id)
        return order.approval_request_ids.line_ids

    def _get_messages(self, env):
        partners = env["res.users"].browse(self.users["ann"]).partner_id
        return env["mail.message"].search([("partner_ids", "in", partners.ids)])

    def _get_reminded(self):
        with self._open() as env:
            subjects = self._get_messages(env).mapped("subject")
            return sum(subject.startswith("Reminder") for subject in subjects)

    def test_killed_before_the_commit(self):
        """A worker that dies has reminded nobody, and the next one does."""
        with self.assertRaises(KeyboardInterrupt), self._open() as env:
            self._get_line(env)._run_if_due()
            self.assertEqual(self._get_line(env).reminder_count, 1)
            env.flush_all()
            raise KeyboardInterrupt
        self.assertEqual(self._get_reminded(), 0)
        for _time in range(2):
            with self._open() as env:
                self._get_line(env)._run_if_due()
        self.assertEqual(self._get_reminded(), 1)

    def test_second_worker_leaves_it(self):
        with self._open() as first:
            self._get_line(first)._run_if_due()
            first.flush_all()
            with self._open() as second:
                self._get_line(second)._run_if_due()
        self.assertEqual(self._get_reminded(), 1)

    @mute_logger("odoo.sql_db")
    def test_done_by_another_after_this_one_began(self):
        with self._open() as late:
            line = self._get_line(late)
            self.assertTrue(line.next_action_at)
            with self._open() as quick:
                self._get_line(quick)._run_if_due()
            line._run_if_due()
        self.assertEqual(self._get_reminded(), 1)

    def test_decided_at_the_same_moment(self):
        """Who is just deciding is not reminded of it."""
        with self._open(self.users["ann"]) as voter:
            voter["sale.order"].browse(self.order_id).action_approve()
            voter.flush_all()
            with self._open() as env:
                self._get_line(env)._run_if_due()
        self.assertEqual(self._get_reminded(), 0)
