from odoo import api, fields, models
from odoo.tools import SQL

STATE_CODES = ("order.cancelled", "order.confirmed", "order.reset")


class SalesApprovalUnapproved(models.Model):
    """Confirmed orders that the gate has not let pass: there should be none.

    Whatever confirms an order leaves an audit event, because the gate and the event sit
    in ``write`` and ``create``. So an order whose last event is no confirmation was
    confirmed around them, in the database itself. Only for these few the policies are
    asked, so that the list opens fast however many orders there are. Orders that are
    older than the audit trail, or than what is left of it, are not looked at unless
    something is known of them.
    """

    _name = "sales.approval.unapproved"
    _description = "Order Confirmed Without Approval"
    _inherit = ["sales.order.columns.mixin"]
    _auto = False
    _rec_name = "sale_order_id"
    _order = "id desc"
    _depends = {
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_rate",
            "date_order",
            "name",
            "partner_id",
            "state",
            "team_id",
            "user_id",
        ],
        "sales.approval.request": ["operation", "sale_order_id", "state"],
        "sales.audit.event": ["code", "data", "model", "res_id"],
        "res.company": ["currency_id"],
    }

    sale_order_id = fields.Many2one(
        "sale.order", string="Order", readonly=True, help="The confirmed order."
    )
    name = fields.Char(string="Number", readonly=True, help="Number of the order.")
    date_order = fields.Datetime(
        string="Order Date", readonly=True, help="Date that the order says."
    )
    amount = fields.Monetary(
        string="Untaxed Amount", readonly=True, help="In the currency of the company."
    )
    last_event = fields.Char(
        readonly=True, help="Code of the last audit event about the order's state."
    )
    request_state = fields.Selection(
        selection=lambda self: (
            self.env["sales.approval.request"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        string="Last Request",
        readonly=True,
        help="What became of the last request for approval, if there is one.",
    )
    finding = fields.Selection(
        selection=[
            ("unapproved", "Approval was required"),
            ("unchecked", "Confirmed past the checks"),
        ],
        compute="_compute_finding",
        help="Approval was required: a policy of today, or the open request, asks for "
        "it. Past the checks: no policy of today would have stopped it, but none was "
        "asked either.",
    )
    policy_names = fields.Char(
        string="Policies",
        compute="_compute_finding",
        help="Policies that ask for the approval that is missing.",
    )

    def _compute_finding(self):
        # sudo: what was required does not depend on who looks at it.
        orders = self.sudo().sale_order_id
        standings = orders._get_approval_standings("confirm")
        for row in self:
            standing = standings.get(row.sale_order_id.id)
            policies = self.env["sales.approval.policy"].sudo()
            if standing and not standing.passes:
                policies = standing.policies
            elif row.request_state == "pending":
                pending = row.sudo().sale_order_id._get_pending_request()
                # Archived since, perhaps.
                policies = pending.with_context(active_test=False).policy_ids
            row.finding = "unapproved" if policies else "unchecked"
            row.policy_names = ", ".join(policies.mapped("name"))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT o.id, o.id AS sale_order_id, o.name, o.company_id, c.currency_id,
                   o.partner_id, o.user_id, o.team_id, o.date_order,
                   o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1.0)
                   AS amount,
                   e.code AS last_event, r.state AS request_state
              FROM sale_order o
              JOIN res_company c ON c.id = o.company_id
         LEFT JOIN LATERAL (
                   SELECT code FROM sales_audit_event
                    WHERE model = 'sale.order' AND res_id = o.id AND code IN %(codes)s
                 ORDER BY id DESC LIMIT 1) e ON TRUE
         LEFT JOIN LATERAL (
                   SELECT id, state FROM sales_approval_request
                    WHERE sale_order_id = o.id AND operation = 'confirm'
                 ORDER BY id DESC LIMIT 1) r ON TRUE
             WHERE o.state = 'sale' AND (r.state = 'pending' OR (%(untold)s))
            """,
            codes=STATE_CODES,
            untold=self._get_untold(),
        )

    @api.model
    def _get_untold(self):
        """Return whether the trail knows the order, but not that it was confirmed."""
        return SQL(
            """
            e.code IS DISTINCT FROM 'order.confirmed'
            AND (e.code IS NOT NULL OR r.id IS NOT NULL OR o.create_date > (
                 SELECT create_date FROM ir_model_data
                  WHERE module = 'sales_order_plus' AND name = 'group_sales_auditor'))
            AND o.date_order > COALESCE(
                (SELECT (data->>'before')::timestamp FROM sales_audit_event
                  WHERE code = 'audit.purged' ORDER BY id DESC LIMIT 1), '-infinity')
            """
        )

    def action_open_order(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "view_mode": "form",
        }
