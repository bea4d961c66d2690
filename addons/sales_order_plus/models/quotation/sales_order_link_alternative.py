from odoo import api, models

from ...exceptions import QuotationError


class SalesOrderLink(models.Model):
    _inherit = "sales.order.link"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken(self):
        """Keep what stops a second alternative: without the link both would go."""
        taken = self.filtered(
            lambda link: (
                link.kind == "alternative"
                and "sale" in (link.sudo().order_id.state, link.sudo().linked_id.state)
            )
        )
        if taken:
            raise QuotationError(
                self.env._(
                    "Linked Order: the customer took %(name)s, its alternatives stay "
                    "linked. Cancel that order first.",
                    name=taken[0].sudo().order_id.name,
                )
            )
