import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)
DIGEST = "sales_approval_plus.mail_template_approval_digest"
# Hours between two digests of the same person.
DIGEST_GAP = 4


class ResUsers(models.Model):
    """How an approver wants to be reminded."""

    _inherit = "res.users"

    approval_reminders = fields.Selection(
        selection=[("each", "A message each"), ("digest", "One mail for all")],
        required=True,
        default="each",
        help="One mail for all: instead of a reminder for each order that waits for "
        "you, one e-mail lists all of them, every four hours at most.",
    )
    approval_digest_wanted = fields.Boolean(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Reminders are due that the next digest will hold.",
    )
    approval_digest_on = fields.Datetime(
        readonly=True, copy=False, help="When the last digest was sent (UTC)."
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "approval_reminders"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "approval_reminders"]

    def _wait_for_approval_digest(self):
        # sudo: the clock writes what the user himself need not change.
        self.sudo().filtered(
            lambda user: not user.approval_digest_wanted
        ).approval_digest_wanted = True

    def _ask_for_approval_digest(self):
        """Have one mail list what waits, within a minute and whenever the last was."""
        # sudo: who submits does not write the settings of an approver.
        self.sudo().write({"approval_digest_wanted": True, "approval_digest_on": False})
        self.env.ref("sales_approval_plus.ir_cron_approval_deadline").sudo()._trigger()

    @api.model
    def _send_approval_digests(self):
        """Send one mail to each who has reminders due, unless the last is fresh."""
        limit = fields.Datetime.now() - timedelta(hours=DIGEST_GAP)
        wanting = self.sudo().search(
            Domain("approval_digest_wanted", "=", True)
            & (
                Domain("approval_digest_on", "=", False)
                | Domain("approval_digest_on", "<=", limit)
            )
        )
        for user in wanting:
            user._send_approval_digest_safely()
            if not self.env["ir.cron"]._commit_progress():
                break

    def _send_approval_digest_safely(self):
        """Send the digest; one that fails stops no other and is tried again."""
        try:
            with self.env.cr.savepoint():
                self._send_approval_digest()
        except OperationalError:
            # A collision with another transaction: Odoo starts the cron again.
            raise
        except Exception:
            _logger.exception("Approval digest of user %s failed", self.id)

    def _send_approval_digest(self):
        self.ensure_one()
        self.write(
            {
                "approval_digest_wanted": False,
                "approval_digest_on": fields.Datetime.now(),
            }
        )
        waiting = self._get_waiting_approvals()
        template = self.env.ref(DIGEST, raise_if_not_found=False)
        if waiting and template:
            template.send_mail(self.id, force_send=False)

    def _get_waiting_approvals(self):
        """Return what waits for this user now, what is due first at the top."""
        self.ensure_one()
        requests = self.env["sales.approval.request"].with_user(self)
        if not self._filter_approvers():
            return requests.browse()
        found = requests.search(requests._get_votable_domain())
        # What has no deadline comes last.
        found = found.sudo().sorted(lambda one: (not one.due_at, one.due_at or one.id))
        return found.with_context(lang=self.lang)
