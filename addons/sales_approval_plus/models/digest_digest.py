from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DigestDigest(models.Model):
    """The approvals that wait, in the periodic mail."""

    _inherit = "digest.digest"

    kpi_sales_approvals = fields.Boolean(
        string="Approvals Waiting",
        help="Tell how many requests for approval were waiting at the end of the period.",
    )
    kpi_sales_approvals_value = fields.Integer(
        compute="_compute_kpi_sales_approvals_value",
        help="Waiting requests for approval that the reader may see.",
    )

    def _compute_kpi_sales_approvals_value(self):
        requests = self.env["sales.approval.request"]
        if not requests.has_access("read"):
            # The digest leaves out what its reader may not see.
            raise AccessError(self.env._("Approvals: skipped for this reader."))
        _start, end, companies = self._get_kpi_compute_parameters()
        groups = requests._read_group(
            self._get_waiting_domain(end) & Domain("company_id", "in", companies.ids),
            ["company_id"],
            ["__count"],
        )
        counts = {company.id: count for company, count in groups}
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_sales_approvals_value = counts.get(company.id, 0)

    @api.model
    def _get_waiting_domain(self, moment):
        """Return what was waiting at ``moment`` (UTC), as a domain of requests."""
        later = Domain("decided_on", ">=", moment)
        return Domain("submitted_on", "<", moment) & (
            Domain("state", "=", "pending") | later
        )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("sale.sale_menu_root").id
        actions["kpi_sales_approvals"] = (
            f"sales_approval_plus.sales_approval_request_action?menu_id={menu}"
        )
        return actions
