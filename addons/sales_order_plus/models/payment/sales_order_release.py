from odoo import fields, models


class SalesOrderRelease(models.Model):
    """The decision of a controller to let one order go on; added by code alone.

    It holds for what was looked at: a larger amount, another customer or another
    address needs a new decision.
    """

    _name = "sales.order.release"
    _inherit = ["sales.presence.mixin"]
    _description = "Release of an Order"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The order that was released.",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        selection=[("credit", "Credit"), ("fraud", "Risk")],
        required=True,
        readonly=True,
        help="What stood against the order.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who owes what the order adds.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="What the order added to his debt when it was released; a larger amount "
        "is not covered.",
    )
    fingerprint = fields.Char(
        readonly=True, help="Hash of what was decided on; a change voids the release."
    )
    finding = fields.Text(readonly=True, help="What stood against the order.")
    reason = fields.Text(required=True, readonly=True, help="Why it may go on.")
    user_id = fields.Many2one(
        "res.users",
        string="Released By",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who decided.",
    )
