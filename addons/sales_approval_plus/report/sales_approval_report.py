from odoo import api, fields, models
from odoo.tools import SQL


class SalesApprovalReport(models.Model):
    """One row for each step of a request; a request without steps has one row as well.

    What is true of the whole request (cycle time, rates, amount) stands on its first
    row only: sums and averages then count each request once, whatever they are grouped
    by. A request that was superseded or expired later keeps the result its votes gave it.
    """

    _name = "sales.approval.report"
    _description = "Approval Analysis"
    _inherit = ["sales.order.columns.mixin"]
    _auto = False
    _rec_name = "request_id"
    _order = "submitted_on desc, id desc"
    _depends = {
        "sales.approval.request": [
            "amount",
            "company_id",
            "decided_on",
            "discount",
            "operation",
            "override_user_id",
            "partner_id",
            "policy_ids",
            "requester_id",
            "round_no",
            "sale_order_id",
            "state",
            "submitted_on",
            "user_id",
        ],
        "sales.approval.line": [
            "due_at",
            "level",
            "name",
            "opened_on",
            "remark",
            "request_id",
            "role_id",
            "state",
        ],
        "sales.approval.vote": [
            "date",
            "decision",
            "line_id",
            "on_behalf_of_id",
            "request_id",
            "user_id",
        ],
        "sale.order": ["team_id"],
        "res.company": ["currency_id"],
    }

    request_id = fields.Many2one(
        "sales.approval.request", readonly=True, help="Request the step belongs to."
    )
    sale_order_id = fields.Many2one(
        "sale.order", string="Order", readonly=True, help="Order that was asked about."
    )
    requester_id = fields.Many2one(
        "res.users", string="Submitted By", readonly=True, help="Who asked."
    )
    policy_ids = fields.Many2many(
        "sales.approval.policy",
        relation="sales_approval_report_policy_rel",
        column1="report_id",
        column2="policy_id",
        string="Policies",
        readonly=True,
        help="Policies that asked for it. Grouped by policy, a request that several of "
        "them asked for counts for each.",
    )
    operation = fields.Selection(
        selection=lambda self: self._get_request_selection("operation"),
        readonly=True,
        help="What the approval allows.",
    )
    submitted_on = fields.Datetime(readonly=True, help="When it was asked.")
    request_decided_on = fields.Datetime(
        readonly=True,
        help="When the whole request was decided.",
    )
    result = fields.Selection(
        selection=lambda self: self._get_request_selection("state"),
        readonly=True,
        help="What became of the request. Superseded: before anybody decided.",
    )
    round_no = fields.Integer(
        string="Round",
        readonly=True,
        aggregator=None,
        help="How often the order had been submitted, this time included.",
    )
    level = fields.Integer(readonly=True, aggregator=None, help="Level of the step.")
    step = fields.Char(
        readonly=True, help="Role, user or group that was asked, as it was called then."
    )
    role_id = fields.Many2one(
        "sales.approval.role", readonly=True, help="Role that was asked, if it was one."
    )
    decider_id = fields.Many2one(
        "res.users",
        string="Decided By",
        readonly=True,
        help="Who voted last on this step, or who overrode it.",
    )
    on_behalf_of_id = fields.Many2one(
        "res.users",
        string="For",
        readonly=True,
        help="Absent approver for whom it was decided.",
    )
    decision = fields.Selection(
        selection=[
            ("approve", "Approved"),
            ("request_change", "Change requested"),
            ("reject", "Rejected"),
            ("override", "Overridden"),
            ("automatic", "Automatic"),
            ("open", "Open"),
            ("waiting", "Waiting for lower levels"),
            ("none", "Not needed"),
        ],
        readonly=True,
        help="What this step came to.",
    )
    opened_on = fields.Datetime(
        string="Asked On", readonly=True, help="Since when the people could decide."
    )
    decided_on = fields.Datetime(readonly=True, help="When the step was decided.")
    hours = fields.Float(
        string="Hours to Decide",
        readonly=True,
        aggregator="avg",
        help="Hours from asking the people of the step to their decision; empty until "
        "then.",
    )
    hours_open = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Hours that an undecided step has been open until now.",
    )
    due_at = fields.Datetime(
        string="Due", readonly=True, help="Until when the step should be decided."
    )
    on_time_rate = fields.Float(
        string="On Time",
        readonly=True,
        aggregator="avg",
        help="Decided before they were due, of the steps with a deadline that are decided "
        "or late; 0 to 1.",
    )
    automatic = fields.Boolean(
        readonly=True, help="Approved without anybody being asked."
    )
    request_count = fields.Integer(
        string="Requests", readonly=True, help="Requests, counted at their first step."
    )
    cycle_hours = fields.Float(
        string="Cycle Time (Hours)",
        readonly=True,
        aggregator="avg",
        help="Hours from submitting the request to its decision by people.",
    )
    rejection_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Rejected of the decided requests; 0 to 1.",
    )
    automatic_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Approved without a person of the decided requests; 0 to 1.",
    )
    override_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Overridden of the decided requests; 0 to 1.",
    )
    rework_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Requests for an order submitted before, of all requests; 0 to 1.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="Untaxed amount of the request in company currency, counted at its first "
        "step.",
    )
    discount = fields.Float(
        string="Discount (%)",
        readonly=True,
        aggregator="avg",
        help="Effective discount of the request in percent, counted at its first step.",
    )

    @api.model
    def _get_request_selection(self, name):
        field = self.env["sales.approval.request"]._fields[name]
        return field._description_selection(self.env)

    # === Policies, grouped by which a request may count more than once === #

    def init(self):
        super().init()
        # After the tables of the request are there.
        self.pool.post_init(self._create_policy_view)

    def _create_policy_view(self):
        """Make the relation of a row and its policies, as a view as well."""
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE VIEW sales_approval_report_policy_rel AS
                SELECT 2 * l.id + 1 AS report_id, p.sales_approval_policy_id AS policy_id
                  FROM sales_approval_line l
                  JOIN sales_approval_policy_sales_approval_request_rel p
                    ON p.sales_approval_request_id = l.request_id
             UNION ALL
                SELECT 2 * r.id, p.sales_approval_policy_id
                  FROM sales_approval_request r
                  JOIN sales_approval_policy_sales_approval_request_rel p
                    ON p.sales_approval_request_id = r.id
                 WHERE NOT EXISTS (
                       SELECT FROM sales_approval_line l WHERE l.request_id = r.id)
                """
            )
        )

    # === Actions === #

    def action_open_request(self):
        """Open the request of this row.

        :return: window action
        """
        self.ensure_one()
        return self.request_id.get_formview_action()
