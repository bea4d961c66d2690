from odoo import api, fields, models
from odoo.tools import SQL

from ...models.cancellation.sales_cancel_reason import CATEGORIES


class SalesCancellationReport(models.Model):
    """One row for each product of a cancellation or a return: why, what, for how much.

    Amounts are in the company's currency at the rate of the order. Fees and refunds of
    a request are spread over its rows by what they are worth.
    """

    _name = "sales.cancellation.report"
    _description = "Cancellation Analysis"
    _inherit = ["sales.order.columns.mixin"]
    _auto = False
    _rec_name = "number"
    _order = "date desc, id desc"
    _depends = {
        "sales.order.cancellation": [
            "amount",
            "channel",
            "decided_on",
            "kind",
            "name",
            "order_id",
            "reason_category",
            "reason_id",
            "refund_amount",
            "requested_on",
            "state",
        ],
        "sales.order.cancellation.line": [
            "amount",
            "cancellation_id",
            "fee_amount",
            "order_line_id",
            "quantity",
        ],
        "sales.order.return": [
            "channel",
            "amount",
            "credited_amount",
            "decided_on",
            "fee_amount",
            "name",
            "order_id",
            "requested_on",
            "reason_id",
            "state",
        ],
        "sales.order.return.line": ["amount", "order_line_id", "quantity", "return_id"],
        "sales.retention.proposal": ["cost", "order_id", "saved_amount", "state"],
        "sales.return.reason": ["category"],
        "sale.order": [
            "company_id",
            "currency_rate",
            "date_order",
            "partner_id",
            "team_id",
            "user_id",
        ],
        "sale.order.line": ["product_id"],
        "stock.move": ["date", "sale_line_id", "state"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.company": ["currency_id"],
    }

    number = fields.Char(readonly=True, help="Number of the cancellation or return.")
    date = fields.Datetime(readonly=True, help="When it was asked for.")
    decided_on = fields.Datetime(readonly=True, help="When it was decided.")
    order_id = fields.Many2one("sale.order", readonly=True, help="The order.")
    product_id = fields.Many2one("product.product", readonly=True, help="Product.")
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        readonly=True,
        help="Its category.",
    )
    reason_id = fields.Many2one(
        "sales.cancel.reason", readonly=True, help="Why it was cancelled."
    )
    return_reason_id = fields.Many2one(
        "sales.return.reason", readonly=True, help="Why it came back."
    )
    reason_category = fields.Selection(
        selection=CATEGORIES, readonly=True, help="Kind of the reason."
    )
    stage = fields.Selection(
        selection=[
            ("before", "Before Shipment"),
            ("partly", "Partly Shipped"),
            ("after", "After Shipment"),
        ],
        readonly=True,
        help="How far the order was: returns are what was wanted after the shipment.",
    )
    channel = fields.Selection(
        selection=[("staff", "Staff"), ("rpc", "Program"), ("portal", "Customer")],
        readonly=True,
        help="Who asked for it, and how.",
    )
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("done", "Cancelled or Returned"),
            ("retained", "Retained"),
            ("dropped", "Refused or Withdrawn"),
        ],
        string="Status",
        readonly=True,
        help="What came of it.",
    )
    quantity = fields.Float(readonly=True, help="In the unit of the order line.")
    value = fields.Monetary(readonly=True, help="What it is worth, without taxes.")
    lost = fields.Monetary(
        readonly=True, help="Worth of what is cancelled or came back, without taxes."
    )
    fee = fields.Monetary(readonly=True, help="Restocking fee, without taxes.")
    refund = fields.Monetary(readonly=True, help="Paid back, with taxes.")
    saved = fields.Monetary(
        readonly=True, help="Worth of what customers kept for an offer."
    )
    requests = fields.Float(
        readonly=True, help="Cancellations and returns; rows of one share it."
    )
    retained_rate = fields.Float(
        string="Retained",
        readonly=True,
        aggregator="avg",
        help="Kept for an offer, of those decided. From 0 to 1.",
    )
    days = fields.Float(
        string="Days since the Order",
        readonly=True,
        aggregator="avg",
        help="From the confirmation to the request.",
    )
    hours_to_decide = fields.Float(
        readonly=True, aggregator="avg", help="From the request to the decision."
    )

    @property
    def _table_query(self):
        return SQL(
            "%s UNION ALL %s",
            self._get_select(self._get_cancel_columns(), self._get_cancel_from()),
            self._get_select(self._get_return_columns(), self._get_return_from()),
        )

    @api.model
    def _get_select(self, columns, source):
        return SQL(
            "SELECT %s FROM %s "
            "JOIN sale_order o ON o.id = r.order_id "
            "JOIN res_company c ON c.id = o.company_id "
            "JOIN sale_order_line s ON s.id = l.order_line_id "
            "LEFT JOIN product_product p ON p.id = s.product_id "
            "LEFT JOIN product_template t ON t.id = p.product_tmpl_id "
            "CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(o.currency_rate, 0), 1.0)) "
            "AS x(rate) WHERE r.state != 'draft'",
            SQL(", ").join(
                SQL("%s AS %s", column, SQL.identifier(name))
                for name, column in {**self._get_common_columns(), **columns}.items()
            ),
            source,
        )

    @api.model
    def _get_common_columns(self):
        return {
            "number": SQL("r.name"),
            "date": SQL("r.requested_on"),
            "decided_on": SQL("r.decided_on"),
            "order_id": SQL("o.id"),
            "partner_id": SQL("o.partner_id"),
            "user_id": SQL("o.user_id"),
            "team_id": SQL("o.team_id"),
            "company_id": SQL("o.company_id"),
            "currency_id": SQL("c.currency_id"),
            "product_id": SQL("s.product_id"),
            "categ_id": SQL("t.categ_id"),
            "channel": SQL("r.channel"),
            "quantity": SQL("l.quantity"),
            "value": SQL("l.amount / x.rate"),
            "requests": SQL("1.0 / COUNT(*) OVER (PARTITION BY r.id)"),
            "days": SQL("EXTRACT(EPOCH FROM r.requested_on - o.date_order) / 86400.0"),
            "hours_to_decide": SQL(
                "EXTRACT(EPOCH FROM r.decided_on - r.requested_on) / 3600.0"
            ),
        }

    # === Cancellations === #

    @api.model
    def _get_cancel_columns(self):
        return {
            "id": SQL("l.id * 2"),
            "reason_id": SQL("r.reason_id"),
            "return_reason_id": SQL("NULL::int"),
            "reason_category": SQL("r.reason_category"),
            "stage": SQL(
                "CASE WHEN EXISTS (SELECT FROM stock_move m "
                "JOIN sale_order_line d ON d.id = m.sale_line_id "
                "WHERE d.order_id = o.id AND m.state = 'done' "
                "AND m.date <= r.requested_on) THEN 'partly' ELSE 'before' END"
            ),
            "state": SQL(
                "CASE r.state WHEN 'submitted' THEN 'open' WHEN 'applied' THEN 'done' "
                "WHEN 'retained' THEN 'retained' ELSE 'dropped' END"
            ),
            "lost": SQL(
                "CASE WHEN r.state = 'applied' THEN l.amount / x.rate ELSE 0 END"
            ),
            "fee": SQL(
                "CASE WHEN r.state = 'applied' THEN l.fee_amount / x.rate ELSE 0 END"
            ),
            "refund": SQL(
                "CASE WHEN r.state = 'applied' THEN "
                "r.refund_amount * l.amount / NULLIF(r.amount, 0) / x.rate ELSE 0 END"
            ),
            "saved": SQL(
                "CASE WHEN r.state = 'retained' THEN "
                "f.saved_amount * l.amount / NULLIF(r.amount, 0) ELSE 0 END"
            ),
            "retained_rate": SQL(
                "CASE r.state WHEN 'retained' THEN 1.0 WHEN 'applied' THEN 0.0 END"
            ),
        }

    @api.model
    def _get_cancel_from(self):
        return SQL(
            "sales_order_cancellation_line l "
            "JOIN sales_order_cancellation r ON r.id = l.cancellation_id "
            "LEFT JOIN sales_retention_proposal f "
            "ON f.order_id = r.order_id AND f.state = 'accepted'"
        )

    # === Returns === #

    @api.model
    def _get_return_columns(self):
        part = SQL("l.amount / NULLIF(r.amount, 0) / x.rate")
        return {
            "id": SQL("l.id * 2 + 1"),
            "reason_id": SQL("NULL::int"),
            "return_reason_id": SQL("r.reason_id"),
            "reason_category": SQL(
                "CASE WHEN y.category IN ('mind', 'cancelled') THEN 'customer' "
                "WHEN y.category IN ('damaged', 'wrong', 'late') THEN 'delivery' "
                "ELSE 'other' END"
            ),
            "stage": SQL("'after'"),
            "state": SQL(
                "CASE WHEN r.state = 'closed' THEN 'done' "
                "WHEN r.state IN ('refused', 'withdrawn') THEN 'dropped' ELSE 'open' END"
            ),
            "lost": SQL(
                "CASE WHEN r.state = 'closed' THEN l.amount / x.rate ELSE 0 END"
            ),
            "fee": SQL(
                "CASE WHEN r.state = 'closed' THEN r.fee_amount * %s ELSE 0 END", part
            ),
            "refund": SQL(
                "CASE WHEN r.state = 'closed' THEN r.credited_amount * %s ELSE 0 END",
                part,
            ),
            "saved": SQL("0.0"),
            "retained_rate": SQL("NULL::float"),
        }

    @api.model
    def _get_return_from(self):
        return SQL(
            "sales_order_return_line l "
            "JOIN sales_order_return r ON r.id = l.return_id "
            "LEFT JOIN sales_return_reason y ON y.id = r.reason_id"
        )
