from odoo import fields, models


class StockPicking(models.Model):
    """What the warehouse needs to know of the order."""

    _inherit = "stock.picking"

    requested_date = fields.Date(
        related="sale_id.requested_date",
        string="Requested Delivery",
        store=True,
        groups="base.group_user",
        help="Day on which the customer wants the delivery.",
    )
    requested_window_from = fields.Float(
        related="sale_id.requested_window_from",
        string="Requested From",
        groups="base.group_user",
        help="Earliest hour of the delivery, in the customer's time zone.",
    )
    requested_window_to = fields.Float(
        related="sale_id.requested_window_to",
        string="Requested To",
        groups="base.group_user",
        help="Latest hour of the delivery; 0: any time of the day.",
    )
    project_code = fields.Char(
        related="sale_id.project_code",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Project of the customer that the order is for.",
    )
    sale_client_ref = fields.Char(
        related="sale_id.client_order_ref",
        string="Customer Reference",
        groups="base.group_user",
        help="Number of the order in the customer's books.",
    )
