from odoo import fields, models

from ...exceptions import DeliveryError

PACKER = "sales_order_plus.group_hazmat_packer"


class ResCompany(models.Model):
    _inherit = "res.company"

    hazmat_packer_required = fields.Boolean(
        string="Certified Packers",
        groups="base.group_user",
        help="Deliveries with dangerous goods are validated by certified packers only.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hazmat_packer_required = fields.Boolean(
        related="company_id.hazmat_packer_required", readonly=False
    )


class StockPicking(models.Model):
    """Dangerous goods are packed by people who learned it."""

    _inherit = "stock.picking"

    def _action_done(self):
        self._ensure_packer()
        return super()._action_done()

    def _ensure_packer(self):
        """Refuse to let dangerous goods go if the user is no certified packer.

        :raise DeliveryError: names the delivery and whom to ask
        """
        watched = self.filtered(
            lambda one: (
                one.picking_type_code == "outgoing"
                and one.company_id.hazmat_packer_required
            )
        )
        if not watched or self.env.user.has_group(PACKER):
            return
        for picking in watched.filtered("has_hazardous"):
            raise DeliveryError(
                self.env._(
                    "%(picking)s: dangerous goods (%(labels)s) are packed by certified "
                    "packers only. Ask one to validate it.",
                    picking=picking.name,
                    labels=picking.hazmat_labels,
                ),
                field="hazmat_packer_required",
            )
