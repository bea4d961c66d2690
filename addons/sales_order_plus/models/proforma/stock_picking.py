from odoo import fields, models


class StockPicking(models.Model):
    """Export papers of a delivery: what leaves with it, and nothing else."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "sales.export.mixin"]

    is_export = fields.Boolean(
        compute="_compute_is_export",
        help="The delivery leaves the country; customs want papers.",
    )

    def _compute_is_export(self):
        for picking in self:
            outgoing = picking.picking_type_code == "outgoing"
            # sudo: the warehouse worker need not read the order.
            order = picking.sudo().sale_id if outgoing else False
            picking.is_export = bool(order and order.is_international)

    def _get_export_order(self):
        return self.sale_id

    def _get_export_pickings(self):
        return self

    def _get_export_lines(self):
        return self._get_move_lines(self.move_ids)

    def _get_export_consignee(self):
        return self.partner_id or super()._get_export_consignee()

    def action_customs_documents(self):
        """Open the customs declaration of the delivery; it is created if needed.

        :return: window action
        """
        self.ensure_one()
        return self.env["sales.customs.declaration"]._open_for(picking=self)
