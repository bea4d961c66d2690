from odoo import api, fields, models

CATEGORIES = [
    ("customer", "Customer"),
    ("stock", "Stock"),
    ("price", "Price"),
    ("fraud", "Fraud"),
    ("duplicate", "Duplicate"),
    ("delivery", "Delivery"),
    ("other", "Other"),
]


class SalesCancelReason(models.Model):
    """Why orders are cancelled."""

    _name = "sales.cancel.reason"
    _description = "Cancellation Reason"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What people, and customers, choose."
    )
    code = fields.Char(copy=False, help="How programs name it.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Archived reasons cannot be chosen.")
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    category = fields.Selection(
        selection=CATEGORIES,
        required=True,
        default="customer",
        help="What it is counted as.",
    )
    requires_note = fields.Boolean(
        string="Needs a Note", help="Somebody has to say more about it."
    )
    our_fault = fields.Boolean(
        help="The customer is not to blame: he pays no restocking fee."
    )
    portal_visible = fields.Boolean(
        string="Customers May Choose It",
        default=True,
        help="Shown to customers who cancel by themselves.",
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "There is a reason with this code already."
    )

    @api.model
    def _get_by_name(self, given):
        """Return the reason that a program names by id, code or record; or none."""
        if isinstance(given, models.BaseModel):
            return given
        if not given:
            return self.browse()
        field = "id" if isinstance(given, int) else "code"
        # sudo: all may choose among them, in any session.
        return self.sudo().search([(field, "=", given)], limit=1).sudo(False)
