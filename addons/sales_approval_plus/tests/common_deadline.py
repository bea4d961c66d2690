from odoo.tests import freeze_time

from .common import ApprovalCommon

CRON = "sales_approval_plus.ir_cron_approval_deadline"
# A Monday.
MONDAY = "2026-06-01"


class DeadlineCommon(ApprovalCommon):
    """A step of Ann with a clock that never stops, unless a test says otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": "UTC", "company_id": False}
        )
        cls.step = cls.policy.step_ids
        cls.step.in_working_hours = False
        cls.chief = cls._new_role("Chief", cls.bob)

    def _submit_at(self, moment, **values):
        with freeze_time(f"{MONDAY} {moment}"):
            order = self._new_submitted(**values)
            self.env.flush_all()
        return order

    def _run_at(self, moment, times=1):
        """Run the scheduled job at a moment of that Monday, or of another day."""
        moment = moment if "-" in moment else f"{MONDAY} {moment}"
        with freeze_time(moment):
            for _time in range(times):
                self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def _get_line(self, order):
        return self._get_request(order).line_ids

    def _get_messages(self, user, subject):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("model", "=", "sales.approval.request"),
                ("partner_ids", "in", user.partner_id.ids),
                ("subject", "like", subject),
            ]
        )

    def _get_reminded(self, user):
        return len(self._get_messages(user, "Reminder"))
