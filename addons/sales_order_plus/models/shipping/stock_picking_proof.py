from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    proof_ids = fields.One2many(
        "sales.delivery.proof",
        "picking_id",
        string="Proofs of Delivery",
        groups="base.group_user",
        help="Who took the goods, when and where.",
    )
    proof_count = fields.Integer(
        string="Proofs",
        compute="_compute_proof_count",
        groups="base.group_user",
        help="Number of proofs of delivery.",
    )

    @api.depends("proof_ids")
    def _compute_proof_count(self):
        for picking in self:
            picking.proof_count = len(picking.proof_ids)

    def action_open_proofs(self):
        """Open the proofs of this delivery, or a new one if there is none.

        :return: window action
        """
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Proof of Delivery"),
            "res_model": "sales.delivery.proof",
            "view_mode": "form",
            "context": {"default_picking_id": self.id},
        }
        if len(self.proof_ids) > 1:
            action["view_mode"] = "list,form"
            action["domain"] = [("picking_id", "=", self.id)]
        elif self.proof_ids:
            action["res_id"] = self.proof_ids.id
        return action
