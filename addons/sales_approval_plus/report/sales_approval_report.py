from odoo import api, fields, models
from odoo.tools import SQL

# Results of a request that somebody, or a rule, decided.
DECIDED = ("approved", "overridden", "rejected", "changes_requested")


class SalesApprovalReport(models.Model):
    """One row for each step of a request; a request without steps has one row as well.

    What is true of the whole request (cycle time, rates, amount) stands on its first
    row only: sums and averages then count each request once, whatever they are grouped
    by. A request that was superseded later keeps the result its votes gave it.
    """

    _name = "sales.approval.report"
    _description = "Approval Analysis"
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
            "level",
            "name",
            "opened_on",
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
    company_id = fields.Many2one("res.company", readonly=True, help="Its company.")
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Customer of the order."
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Who sells it."
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", readonly=True, help="Team of the order."
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
        help="Hours from submitting the request to its decision.",
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

    # === The query === #

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM (%s) q",
            SQL(", ").join(
                SQL("%s AS %s", column, SQL.identifier(name))
                for name, column in self._get_columns().items()
            ),
            self._get_rows(),
        )

    @api.model
    def _get_columns(self):
        """Return {field: SQL over the rows of :meth:`_get_rows`}; addons add theirs."""
        plain = (
            "request_id",
            "sale_order_id",
            "company_id",
            "currency_id",
            "partner_id",
            "user_id",
            "team_id",
            "requester_id",
            "operation",
            "submitted_on",
            "result",
            "round_no",
            "level",
            "step",
            "role_id",
            "decider_id",
            "on_behalf_of_id",
            "decision",
            "opened_on",
            "decided_on",
            "request_decided_on",
        )
        return {
            # No id of a step is one of a request.
            "id": SQL("COALESCE(2 * q.line_id + 1, 2 * q.request_id)"),
            **{name: SQL.identifier("q", name) for name in plain},
            **self._get_time_columns(),
            **self._get_request_columns(),
        }

    @api.model
    def _get_time_columns(self):
        return {
            "hours": self._get_hours(SQL("q.opened_on"), SQL("q.decided_on")),
            "hours_open": SQL(
                "CASE WHEN q.decision = 'open' THEN %s END",
                self._get_hours(SQL("q.opened_on"), self._get_now()),
            ),
        }

    @api.model
    def _get_request_columns(self):
        """Return the columns that stand on the first row of a request."""
        decided = SQL("q.is_first AND q.result IN %s", DECIDED)
        rates = {
            "rejection_rate": SQL("q.result = 'rejected'"),
            "automatic_rate": SQL("q.decision = 'automatic'"),
            "override_rate": SQL("q.result = 'overridden'"),
        }
        cycle = self._get_hours(SQL("q.submitted_on"), SQL("q.request_decided_on"))
        return {
            **{
                name: SQL("CASE WHEN %s THEN (%s)::int::float END", decided, true)
                for name, true in rates.items()
            },
            "automatic": SQL("q.decision = 'automatic'"),
            "rework_rate": SQL(
                "CASE WHEN q.is_first THEN (q.round_no > 1)::int::float END"
            ),
            "request_count": SQL("q.is_first::int"),
            "cycle_hours": SQL("CASE WHEN %s THEN %s END", decided, cycle),
            "amount": SQL("CASE WHEN q.is_first THEN q.amount ELSE 0.0 END"),
            "discount": SQL("CASE WHEN q.is_first THEN q.discount END"),
        }

    @api.model
    def _get_hours(self, start, end):
        return SQL("EXTRACT(EPOCH FROM %s - %s) / 3600.0", end, start)

    @api.model
    def _get_now(self):
        return SQL("%s::timestamp", fields.Datetime.now())

    @api.model
    def _get_rows(self):
        """Return the steps with what became of them and of their request."""
        return SQL(
            """
            SELECT s.*,
                   CASE WHEN s.decision IN ('approve', 'reject', 'request_change')
                        THEN s.voted_on
                        WHEN s.decision IN ('override', 'automatic')
                        THEN s.ended_on END AS decided_on,
                   CASE WHEN s.result IN ('approved', 'rejected', 'changes_requested')
                        THEN COALESCE(s.last_vote, s.ended_on)
                        WHEN s.result = 'overridden' AND s.state = 'overridden'
                        THEN s.ended_on END AS request_decided_on
              FROM (
                SELECT r.id AS request_id, r.sale_order_id, r.company_id, r.partner_id,
                       r.user_id, r.requester_id, r.operation, r.submitted_on, r.round_no,
                       r.state, r.amount, r.discount, r.decided_on AS ended_on,
                       o.team_id, c.currency_id, l.id AS line_id, l.level,
                       l.name AS step, l.role_id, l.opened_on,
                       v.on_behalf_of_id, v.date AS voted_on, w.last_vote,
                       l.id IS NOT DISTINCT FROM w.first_line AS is_first,
                       %(decider)s AS decider_id, %(decision)s AS decision,
                       %(result)s AS result
                  FROM sales_approval_request r
                  JOIN res_company c ON c.id = r.company_id
             LEFT JOIN sale_order o ON o.id = r.sale_order_id
             LEFT JOIN sales_approval_line l ON l.request_id = r.id
             LEFT JOIN LATERAL (%(last_vote)s) v ON TRUE
             LEFT JOIN LATERAL (%(whole)s) w ON TRUE
              ) s
            """,
            decider=SQL("COALESCE(v.user_id, r.override_user_id)"),
            decision=self._get_decision(),
            result=self._get_result(),
            last_vote=SQL(
                "SELECT user_id, on_behalf_of_id, decision, date "
                "FROM sales_approval_vote WHERE line_id = l.id ORDER BY id DESC LIMIT 1"
            ),
            whole=self._get_whole(),
        )

    @api.model
    def _get_whole(self):
        """Return what steps and votes of a request come to together."""
        return SQL(
            """
            SELECT (SELECT f.id FROM sales_approval_line f WHERE f.request_id = r.id
                  ORDER BY f.level, f.id LIMIT 1) AS first_line,
                   (SELECT bool_and(f.state = 'done') FROM sales_approval_line f
                     WHERE f.request_id = r.id) AS all_done,
                   (SELECT MAX(b.date) FROM sales_approval_vote b
                     WHERE b.request_id = r.id) AS last_vote,
                   (SELECT MAX(b.decision) FROM sales_approval_vote b
                     WHERE b.request_id = r.id AND b.decision != 'approve') AS refusal
            """
        )

    @api.model
    def _get_decision(self):
        return SQL(
            """
            CASE WHEN v.decision IN ('reject', 'request_change') THEN v.decision
                 WHEN l.state = 'done' THEN 'approve'
                 WHEN r.override_user_id IS NOT NULL THEN 'override'
                 WHEN l.id IS NULL AND r.state IN ('approved', 'superseded')
                 THEN 'automatic'
                 WHEN l.state IN ('open', 'waiting') THEN l.state
                 ELSE 'none' END
            """
        )

    @api.model
    def _get_result(self):
        return SQL(
            """
            CASE WHEN r.state != 'superseded' THEN r.state
                 WHEN r.override_user_id IS NOT NULL THEN 'overridden'
                 WHEN w.refusal = 'reject' THEN 'rejected'
                 WHEN w.refusal = 'request_change' THEN 'changes_requested'
                 WHEN COALESCE(w.all_done, TRUE) THEN 'approved'
                 ELSE r.state END
            """
        )

    # === Actions === #

    def action_open_request(self):
        """Open the request of this row.

        :return: window action
        """
        self.ensure_one()
        return self.request_id.get_formview_action()
