from odoo import api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Approvals in the order desk and in the stage of an order."""

    _inherit = "sale.order"

    @api.model
    def _get_desk_counters(self):
        counters = super()._get_desk_counters()
        if self.env["sales.approval.request"].has_access("read"):
            counters.append(
                {
                    "key": "to_approve",
                    "sequence": 10,
                    "label": self.env._("To Approve"),
                    "help": self.env._("Orders that wait for your approval"),
                    "count": self.search_count(Domain("can_vote", "=", True)),
                    "tone": "primary",
                    "filter": "to_approve",
                }
            )
        return counters

    @api.depends("approval_request_ids.state")
    def _compute_lifecycle_stage(self):
        return super()._compute_lifecycle_stage()

    def _get_lifecycle_stage(self):
        stage = super()._get_lifecycle_stage()
        # sudo: approvals are internal, the stage may be computed for anyone.
        requests = self.sudo().approval_request_ids if stage == "draft" else ()
        pending = any(request.state == "pending" for request in requests)
        return "pending" if pending else stage
