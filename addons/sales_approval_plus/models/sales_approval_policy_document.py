from odoo import api, fields, models
from odoo.exceptions import ValidationError

OPERATIONS = [("confirm", "Confirmation of orders"), ("change", "Changes of orders")]


class SalesApprovalPolicy(models.Model):
    """Policies about changes, cancellations and returns of orders."""

    _inherit = "sales.approval.policy"

    apply_on = fields.Selection(
        selection=OPERATIONS,
        string="Stops",
        required=True,
        default="confirm",
        help="What needs the approval. Policies for the confirmation also stop a change "
        "that makes a confirmed order worse in what they measure.",
    )

    def _filter_operation(self, operation):
        """Return the policies that may stop ``operation``."""
        return self.filtered(lambda one: one.apply_on == operation)

    def _filter_orders(self, documents):
        if not documents._approval_link:
            return super()._filter_orders(documents)
        orders = super()._filter_orders(documents._get_approval_order())
        return documents.filtered(lambda one: one._get_approval_order() in orders)

    @api.constrains("apply_on", "before_send")
    def _check_before_send(self):
        if any(one.before_send and one.apply_on != "confirm" for one in self):
            raise ValidationError(
                self.env._(
                    "Before Sending: only policies for the confirmation do that."
                )
            )


class SalesApprovalCriterion(models.Model):
    _inherit = "sales.approval.criterion"

    @api.model
    def _get_document_metrics(self):
        """Return {metric: ``apply_on`` of the policies that may measure it}."""
        return {}

    @api.constrains("metric", "policy_id")
    def _check_document_metric(self):
        only = self._get_document_metrics()
        for criterion in self:
            self._check_metric_of(criterion, only.get(criterion.metric))

    @api.model
    def _check_metric_of(self, criterion, operation):
        policy = criterion.policy_id
        if not operation or policy.apply_on == operation:
            return
        labels = dict(policy._fields["apply_on"]._description_selection(self.env))
        raise ValidationError(
            self.env._(
                "Conditions: “%(metric)s” is measured for “%(needed)s”. Choose that under "
                "Stops, or another condition.",
                metric=criterion._get_label("metric"),
                needed=labels[operation],
            )
        )
