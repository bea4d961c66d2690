from odoo import fields, models


class SalesHandlingTag(models.Model):
    """How parcels must be handled: fragile, this side up."""

    _name = "sales.handling.tag"
    _inherit = ["sales.presence.mixin"]
    _description = "Handling Tag"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Printed on the delivery slip."
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    color = fields.Integer(help="Colour of the tag.")
    active = fields.Boolean(default=True, help="Archived tags cannot be chosen.")

    _name_uniq = models.UniqueIndex("(name)", "Name: there is such a tag already.")
