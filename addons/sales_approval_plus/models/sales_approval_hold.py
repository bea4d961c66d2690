from odoo import api, fields, models


class SalesApprovalHold(models.Model):
    """An order whose records must be kept, whatever the retention rules say."""

    _name = "sales.approval.hold"
    _description = "Legal Hold"
    _inherit = ["sales.audit.setting.mixin"]
    _order = "id desc"
    _rec_name = "sale_order_id"

    _audit_prefix = "hold"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Order",
        required=True,
        ondelete="restrict",
        index=True,
        help="Order whose approvals are kept as they are.",
    )
    company_id = fields.Many2one(
        related="sale_order_id.company_id", store=True, help="Company of the order."
    )
    reason = fields.Char(
        required=True, help="Why it must be kept, such as the number of a lawsuit."
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="restrict",
        help="Who put it on hold.",
    )
    active = fields.Boolean(
        string="Holds", default=True, help="Archive it to let the rules apply again."
    )

    _active_uniq = models.UniqueIndex(
        "(sale_order_id) WHERE active",
        "This order is on legal hold already.",
    )

    def _get_audited_document(self):
        # sudo: who holds an order need not be able to open it.
        return self.sudo().sale_order_id


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "hold.created": self.env._("Legal hold"),
            "hold.changed": self.env._("Legal hold changed"),
            "hold.removed": self.env._("Legal hold removed"),
            "retention.created": self.env._("Retention rule created"),
            "retention.changed": self.env._("Retention rule changed"),
            "retention.removed": self.env._("Retention rule removed"),
            "approval.redacted": self.env._("Details of an approval removed"),
        }
