from odoo import fields, models

from ...exceptions import ChangeError

CATEGORIES = [
    ("customer", "Wish of the Customer"),
    ("stock", "Goods Not There"),
    ("price", "Price"),
    ("delivery", "Delivery"),
    ("mistake", "Our Mistake"),
    ("other", "Other"),
]


class SalesChangeReason(models.Model):
    """Why confirmed orders are changed, to count by."""

    _name = "sales.change.reason"
    _description = "Reason of a Change"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="As people choose it.")
    sequence = fields.Integer(default=10, help="Order in the list.")
    active = fields.Boolean(default=True, help="Archived reasons cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", help="Only for orders of this company; empty: for all."
    )
    category = fields.Selection(
        selection=CATEGORIES, required=True, default="customer", help="To group by."
    )
    requires_note = fields.Boolean(
        string="Needs Words", help="Whoever chooses it has to say more."
    )
    portal_visible = fields.Boolean(
        string="For Customers", help="Customers may choose it in the portal."
    )


class SalesOrderChange(models.Model):
    _inherit = "sales.order.change"

    reason_id = fields.Many2one(
        "sales.change.reason",
        string="Category",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Why the order is changed, to count by.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Documents",
        help="What belongs to the request, such as the customer's letter; for "
        "colleagues only.",
    )

    def _ensure_reason(self):
        if (self.reason or "").strip() or (
            self.reason_id and not self.reason_id.requires_note
        ):
            return
        raise ChangeError(
            self.env._("Reason: say why the order is changed, then submit again."),
            field="reason",
            rule="required",
        )
