from odoo import api, fields, models
from odoo.tools import SQL

from ...models.change.sales_order_change import STATES


class SalesChangeReport(models.Model):
    """One row for each change of a request: what, for whom, how long it took.

    The difference of a request, in the company's currency, is shared by its rows.
    """

    _name = "sales.change.report"
    _description = "Change Analysis"
    _inherit = ["sales.order.columns.mixin"]
    _auto = False
    _rec_name = "change_id"
    _order = "date desc, id desc"
    _depends = {
        "sales.order.change": [
            "amount_delta",
            "channel",
            "decided_on",
            "order_id",
            "requested_on",
            "state",
        ],
        "sales.order.change.line": ["change_id", "kind", "line_id", "product_id"],
        "sale.order": [
            "company_id",
            "currency_rate",
            "partner_id",
            "team_id",
            "user_id",
        ],
        "sale.order.line": ["product_id"],
        "res.company": ["currency_id"],
    }

    change_id = fields.Many2one(
        "sales.order.change",
        string="Change Request",
        readonly=True,
        help="The request.",
    )
    date = fields.Datetime(readonly=True, help="When it was asked for.")
    decided_on = fields.Datetime(readonly=True, help="When it was decided.")
    kind = fields.Selection(
        selection=lambda self: (
            self.env["sales.order.change.line"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        string="What",
        readonly=True,
        help="What is changed.",
    )
    state = fields.Selection(
        selection=STATES, string="Status", readonly=True, help="What came of it."
    )
    channel = fields.Selection(
        selection=[("staff", "Staff"), ("rpc", "Program"), ("portal", "Customer")],
        readonly=True,
        help="Who asked for it, and how.",
    )
    order_id = fields.Many2one("sale.order", readonly=True, help="The order.")
    product_id = fields.Many2one("product.product", readonly=True, help="Product.")
    requests = fields.Float(readonly=True, help="Requests; rows of one share it.")
    amount_delta = fields.Monetary(
        string="Difference", readonly=True, help="More, or less, with taxes."
    )
    won = fields.Monetary(readonly=True, help="More by what was applied.")
    lost = fields.Monetary(readonly=True, help="Less by what was applied.")
    applied_rate = fields.Float(
        string="Applied",
        readonly=True,
        aggregator="avg",
        help="Applied, of those decided. From 0 to 1.",
    )
    hours_to_decide = fields.Float(
        readonly=True, aggregator="avg", help="From the request to the decision."
    )

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM sales_order_change_line l "
            "JOIN sales_order_change r ON r.id = l.change_id "
            "JOIN sale_order o ON o.id = r.order_id "
            "JOIN res_company c ON c.id = o.company_id "
            "LEFT JOIN sale_order_line s ON s.id = l.line_id "
            "WHERE r.state != 'draft'",
            SQL(", ").join(
                SQL("%s AS %s", column, SQL.identifier(name))
                for name, column in self._get_columns().items()
            ),
        )

    @api.model
    def _get_columns(self):
        return {
            "id": SQL("l.id"),
            "change_id": SQL("r.id"),
            "date": SQL("r.requested_on"),
            "decided_on": SQL("r.decided_on"),
            "kind": SQL("l.kind"),
            "state": SQL("r.state"),
            "channel": SQL("r.channel"),
            "order_id": SQL("o.id"),
            "partner_id": SQL("o.partner_id"),
            "user_id": SQL("o.user_id"),
            "team_id": SQL("o.team_id"),
            "company_id": SQL("o.company_id"),
            "currency_id": SQL("c.currency_id"),
            "product_id": SQL("COALESCE(l.product_id, s.product_id)"),
            "requests": SQL("1.0 / COUNT(*) OVER (PARTITION BY r.id)"),
            **self._get_amount_columns(),
        }

    @api.model
    def _get_amount_columns(self):
        delta = SQL(
            "(r.amount_delta / COALESCE(NULLIF(o.currency_rate, 0), 1.0) "
            "/ COUNT(*) OVER (PARTITION BY r.id))"
        )
        applied = "CASE WHEN r.state = 'applied' THEN %s(%s, 0) ELSE 0 END"
        return {
            "amount_delta": delta,
            "won": SQL(applied, SQL("GREATEST"), delta),
            "lost": SQL(applied, SQL("-LEAST"), delta),
            "applied_rate": SQL(
                "CASE WHEN r.state = 'applied' THEN 1.0 "
                "WHEN r.state IN ('refused', 'withdrawn') THEN 0.0 END"
            ),
            "hours_to_decide": SQL(
                "EXTRACT(EPOCH FROM r.decided_on - r.requested_on) / 3600.0"
            ),
        }
