from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    tracking_refs = fields.Char(
        string="Tracking Numbers",
        compute="_compute_tracking_refs",
        search="_search_tracking_refs",
        compute_sudo=True,
        groups="base.group_user",
        help="Tracking numbers of all deliveries of this order, whatever the carrier.",
    )

    @api.depends("state", "picking_ids.carrier_tracking_ref")
    def _compute_tracking_refs(self):
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        quotations.tracking_refs = False
        for order in self - quotations:
            refs = order.picking_ids.mapped("carrier_tracking_ref")
            numbers = ",".join(filter(None, refs)).split(",")
            unique = dict.fromkeys(number.strip() for number in numbers if number)
            order.tracking_refs = ", ".join(unique) or False

    @api.model
    def _search_tracking_refs(self, operator, value):
        if operator in ("not in", "not like", "not ilike", "not =like", "not =ilike"):
            return NotImplemented
        # sudo: salespeople need not see transfers to find an order by its parcel.
        pickings = self.env["stock.picking"].sudo()
        if operator == "in" and False in value:
            with_ref = pickings._search([("carrier_tracking_ref", "!=", False)])
            nothing = Domain("picking_ids", "not in", with_ref)
            rest = [number for number in value if number]
            return nothing | self._get_tracking_domain("in", rest) if rest else nothing
        return self._get_tracking_domain(operator, value)

    @api.model
    def _get_tracking_domain(self, operator, value):
        """Return the domain; one transfer may hold several numbers, with commas."""
        if operator == "in":
            numbers = Domain.OR(
                Domain("carrier_tracking_ref", "ilike", number) for number in value
            )
        else:
            numbers = Domain("carrier_tracking_ref", operator, value)
        query = self.env["stock.picking"].sudo()._search(numbers)
        return Domain("picking_ids", "in", query)
