from unittest.mock import patch

import requests
from freezegun import freeze_time

from odoo.exceptions import ValidationError

from ..common import SubscriptionCommon


class ChargeCommon(SubscriptionCommon):
    """Subscriptions that are charged to a saved payment method.

    The provider is a fake one that answers as told; payment_demo serves where Odoo's
    own answers are wanted.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        if demo.company_id != cls.company:
            demo = demo.copy({"company_id": cls.company.id})
        demo.state = "test"
        cls.provider = demo
        cls.method = demo.payment_method_ids[:1] or cls.env.ref(
            "payment.payment_method_unknown"
        )
        cls.token = cls._new_token()
        cls.policy = cls.env["sales.dunning.policy"].create({"name": "Test"})
        cls.monthly.dunning_policy_id = cls.policy

    @classmethod
    def _new_token(cls, partner=None, details="4242", **values):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "payment_details": details,
                "partner_id": (partner or cls.customer).id,
                "provider_ref": f"ref {details}",
                "demo_simulated_state": "done",
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        # What the provider answers, one after the other; the last one for good.
        self.answers = ["done"]
        # What he was asked: (reference, amount).
        self.asked = []
        case = self
        original = self.env.registry["payment.transaction"]._send_payment_request

        def send(transaction):
            case.asked.append((transaction.reference, transaction.amount))
            answers = case.answers
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if answer == "as told":
                original(transaction)
            else:
                case._answer(transaction, answer)

        self.patch(
            self.env.registry["payment.transaction"], "_send_payment_request", send
        )

    def _answer(self, transaction, answer):
        if answer == "done":
            transaction._set_done()
        elif answer == "pending":
            transaction._set_pending()
        elif answer == "cancel":
            transaction._set_canceled()
        elif answer == "timeout":
            try:
                raise requests.exceptions.Timeout
            except requests.exceptions.Timeout:
                raise ValidationError(self.env._("No connection"))  # noqa: B904 as Odoo does
        elif answer == "crash":
            raise RuntimeError("The process dies")
        else:
            transaction._set_error(answer)

    def _new_charged(self, at="2026-01-31", **values):
        """A subscription with its first period invoiced and to be charged."""
        subscription = self._new_subscription(
            at, payment_mode="token", payment_token_id=self.token.id, **values
        ).sudo()
        with freeze_time(f"{at} 08:00:00"):
            subscription.action_start()
        self._bill(f"{at} 12:00:00")
        return subscription

    def _create_attempt(self, subscription):
        """Enter an attempt as a worker does that is killed right after."""
        periods = self.env.registry["sales.subscription.period"]
        with patch.object(periods, "_commit", lambda period: None):
            return subscription.period_ids._create_attempt()

    def _charge(self, at):
        self._run_cron("ir_cron_charge", at)

    def _dun(self, at):
        self._run_cron("ir_cron_dunning", at)

    def _dun_days(self, *days):
        for day in days:
            for hour in (12, 15):
                self._charge(f"2026-{day} {hour}:00:00")
                self._dun(f"2026-{day} {hour}:30:00")

    def _add_steps(self, *steps):
        """Add (day, action) pairs to the policy."""
        template = self.env.ref("sales_subscription_plus.mail_template_dunning")
        self.policy.step_ids = [
            (
                0,
                0,
                {
                    "day": day,
                    "action": action,
                    "template_id": template.id if action == "mail" else False,
                },
            )
            for day, action in steps
        ]

    def _get_attempts(self, subscription):
        return [
            (attempt.reference.split("-", 1)[1], attempt.state)
            for attempt in subscription.period_ids.transaction_ids.sorted("id")
        ]
