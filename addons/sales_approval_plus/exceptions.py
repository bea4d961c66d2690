"""Typed errors of approvals; see ``sales_order_plus.exceptions`` for the base."""

from odoo.addons.sales_order_plus.exceptions import SalesError


class ApprovalError(SalesError):
    """A request cannot be made or ended like this."""

    code = "approval_refused"


class NoApproverError(ApprovalError):
    """A step of a policy has too few people who may decide on this order."""

    code = "approval_no_approver"


class VoteError(ApprovalError):
    """A vote was refused; ``context["reason"]`` says why in one word."""

    code = "vote_refused"

    def __init__(self, message, reason):
        super().__init__(message, reason=reason)
