from odoo import api, fields, models

from .sales_approval_measure_mixin import Metric

CANCEL_METRICS = {
    "cancel_amount": Metric("amount"),
    "cancel_shipped": Metric("percent", "above"),
    "cancel_invoiced": Metric("flag", "is"),
    "cancel_our_fault": Metric("flag", "is"),
}
RETURN_METRICS = {
    "return_amount": Metric("amount"),
    "return_days": Metric("days", "above"),
    "return_late": Metric("flag", "is"),
}
SELECTION = [
    ("cancel_amount", "Cancellation: what is cancelled, without taxes"),
    ("cancel_shipped", "Cancellation: part of the order that is shipped"),
    ("cancel_invoiced", "Cancellation: something is invoiced"),
    ("cancel_our_fault", "Cancellation: we are to blame"),
    ("return_amount", "Return: what comes back, without taxes"),
    ("return_days", "Return: days since the delivery"),
    ("return_late", "Return: asked for too late"),
]


class SalesApprovalPolicy(models.Model):
    _inherit = "sales.approval.policy"

    apply_on = fields.Selection(
        selection_add=[
            ("cancel", "Cancellations of orders"),
            ("return", "Returns of goods"),
        ],
        ondelete={"cancel": "cascade", "return": "cascade"},
    )


class SalesApprovalCriterion(models.Model):
    """What is measured of a cancellation or a return."""

    _inherit = "sales.approval.criterion"

    metric = fields.Selection(
        selection_add=SELECTION,
        ondelete={name: "cascade" for name, _label in SELECTION},
    )

    @api.model
    def _get_metric_specs(self):
        return {**super()._get_metric_specs(), **CANCEL_METRICS, **RETURN_METRICS}

    @api.model
    def _get_document_metrics(self):
        return {
            **super()._get_document_metrics(),
            **dict.fromkeys(CANCEL_METRICS, "cancel"),
            **dict.fromkeys(RETURN_METRICS, "return"),
        }


class SalesApprovalRequest(models.Model):
    """Requests about cancellations and returns."""

    _inherit = "sales.approval.request"

    operation = fields.Selection(
        selection_add=[("cancel", "Cancel"), ("return", "Take goods back")],
        ondelete={"cancel": "cascade", "return": "cascade"},
    )
    cancellation_id = fields.Many2one(
        "sales.order.cancellation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The cancellation that waits for the approval.",
    )
    return_id = fields.Many2one(
        "sales.order.return",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The return that waits for the approval.",
    )

    _pending_uniq = models.UniqueIndex(
        "(sale_order_id, operation, COALESCE(change_id, cancellation_id, return_id, 0))"
        " WHERE state = 'pending'",
        "This was submitted for approval a moment ago. Reload it.",
    )

    @api.model
    def _get_document_links(self):
        return {
            **super()._get_document_links(),
            "cancel": ("cancellation_id", "sales.order.cancellation"),
            "return": ("return_id", "sales.order.return"),
        }
