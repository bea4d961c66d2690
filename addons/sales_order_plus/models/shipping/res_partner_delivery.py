from odoo import fields, models

ADDRESS_KINDS = [("residential", "Residential"), ("commercial", "Commercial")]
DELIVERY_PREFERENCES = [
    ("leave_at_door", "Leave at the door"),
    ("neighbour", "Leave with a neighbour"),
    ("pickup", "Bring to a pickup point"),
    ("signature_required", "Only against signature"),
]


class ResPartner(models.Model):
    """What a driver must know about an address."""

    _inherit = "res.partner"

    address_kind = fields.Selection(
        selection=ADDRESS_KINDS,
        help="Carriers charge and deliver differently to homes and companies.",
        prefetch="sales_rare",
    )
    delivery_preference = fields.Selection(
        selection=DELIVERY_PREFERENCES,
        help="What the driver does with the parcel.",
        prefetch="sales_rare",
    )
    delivery_access_code = fields.Char(
        groups="base.group_user",
        help="Code of the gate or the door; printed for our own people only.",
        prefetch="sales_rare",
    )
    delivery_instructions = fields.Text(
        help="Taken over into each order that is shipped to this address.",
    )

    def _get_frontend_writable_fields(self):
        return super()._get_frontend_writable_fields() | {
            "address_kind",
            "delivery_preference",
            "delivery_access_code",
            "delivery_instructions",
        }
