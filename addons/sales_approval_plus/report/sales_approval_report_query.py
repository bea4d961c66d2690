from odoo import api, fields, models
from odoo.tools import SQL

# Results of a request that somebody, or a rule, decided.
DECIDED = (
    "approved",
    "conditional",
    "overridden",
    "rejected",
    "changes_requested",
)


class SalesApprovalReport(models.Model):
    """Where the rows of the report come from."""

    _inherit = "sales.approval.report"

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
            "due_at",
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
            "on_time_rate": SQL(
                "CASE WHEN q.decided_on IS NOT NULL AND q.opened_on IS NOT NULL "
                "THEN (q.decided_on <= q.due_at)::int::float "
                "WHEN q.decision = 'open' AND q.due_at < %s THEN 0.0 END",
                self._get_now(),
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
            # What nobody was asked about says nothing about how long people take.
            "cycle_hours": SQL(
                "CASE WHEN %s AND q.decision != 'automatic' THEN %s END", decided, cycle
            ),
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
                   CASE WHEN s.result IN ('approved', 'conditional', 'rejected',
                                          'changes_requested')
                        THEN COALESCE(s.last_vote, s.ended_on)
                        WHEN s.result = 'overridden' AND s.state = 'overridden'
                        THEN s.ended_on END AS request_decided_on
              FROM (
                SELECT r.id AS request_id, r.sale_order_id, r.company_id, r.partner_id,
                       r.user_id, r.requester_id, r.operation, r.submitted_on, r.round_no,
                       r.state, r.amount, r.discount, r.decided_on AS ended_on,
                       o.team_id, c.currency_id, l.id AS line_id, l.level,
                       l.name AS step, l.role_id, l.opened_on, l.due_at,
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
                   -- A step that was not needed says so in its remark.
                   (SELECT bool_and(f.state = 'done' OR f.remark IS NOT NULL)
                      FROM sales_approval_line f
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
            CASE WHEN r.state NOT IN ('superseded', 'expired') THEN r.state
                 WHEN r.override_user_id IS NOT NULL THEN 'overridden'
                 WHEN w.refusal = 'reject' THEN 'rejected'
                 WHEN w.refusal = 'request_change' THEN 'changes_requested'
                 WHEN COALESCE(w.all_done, TRUE) THEN 'approved'
                 ELSE r.state END
            """
        )
