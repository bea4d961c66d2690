from odoo import api, fields, models


class SalesApprovalDashboard(models.TransientModel):
    """Key figures of a period on one page; the numbers are those of ``get_kpis``."""

    _name = "sales.approval.dashboard"
    _description = "Approval Key Figures"

    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="First day of the requests that are counted.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=fields.Date.context_today,
        help="Last day of the requests that are counted.",
    )
    requests = fields.Integer(
        compute="_compute_kpis", help="Requests submitted in the period."
    )
    decided = fields.Integer(compute="_compute_kpis", help="Those that were decided.")
    cycle_hours_avg = fields.Float(
        string="Average Cycle Time",
        compute="_compute_kpis",
        help="Hours from submitting to the decision.",
    )
    cycle_hours_p50 = fields.Float(
        string="Half Within",
        compute="_compute_kpis",
        help="Hours within which half of the requests were decided.",
    )
    cycle_hours_p90 = fields.Float(
        string="Nine of Ten Within",
        compute="_compute_kpis",
        help="Hours within which nine of ten requests were decided.",
    )
    automatic_rate = fields.Float(
        string="Automatic (%)",
        compute="_compute_kpis",
        help="Approved without a person, of the decided ones.",
    )
    rework_rate = fields.Float(
        string="Rework (%)",
        compute="_compute_kpis",
        help="Requests for orders that had been submitted before.",
    )
    steps_due = fields.Integer(
        string="Steps with a Deadline",
        compute="_compute_kpis",
        help="Steps with a deadline that are decided or late.",
    )
    on_time_rate = fields.Float(
        string="On Time (%)",
        compute="_compute_kpis",
        help="Decided before they were due, of the steps with a deadline.",
    )
    override_rate = fields.Float(
        string="Overridden (%)",
        compute="_compute_kpis",
        help="Let pass in an emergency, of the decided ones.",
    )
    rejection_rate = fields.Float(
        string="Rejected (%)",
        compute="_compute_kpis",
        help="Rejected of the decided ones.",
    )
    backlog = fields.Integer(
        string="Waiting Now",
        compute="_compute_kpis",
        help="Requests that wait at this moment, whenever they were submitted.",
    )
    backlog_oldest_hours = fields.Float(
        string="Oldest",
        compute="_compute_kpis",
        help="Hours the oldest of them has been waiting.",
    )
    rejections_by_policy = fields.Text(
        compute="_compute_kpis", help="Rejected of decided requests, policy by policy."
    )

    def _compute_display_name(self):
        self.display_name = self.env._("Approval Key Figures")

    @api.depends("date_from", "date_to")
    @api.depends_context("uid", "tz", "allowed_company_ids")
    def _compute_kpis(self):
        report = self.env["sales.approval.report"]
        for dashboard in self:
            kpis = {}
            if dashboard.date_from and dashboard.date_to:
                kpis = report._get_kpis(dashboard.date_from, dashboard.date_to)
            for name in self._get_kpi_names():
                dashboard[name] = kpis.get(name, 0)
            dashboard.rejections_by_policy = "\n".join(
                self.env._(
                    "%(policy)s: %(rejected)s of %(decided)s (%(rate)s %%)", **row
                )
                for row in kpis.get("rejections_by_policy", ())
            )

    @api.model
    def _get_kpi_names(self):
        return [
            name
            for name, field in self._fields.items()
            if field.compute == "_compute_kpis" and field.type != "text"
        ]

    def action_view_requests(self):
        """Open the analysis of the requests of this period.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_approval_plus.sales_approval_report_action"
        )
        domain = self.env["sales.approval.report"]._get_period_domain(
            self.date_from, self.date_to
        )
        action.update(domain=list(domain), context={})
        return action
