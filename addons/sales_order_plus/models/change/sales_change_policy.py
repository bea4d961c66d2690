from odoo import fields, models


class SalesChangePolicy(models.Model):
    """What may become of a confirmed order: changed, cancelled, returned, and by whom.

    The first policy that fits an order holds for it. What a policy says of changes, of
    cancellations and of returns is defined in the files of these concerns.
    """

    _name = "sales.change.policy"
    _description = "Change Policy"
    _inherit = ["sales.order.scope.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Named when something is refused by it."
    )
