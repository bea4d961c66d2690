from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    _inherit = "sales.order.api"

    @api.model
    def _prepare_approval_data(self, request):
        data = super()._prepare_approval_data(request)
        return {**data, "due_at": request.due_at, "due_state": request.due_state}
