from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import SelfServiceRefusedError
from .common_charge import ChargeCommon

LOGGER = (
    "odoo.addons.sales_subscription_plus.models.charging"
    ".sales_subscription_period_charge"
)


@tagged("post_install", "-at_install")
class TestCharge(ChargeCommon):
    def test_charged_once_and_paid(self):
        subscription = self._new_charged()
        self._charge("2026-01-31 13:00:00")
        period = subscription.period_ids
        name = subscription.name.replace("/", "")
        self.assertEqual(self.asked, [(f"{name}-P1-A1", 50.0)])
        self.assertEqual(period.transaction_ids.state, "done")
        self.assertTrue(period.transaction_ids.is_post_processed)
        self.assertIn(period.move_id.payment_state, ("paid", "in_payment"))
        self.assertEqual(period.state, "paid")
        for _run in range(2):
            self._charge("2026-01-31 14:00:00")
        self.assertEqual(len(self.asked), 1)

    def test_the_demo_provider(self):
        self.answers = ["as told"]
        subscription = self._new_charged()
        self._charge("2026-01-31 13:00:00")
        attempt = subscription.period_ids.transaction_ids
        self.assertEqual((attempt.provider_code, attempt.state), ("demo", "done"))
        self.assertIn(attempt.reference, attempt.provider_reference)
        move = subscription.period_ids.move_id
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.token.demo_simulated_state = "error"
        self._bill("2026-02-28 12:00:00")
        self._charge("2026-02-28 13:00:00")
        self.assertEqual(subscription.state, "past_due")

    def test_who_pays_by_hand_is_not_charged(self):
        subscription = self._new_charged()
        subscription.payment_mode = "manual"
        self._charge("2026-01-31 13:00:00")
        self.assertFalse(self.asked)

    def test_what_is_left_to_pay(self):
        subscription = self._new_charged()
        move = subscription.period_ids.move_id
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {"amount": 20.0, "payment_difference_handling": "open"}
        )._create_payments()
        self._charge("2026-01-31 13:00:00")
        self.assertEqual([amount for _reference, amount in self.asked], [30.0])

    def test_a_shared_invoice_is_charged_once(self):
        self.monthly.consolidate = True
        one, two = self._new_charged(), self._new_charged()
        self._invoice("2026-01-31 12:30:00")
        self.assertEqual(one.period_ids.move_id, two.period_ids.move_id)
        self._charge("2026-01-31 13:00:00")
        self.assertEqual([amount for _reference, amount in self.asked], [100.0])
        self.assertEqual((one | two).period_ids.mapped("state"), ["paid", "paid"])

    def test_declined_it_is_past_due(self):
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._charge("2026-01-31 13:00:00")
        attempt = subscription.period_ids.transaction_ids
        self.assertEqual(attempt.sales_decline_class, "soft")
        self.assertEqual(subscription.state, "past_due")
        self.assertEqual(str(subscription.grace_until), "2026-02-07")
        for _run in range(2):
            self._charge("2026-01-31 14:00:00")
        self.assertEqual(len(self.asked), 1)

    def test_the_second_method_where_the_first_fails(self):
        self._add_steps((1, "retry"))
        self.answers = ["Insufficient funds", "done"]
        backup = self._new_token(details="1111")
        subscription = self._new_charged(backup_token_id=backup.id)
        self._charge("2026-01-31 13:00:00")
        self._dun("2026-02-01 13:00:00")
        attempts = subscription.period_ids.transaction_ids.sorted("id")
        self.assertEqual(attempts.token_id, self.token | backup)
        self.assertEqual(attempts.mapped("state"), ["error", "done"])
        self.assertEqual(subscription.state, "active")

    def test_pending_is_waited_for(self):
        self._add_steps((1, "retry"))
        self.answers = ["pending"]
        subscription = self._new_charged()
        self._charge("2026-01-31 13:00:00")
        self._charge("2026-02-01 13:00:00")
        self._dun("2026-02-01 13:00:00")
        self.assertEqual(len(self.asked), 1)
        attempt = subscription.period_ids.transaction_ids
        attempt._set_done()
        attempt._post_process()
        self.assertEqual(subscription.period_ids.state, "paid")

    # === Whatever breaks === #

    def test_a_lost_connection_is_put_in_quarantine_and_healed(self):
        self._add_steps((1, "retry"), (2, "retry"))
        self.answers = ["timeout", "done"]
        subscription = self._new_charged()
        self._charge("2026-01-31 13:00:00")
        period = subscription.period_ids
        self.assertTrue(period.charge_hold)
        self.assertEqual(period.transaction_ids.sales_decline_class, "unknown")
        self.assertEqual(subscription.activity_ids.user_id, self.salesman)
        for at in ("02-01", "02-02"):
            self._charge(f"2026-{at} 13:00:00")
            self._dun(f"2026-{at} 13:00:00")
        self.assertEqual(len(self.asked), 1)
        # The provider's own answer comes late: it was charged after all.
        period.transaction_ids._set_done(extra_allowed_states=("error",))
        period.transaction_ids._post_process()
        self.assertFalse(period.charge_hold)
        self.assertEqual(period.state, "paid")
        self.assertEqual(subscription.state, "active")

    def test_a_person_decides(self):
        self.answers = ["timeout"]
        charged, free = self._new_charged(), self._new_charged()
        self._charge("2026-01-31 13:00:00")
        with self.assertRaises(AccessError):
            charged.period_ids.with_user(self.salesman).action_charged()
        charged.period_ids.with_user(self.accountant).action_charged()
        self.assertEqual(charged.period_ids.state, "paid")
        free.period_ids.with_user(self.accountant).action_not_charged()
        self.assertFalse(free.period_ids.charge_hold)
        self.assertEqual(free.state, "past_due")
        self.assertTrue(free.dunning_case_ids.is_open)

    def test_a_request_that_broke_off_is_not_repeated(self):
        self.answers = ["crash", "done"]
        subscription = self._new_charged()
        with mute_logger(LOGGER):
            self._charge("2026-01-31 13:00:00")
        # Sent, no answer: nobody knows.
        attempt = subscription.period_ids.transaction_ids
        self.assertEqual(attempt.state, "draft")
        self.assertTrue(attempt.sales_sent_at)
        self.assertTrue(subscription.period_ids.charge_hold)
        self._charge("2026-01-31 14:00:00")
        self.assertEqual(len(self.asked), 1)

    def test_before_it_was_sent_it_is_sent_afterwards(self):
        subscription = self._new_charged()
        attempt = self._create_attempt(subscription)
        self.assertFalse(attempt.sales_sent_at)
        self._charge("2026-01-31 13:00:00")
        self.assertEqual(len(self.asked), 1)
        self.assertEqual(subscription.period_ids.transaction_ids, attempt)
        self.assertEqual(subscription.period_ids.state, "paid")

    def test_charged_and_not_booked_is_booked_only(self):
        subscription = self._new_charged()
        attempt = self._create_attempt(subscription)
        attempt._set_done()
        subscription.period_ids._charge()
        self.assertFalse(self.asked)
        self.assertEqual(subscription.period_ids.state, "paid")

    def test_providers_that_know_our_reference_are_asked_again(self):
        self.answers = ["crash", "done"]
        self.patch(
            self.env.registry["payment.transaction"],
            "_is_request_lost",
            lambda transaction: False,
        )
        subscription = self._new_charged()
        with mute_logger(LOGGER):
            self._charge("2026-01-31 13:00:00")
        self._charge("2026-01-31 14:00:00")
        # The same reference, so the same key: the provider charges once.
        self.assertEqual(len({reference for reference, _amount in self.asked}), 1)
        self.assertEqual(self._get_attempts(subscription), [("P1-A1", "done")])

    def test_a_poisoned_period_stops_nobody(self):
        poisoned, sound = self._new_charged(), self._new_charged()
        self.answers = ["crash", "done"]
        with mute_logger(LOGGER):
            self._charge("2026-01-31 13:00:00")
        self.assertTrue(poisoned.period_ids.charge_hold)
        self.assertEqual(sound.period_ids.state, "paid")

    @mute_logger("odoo.sql_db")
    def test_the_database_lets_one_attempt_of_a_number_through(self):
        subscription = self._new_charged()
        attempt = self._create_attempt(subscription)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            attempt.copy({"reference": "another"})

    # === Payment methods === #

    def test_the_method_of_another_customer_is_refused(self):
        other = self.env["res.partner"].create({"name": "Stranger"})
        subscription = self._new_charged()
        with self.assertRaisesRegex(ValidationError, "another customer"):
            subscription.payment_token_id = self._new_token(other, "9")

    def test_who_deletes_a_method_is_told_what_charges_it(self):
        subscription = self._new_charged()
        [found] = self.token.get_linked_records_info()
        self.assertEqual(found["name"], subscription.name)
        self.assertIn(f"/my/subscriptions/{subscription.id}", found["url"])
        subscription.action_cancel()
        self.assertFalse(self.token.get_linked_records_info())

    def test_an_archived_method_is_not_charged(self):
        subscription = self._new_charged()
        self.token.active = False
        self._charge("2026-01-31 13:00:00")
        self.assertFalse(self.asked)
        self.assertFalse(subscription.period_ids.transaction_ids)
        # The customer is asked for another one, which is charged.
        self.assertEqual(subscription.state, "past_due")
        self.assertTrue(subscription.dunning_case_ids.is_open)
        subscription.payment_token_id = self._new_token(details="new")
        self._dun("2026-01-31 14:00:00")
        self.assertEqual(subscription.period_ids.state, "paid")

    def test_the_customer_chooses_another(self):
        other = self._new_token(details="5555")
        subscription = self._new_charged()
        subscription._customer_token(other)
        self._charge("2026-01-31 13:00:00")
        self.assertEqual(subscription.period_ids.transaction_ids.token_id, other)
        stranger = self._new_token(self.salesman.partner_id, "7")
        with self.assertRaisesRegex(SelfServiceRefusedError, "one of those you saved"):
            subscription._customer_token(stranger)


@tagged("post_install", "-at_install")
class TestDunning(ChargeCommon):
    def _get_mails(self, subscription):
        return self.env["mail.mail"].search_count(
            [
                ("model", "=", "sales.dunning.case"),
                ("res_id", "in", subscription.dunning_case_ids.ids),
            ]
        )

    def test_steps_on_their_days_each_once(self):
        self._add_steps(
            (0, "mail"), (1, "retry"), (3, "retry"), (3, "mail"), (7, "mail")
        )
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        mails, attempts = [], []
        for day in ("01-31", "02-01", "02-02", "02-03", "02-07", "02-09"):
            self._dun_days(day)
            mails.append(self._get_mails(subscription))
            attempts.append(len(self.asked))
        self.assertEqual(mails, [1, 1, 1, 2, 3, 3])
        self.assertEqual(attempts, [1, 2, 2, 3, 3, 3])
        self.assertEqual(
            self._get_attempts(subscription),
            [("P1-A1", "error"), ("P1-A2", "error"), ("P1-A3", "error")],
        )

    def test_the_third_attempt_pays(self):
        self._add_steps((1, "retry"), (3, "retry"), (7, "retry"))
        self.answers = ["Insufficient funds", "Insufficient funds", "done"]
        subscription = self._new_charged()
        self._dun_days("01-31", "02-01", "02-03", "02-07", "02-14")
        self.assertEqual(
            self._get_attempts(subscription),
            [("P1-A1", "error"), ("P1-A2", "error"), ("P1-A3", "done")],
        )
        self.assertEqual(subscription.period_ids.state, "paid")
        payments = subscription.period_ids.transaction_ids.payment_id
        self.assertEqual(len(payments), 1)
        self.assertEqual(subscription.dunning_case_ids.state, "paid")
        self.assertEqual(subscription.state, "active")

    def test_a_stolen_card_waits_for_another_one(self):
        self._add_steps((1, "retry"), (3, "retry"))
        self.answers = ["Card reported stolen", "done"]
        subscription = self._new_charged()
        self._dun_days("01-31", "02-01", "02-03")
        self.assertEqual(len(self.asked), 1)
        attempt = subscription.period_ids.transaction_ids
        self.assertEqual(attempt.sales_decline_class, "hard")
        subscription.with_user(self.salesman).sudo().payment_token_id = self._new_token(
            details="new"
        )
        self._dun_days("02-04")
        self.assertEqual(subscription.period_ids.state, "paid")
        self.assertEqual(len(self.asked), 2)

    def test_no_more_than_so_many(self):
        self.policy.max_attempts = 2
        self._add_steps(*((day, "retry") for day in range(1, 6)))
        self.answers = ["Insufficient funds"]
        self._new_charged()
        self._dun_days("01-31", "02-01", "02-02", "02-03", "02-04", "02-05")
        self.assertEqual(len(self.asked), 2)

    def test_paid_by_the_link_nothing_more_is_sent(self):
        self._add_steps((0, "mail"), (1, "retry"), (3, "mail"))
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._dun_days("01-31")
        case = subscription.dunning_case_ids
        mail = self.env["mail.mail"].search(
            [("model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertIn(f"/my/invoices/{case.move_id.id}", mail.body_html)
        self.assertIn("access_token", mail.body_html)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=case.move_id.ids
        ).create({})._create_payments()
        self.assertEqual((case.state, subscription.state), ("paid", "active"))
        self._dun_days("02-01", "02-03")
        self.assertEqual((self._get_mails(subscription), len(self.asked)), (1, 1))

    def test_given_up(self):
        self._add_steps((14, "cancel"))
        self.monthly.grace_days = 30
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._dun_days("01-31", "02-13")
        self.assertEqual(subscription.state, "past_due")
        self._dun_days("02-14")
        self.assertEqual(subscription.state, "cancelled")
        self.assertEqual(subscription.dunning_case_ids.state, "given_up")

    def test_pause_and_tell(self):
        self._add_steps((2, "activity"), (5, "pause"))
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._dun_days("01-31", "02-02")
        self.assertIn("is not paid", subscription.activity_ids.mapped("summary")[0])
        self._dun_days("02-05")
        self.assertEqual(subscription.state, "paused")
        self.assertTrue(subscription.dunning_case_ids.is_open)

    def test_the_token_fails_on_renewal_and_grace_ends_once(self):
        self.monthly.write({"term_count": 1, "renewal_mode": "auto"})
        self.answers = ["done", "Insufficient funds"]
        subscription = self._new_charged("2026-01-01")
        self._charge("2026-01-01 13:00:00")
        self._run_cron("ir_cron_lifecycle", "2026-02-01 00:30:00")
        self._bill("2026-02-01 01:00:00")
        self._charge("2026-02-01 02:00:00")
        self.assertEqual(subscription.state, "past_due")
        self.assertEqual(str(subscription.grace_until), "2026-02-08")
        self._run_cron("ir_cron_lifecycle", "2026-02-08 12:00:00")
        self.assertEqual(subscription.state, "past_due")
        for _run in range(2):
            self._run_cron("ir_cron_lifecycle", "2026-02-09 12:00:00")
        self.assertEqual(subscription.state, "paused")

    @mute_logger("odoo.sql_db")
    def test_the_database_lets_a_step_be_done_once(self):
        self._add_steps((0, "activity"))
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._dun_days("01-31")
        done = subscription.dunning_case_ids.action_ids
        self.assertEqual(len(done), 1)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            done.copy()

    def test_a_mail_step_names_its_mail(self):
        with self.assertRaisesRegex(ValidationError, "choose the template"):
            self.policy.step_ids = [(0, 0, {"day": 1, "action": "mail"})]
