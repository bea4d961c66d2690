from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    insurance_threshold = fields.Monetary(
        string="Insure Shipments Above",
        groups="base.group_user",
        help="Orders whose goods are worth more are always insured; 0: only those "
        "marked by hand.",
    )
    insurance_product_id = fields.Many2one(
        "product.product",
        domain=[("type", "=", "service")],
        groups="base.group_user",
        help="Service of the insurance line; its taxes apply.",
        prefetch="sales_rare",
    )
    shipping_auto_recompute = fields.Boolean(
        string="Recompute Shipping",
        groups="base.group_user",
        help="Change the price of the shipping line as soon as a line of the quotation "
        "changes. Without it the order only says that shipping should be updated.",
    )

    def _get_insurance_product(self):
        self.ensure_one()
        return self.sudo().insurance_product_id or self.env.ref(
            "sales_order_plus.product_insurance"
        )
