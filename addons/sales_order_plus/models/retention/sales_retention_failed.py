from odoo import models

from ...exceptions import CancellationError


class SalesOrderChange(models.Model):
    """An offer that is not carried out after all: the cancellation stands again."""

    _inherit = "sales.order.change"

    def _drop(self, state, reason):
        result = super()._drop(state, reason)
        # sudo: who refuses a change need not see offers.
        proposals = self.env["sales.retention.proposal"].sudo()
        if proposals._has_records():
            proposals = proposals.search(
                [("change_id", "=", self.id), ("state", "=", "accepted")]
            )
            proposals._fail(reason)
        return result


class SalesRetentionProposal(models.Model):
    _inherit = "sales.retention.proposal"

    def _fail(self, reason):
        """Take up the cancellations the customers wanted before they took the offers."""
        for proposal in self:
            proposal.write({"state": "failed", "cost": 0.0, "saved_amount": 0.0})
            retained = self.env["sales.order.cancellation"].search(
                [
                    ("order_id", "=", proposal.order_id.id),
                    ("state", "=", "retained"),
                ]
            )
            retained._take_up_again(proposal.offer_id, reason)


class SalesOrderCancellation(models.Model):
    _inherit = "sales.order.cancellation"

    def _take_up_again(self, offer, reason):
        """Ask anew for what an offer had settled; where that is too late, say so.

        What was decided stays as it is.

        :param offer: the offer that is not kept
        :param str reason: why
        """
        for one in self:
            again = one.copy()
            again._log_event(
                "cancellation.reopened",
                order=one.order_id.name,
                instead=one.name,
                offer=offer.name,
                reason=reason,
            )
            try:
                with self.env.cr.savepoint():
                    again.action_submit()
            except CancellationError as error:
                again.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The offer %s was not kept", offer.name),
                    note=str(error),
                    user_id=one.order_id.user_id.id or self.env.uid,
                )
