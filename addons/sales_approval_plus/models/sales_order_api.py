from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    _inherit = "sales.order.api"

    @api.model
    def submit_for_approval(self, *, name: str):
        """Ask for the approvals that a quotation needs.

        :param str name: number of the order
        :return: the open request as in :meth:`list_approvals`
        :raise ApprovalError: if it needs none or waits already (JSON-2: 422)
        :raise NoApproverError: if nobody may decide; names the step to configure
        """
        order = self._get_order_by_name(name)
        order.action_submit_for_approval()
        return self._prepare_approval_data(order._get_pending_request())

    @api.model
    def approve_order(self, *, name: str, comment: str = ""):
        """Approve an order that waits for the calling user.

        :param str name: number of the order
        :param str comment: shown in the history
        :return: the request as in :meth:`list_approvals`
        :raise VoteError: if the caller may not decide; ``reason`` says why in a word
        """
        request = self._get_order_by_name(name)._get_pending_requests()
        request.action_approve(comment)
        return self._prepare_approval_data(request)

    @api.model
    def reject_order(self, *, name: str, reason: str):
        """Reject an order that waits for the calling user.

        :param str name: number of the order
        :param str reason: why; shown to the salesperson
        :return: the request as in :meth:`list_approvals`
        :raise VoteError: if the caller may not decide, or gives no reason
        """
        request = self._get_order_by_name(name)._get_pending_requests()
        request._vote("reject", reason)
        return self._prepare_approval_data(request)

    @api.model
    def request_change(self, *, name: str, reason: str):
        """Send an order that waits for the calling user back to its salesperson.

        :param str name: number of the order
        :param str reason: what is to be changed
        :return: the request as in :meth:`list_approvals`
        :raise VoteError: if the caller may not decide, or gives no reason
        """
        request = self._get_order_by_name(name)._get_pending_requests()
        request._vote("request_change", reason)
        return self._prepare_approval_data(request)

    @api.model
    @api.readonly
    def list_approvals(self):
        """Return the requests that wait for the calling user, the oldest first.

        :return: list of dictionaries with ``id``, ``order``, ``customer``, ``state``,
            ``round`` (how often it was submitted), ``amount`` (untaxed, company
            currency), ``currency``, ``discount`` (percent, if a policy measures it),
            ``reasons`` (one sentence a policy), ``requester``, ``submitted_on`` (UTC),
            ``waiting_for`` (names) and ``can_vote``
        """
        requests = self.env["sales.approval.request"]
        mine = requests.search(requests._get_votable_domain(), order="id")
        return [self._prepare_approval_data(request) for request in mine]

    @api.model
    def _prepare_approval_data(self, request):
        return {
            "id": request.id,
            "order": request.sale_order_id.name,
            "customer": request.partner_id.display_name,
            "state": request.state,
            "round": request.round_no,
            "amount": request.amount,
            "currency": request.currency_id.name,
            "discount": request.discount,
            "reasons": request._get_reasons(),
            "requester": request.requester_id.name,
            "submitted_on": request.submitted_on,
            "waiting_for": request.open_approver_ids.mapped("name"),
            "can_vote": request.can_vote,
        }
