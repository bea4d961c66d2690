from odoo import fields, models

KINDS = [
    ("ship", "Please ship"),
    ("receive", "Please receive"),
    ("cancel", "Please leave it"),
    ("shipped", "Shipped"),
    ("received", "Received"),
]


class SalesFulfilmentMessage(models.Model):
    """One message to or from a logistics provider."""

    _name = "sales.fulfilment.message"
    _description = "Message of a Logistics Provider"
    _inherit = ["sales.outgoing.mixin"]
    _order = "id desc"
    _rec_name = "key"

    provider_id = fields.Many2one(
        "sales.fulfilment.provider",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The provider.",
    )
    company_id = fields.Many2one(
        related="provider_id.company_id", store=True, index=True, help="Whose goods."
    )
    direction = fields.Selection(
        selection=[("out", "To the provider"), ("in", "From the provider")],
        required=True,
        readonly=True,
        help="Who tells whom.",
    )
    kind = fields.Selection(
        selection=KINDS, string="Type", required=True, readonly=True, help="What it is."
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        readonly=True,
        index=True,
        ondelete="set null",
        help="The delivery or receipt it is about.",
    )

    _key_uniq = models.UniqueIndex(
        "(provider_id, direction, key)", "There is a message with this key."
    )

    def _get_party(self):
        return self.provider_id

    def _get_queue_domain(self):
        """Files wait until they are fetched."""
        return [
            *super()._get_queue_domain(),
            ("direction", "=", "out"),
            ("provider_id.kind", "!=", "file"),
            ("provider_id.active", "=", True),
        ]

    def action_try_again(self):
        """Hand over, or carry out, what failed; within a minute.

        :return: True
        """
        self.provider_id.check_access("write")
        # sudo: messages are nobody's to write, the provider is the manager's.
        failed = self.sudo().filtered(lambda message: message.state == "failed")
        failed.filtered(lambda one: one.direction == "out").state = "queued"
        for message in failed.filtered(lambda one: one.direction == "in"):
            message.provider_id._carry_out_or_park(message)
        # sudo: who looks after messages need not administrate crons.
        self.env.ref("sales_backorder_plus.ir_cron_fulfilment").sudo()._trigger()
        return True
