from odoo import models


class SaleOrder(models.Model):
    """Deciding on the open request right from the order."""

    _inherit = "sale.order"

    def action_open_approval(self):
        """Approve, or open the dialog where a step wants a comment or a signature.

        :return: as :meth:`action_approve`, or the window action of the dialog
        """
        return self._get_pending_requests().action_open_approval()

    def action_approve(self, comment=None, **given):
        """Approve the open request of each order.

        :param str comment: shown in the history
        :param given: signature, conditions and rating, as for a request
        :return: True or, for several orders, a notification with the results
        :raise VoteError: if you may not decide on it
        """
        return self._get_pending_requests().action_approve(comment, **given)

    def action_open_rejection(self):
        """Open the dialog that asks why the open request is rejected.

        :return: window action
        """
        return self._get_pending_requests().action_open_rejection()

    def action_open_change_request(self):
        """Open the dialog that asks what is to be changed.

        :return: window action
        """
        return self._get_pending_requests().action_open_change_request()

    def action_reject(self, reason=None):
        """Reject the open request of each order.

        :param str reason: why; shown to the salesperson
        :return: True
        :raise VoteError: without a reason, or if you may not decide on it
        """
        return self._get_pending_requests().action_reject(reason)

    def action_request_change(self, reason=None):
        """Send the open request of each order back to its salesperson.

        :param str reason: what is to be changed; the salesperson reads it
        :return: True
        :raise VoteError: without a reason, or if you may not decide on it
        """
        return self._get_pending_requests().action_request_change(reason)

    def action_withdraw(self):
        """Take the open request back.

        :return: True
        :raise ApprovalError: if there is none, or it is not yours
        """
        return self._get_pending_requests().action_withdraw()
