import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_order_plus.exceptions import ServiceUnavailableError


class SalesOutgoingMixin(models.AbstractModel):
    """A message to a party outside: stored first, handed over after the commit.

    Its key is the same however often it is handed over, so that the party takes it
    once. What gives no answer is tried again by ``sales.retry.job``.
    """

    _name = "sales.outgoing.mixin"
    _description = "Message to a Party Outside"

    key = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="Tells this message from all others; it is taken only once.",
    )
    payload = fields.Json(readonly=True, help="What the message says.")
    payload_text = fields.Text(
        string="Message",
        compute="_compute_payload_text",
        help="What the message says, to read.",
    )
    state = fields.Selection(
        selection=[
            ("queued", "Waiting"),
            ("retrying", "To be tried again"),
            ("sent", "Handed over"),
            ("done", "Carried out"),
            ("failed", "Failed"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="queued",
        index=True,
        help="Failed: the other side, or we, could not take it; the reason is beside.",
    )
    error = fields.Text(readonly=True, help="Why it failed last.")
    handled_on = fields.Datetime(
        readonly=True, help="When it was handed over or carried out."
    )

    @api.depends("payload")
    def _compute_payload_text(self):
        for message in self:
            body = message._prepare_body()
            message.payload_text = json.dumps(body, indent=2, ensure_ascii=False)

    def _get_party(self):
        """Return the record of ``sales.endpoint.mixin`` the message goes to."""
        raise NotImplementedError

    @api.model
    def _cron_hand_over(self):
        """Hand over what waits, one transaction each."""
        queued = self.search(self._get_queue_domain(), order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(queued))
        for message in queued:
            message._hand_over_or_retry()
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_queue_domain(self):
        return [("state", "=", "queued")]

    def _hand_over_or_retry(self):
        """Hand it over; a failure is kept, and tried again where that helps."""
        try:
            with self.env.cr.savepoint():
                self._hand_over_now()
        except ServiceUnavailableError as error:
            self.write({"state": "retrying", "error": str(error)})
            self.env["sales.retry.job"]._add(self, "_hand_over_now", error)
        except UserError as error:
            self.write({"state": "failed", "error": str(error)})

    def _hand_over_now(self):
        """Hand it over unless that is done; may run twice."""
        self.ensure_one()
        if self.state == "sent":
            return
        self._get_party()._hand_over(self._prepare_body(), self.key)
        self._write_handled("sent")

    def _prepare_body(self):
        """Return what is posted."""
        return {"key": self.key, **(self.payload or {})}

    def _write_handled(self, state):
        self.write(
            {"state": state, "error": False, "handled_on": fields.Datetime.now()}
        )
