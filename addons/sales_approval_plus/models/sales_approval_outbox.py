import logging
import time
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sales_order_plus.exceptions import ServiceUnavailableError
from odoo.addons.sales_order_plus.models.seam.service import (
    call_service,
    check_status,
)

from ..exceptions import ApprovalError

# At debug level it writes the path of every address, which is the secret of a webhook.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

TIMEOUT = 10
DELIVER = "_deliver"


class SalesApprovalOutbox(models.Model):
    """One message to one channel, as it was when the thing happened.

    It is sent by the job that tries again what failed; a message that was sent just
    before the server died is sent again, under the same delivery number.
    """

    _name = "sales.approval.outbox"
    _description = "Message to an Approval Channel"
    _order = "id desc"
    _rec_name = "channel_id"

    channel_id = fields.Many2one(
        "sales.approval.channel",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Where it goes.",
    )
    company_id = fields.Many2one(related="channel_id.company_id")
    request_id = fields.Many2one(
        "sales.approval.request",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="What it is about; empty for a test.",
    )
    payload = fields.Json(readonly=True, help="What is sent.")
    sent_on = fields.Datetime(readonly=True, help="When the service took it.")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        string="Status",
        compute="_compute_state",
        help="Failed: the service refused it, or was away too long. It can be tried "
        "again under Work to Be Tried Again.",
    )
    attempts = fields.Integer(
        compute="_compute_state", help="How often sending has failed."
    )
    next_try = fields.Datetime(
        compute="_compute_state", help="When it is tried again (UTC)."
    )
    last_error = fields.Char(
        compute="_compute_state", help="Why sending failed last; without the address."
    )

    @api.depends("sent_on")
    def _compute_state(self):
        # sudo: jobs are for administrators; these are read through their message.
        jobs = self.env["sales.retry.job"].sudo()
        found = jobs.search(
            [("model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )
        last = {job.res_id: job for job in found}
        for message in self:
            job = last.get(message.id, jobs)
            waiting = job.state == "waiting"
            message.state = (
                "sent" if message.sent_on else "waiting" if waiting else "failed"
            )
            message.attempts = job.attempts
            message.next_try = job.next_try
            message.last_error = job.last_error

    # === Putting in === #

    @api.model
    def _put(self, messages):
        """Keep messages to be sent once this transaction is committed.

        :param messages: iterable of (channel, request, payload)
        """
        # sudo: nobody has rights to add messages; they come from code alone.
        outbox = self.sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "request_id": request.id,
                    "payload": payload,
                }
                for channel, request, payload in messages
            ]
        )
        for message in outbox:
            job = self.env["sales.retry.job"]._add(message, DELIVER, "")
            # Not failed yet: it is due at once.
            job.write(
                {"attempts": 0, "last_error": False, "next_try": fields.Datetime.now()}
            )
        if outbox:
            self.env.ref("sales_order_plus.ir_cron_retry").sudo()._trigger()

    # === Sending === #

    def _deliver(self):
        """Send the message; called by the job.

        Errors name neither address nor secret: they are shown and logged.

        :raise ServiceUnavailableError: if the service may take it later
        :raise ApprovalError: if it refuses the message
        """
        self.ensure_one()
        if self.sent_on:
            return
        if not self.channel_id.active:
            raise ApprovalError(self.env._("The channel is archived."))
        status = self._post()
        text = self.env._("The service answered with status %s.", status)
        check_status(status, text, ApprovalError)
        self.sent_on = fields.Datetime.now()

    def _post(self):
        headers, body = self.channel_id._get_signed(
            str(self.id), self.payload, str(int(time.time()))
        )
        # sudo: the address is for administrators and for this job.
        url = self.channel_id.sudo().url
        try:
            response = call_service(
                self.env, "POST", url, data=body, headers=headers, timeout=TIMEOUT
            )
        except ServiceUnavailableError as error:
            raise ServiceUnavailableError(self.env._("No answer: %s.", error)) from None
        return response.status_code

    @api.autovacuum
    def _gc_old(self):
        """Forget messages after a month."""
        limit = fields.Datetime.now() - timedelta(days=30)
        self.sudo().search([("create_date", "<", limit)]).unlink()


class SalesRetryJob(models.Model):
    _inherit = "sales.retry.job"

    @api.model
    def _get_retry_methods(self):
        return {
            **super()._get_retry_methods(),
            ("sales.approval.outbox", DELIVER): self.env._("Tell an approval channel"),
        }


class SalesApprovalRequest(models.Model):
    """When channels are told."""

    _inherit = "sales.approval.request"

    @api.model
    def _submit(self, records, operation, standings, origin):
        requests = super()._submit(records, operation, standings, origin)
        self.env["sales.approval.channel"]._tell("submitted", requests)
        return requests

    def _end(self, state, note=False):
        super()._end(state, note)
        if state != "superseded":
            self.env["sales.approval.channel"]._tell("decided", self)


class SalesApprovalLine(models.Model):
    _inherit = "sales.approval.line"

    def _log_escalation(self, action, users):
        super()._log_escalation(action, users)
        # A rejection is told as the decision it is.
        if action != "reject":
            self.env["sales.approval.channel"]._tell("escalated", self.request_id)
