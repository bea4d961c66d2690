from odoo import fields, models


class SalesReturnReason(models.Model):
    """Why customers send goods back."""

    _name = "sales.return.reason"
    _description = "Return Reason"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="As the customer reads it when he chooses."
    )
    sequence = fields.Integer(default=10, help="Order in the list.")
    active = fields.Boolean(
        default=True, help="Archived reasons stay with old returns only."
    )
    category = fields.Selection(
        selection=[
            ("mind", "Changed his mind"),
            ("damaged", "Damaged"),
            ("faulty", "Does not work"),
            ("wrong", "Wrong goods"),
            ("description", "Not as described"),
            ("late", "Came too late"),
            ("cancelled", "Order cancelled"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        help="What the analysis groups by.",
    )
    our_fault = fields.Boolean(
        help="We caused it: the customer pays no restocking fee."
    )
    requires_note = fields.Boolean(
        string="Needs a Note", help="Whoever chooses it has to say more."
    )
    portal_visible = fields.Boolean(
        string="For Customers",
        default=True,
        help="Customers can choose it on their page.",
    )
