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
    @api.readonly
    def preview_approval(self, *, name: str):
        """Return what the policies say about an order, and who would decide.

        :param str name: number of the order
        :return: dictionary as in ``sale.order.action_preview_approval``
        """
        [preview] = self._get_order_by_name(name).action_preview_approval()
        return preview

    @api.model
    def approve_order(
        self,
        *,
        name: str,
        comment: str = "",
        conditions: list | None = None,
        signature: str | None = None,
        signed_name: str | None = None,
    ):
        """Approve an order that waits for the calling user.

        :param str name: number of the order
        :param str comment: shown in the history; needed where a step says so
        :param list conditions: what must hold before the order is confirmed, as
            dictionaries with ``kind`` (max_discount, min_price, min_margin,
            payment_term, prepayment_percent, text) and ``value`` (percent, or a price
            in the currency of the order), ``product_id``, ``payment_term_id`` or
            ``text``
        :param str signature: image in base64, where a step wants one
        :param str signed_name: name under the signature; by default the caller's
        :return: the request as in :meth:`list_approvals`
        :raise VoteError: if the caller may not decide; ``reason`` says why in a word
        """
        request = self._get_order_by_name(name)._get_pending_requests()
        request.action_approve(
            comment, conditions=conditions, signature=signature, signed_name=signed_name
        )
        return self._prepare_approval_data(request)

    @api.model
    def apply_conditions(self, *, name: str):
        """Change a quotation to the conditions it was approved on.

        :param str name: number of the order
        :return: list of dictionaries with ``condition`` (in words) and ``met``
        :raise ApprovalError: if it was not approved on conditions (JSON-2: 422)
        """
        order = self._get_order_by_name(name)
        order.action_apply_conditions()
        return [
            {"condition": one.description, "met": one.is_met}
            for one in order._get_conditional_request().condition_ids
        ]

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
            ``waiting_for`` (names), ``can_vote``, ``due_at`` (UTC) and ``due_state``
            (overdue, today, later or none)
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
