from odoo import api, fields, models

from .sales_approval_measure_mixin import Metric

CHANGE_METRICS = {
    "change_amount": Metric("amount"),
    "change_percent": Metric("percent"),
    "change_price_drop": Metric("percent", "above"),
    "change_margin": Metric("percent", "above"),
    "change_quantity": Metric("percent", "above"),
    "change_days": Metric("days", "above"),
    "change_late": Metric("days", "above"),
    "change_short": Metric("count", "from"),
    "change_address": Metric("flag", "is"),
    "change_country": Metric("flag", "is"),
    "change_payment": Metric("flag", "is"),
    "change_touched": Metric("flag", "is"),
    "change_rush": Metric("flag", "is"),
    "change_special": Metric("flag", "is"),
    "change_beyond": Metric("flag", "is"),
}
SELECTION = [
    ("change_amount", "Change: difference in the total, with taxes"),
    ("change_percent", "Change: difference in percent of the total"),
    ("change_price_drop", "Change: highest drop of a price"),
    ("change_margin", "Change: points of margin lost"),
    ("change_quantity", "Change: highest change of a quantity"),
    ("change_days", "Change: days the delivery moves"),
    ("change_late", "Change: days promised before the goods are there"),
    ("change_short", "Change: more pieces that are not there"),
    ("change_address", "Change: another address"),
    ("change_country", "Change: delivery to another country"),
    ("change_payment", "Change: other payment terms or method"),
    ("change_touched", "Change: picked or printed transfers"),
    ("change_rush", "Change: urgent now, with goods that are not there"),
    ("change_special", "Change: special request"),
    ("change_beyond", "Change: beyond the limits of the change policy"),
]


class SalesApprovalCriterion(models.Model):
    """What is measured of a change request; see ``sales_order_change_metrics``."""

    _inherit = "sales.approval.criterion"

    metric = fields.Selection(
        selection_add=SELECTION,
        ondelete={name: "cascade" for name, _label in SELECTION},
    )

    @api.model
    def _get_metric_specs(self):
        return {**super()._get_metric_specs(), **CHANGE_METRICS}

    @api.model
    def _get_document_metrics(self):
        changes = dict.fromkeys(CHANGE_METRICS, "change")
        return {**super()._get_document_metrics(), **changes}
