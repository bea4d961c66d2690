from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class ProductTemplate(models.Model):
    """How long we answer for a product, and for what."""

    _inherit = "product.template"

    warranty_duration = fields.Integer(
        string="Warranty",
        help="How long the warranty lasts from the delivery on. 0: no warranty.",
    )
    warranty_unit = fields.Selection(
        selection=[("day", "Days"), ("month", "Months"), ("year", "Years")],
        default="month",
        help="Unit of the warranty.",
        prefetch="sales_rare",
    )
    warranty_terms = fields.Html(
        translate=True,
        help="What the warranty covers; shown to the customer.",
        prefetch="sales_rare",
    )

    _warranty_positive = models.Constraint(
        "CHECK (warranty_duration >= 0)", "Warranty: give 0 or more."
    )

    def _get_warranty_end(self, start):
        """Return the last day of a warranty that begins on ``start``, or False."""
        self.ensure_one()
        if not start or not self.warranty_duration:
            return False
        unit = {"day": "days", "month": "months", "year": "years"}
        length = {unit[self.warranty_unit or "month"]: self.warranty_duration}
        return start + relativedelta(**length)


class SaleOrderLine(models.Model):
    """Warranty of a line, from its last delivery on."""

    _inherit = "sale.order.line"

    warranty_end = fields.Date(
        string="Warranty until",
        compute="_compute_warranty_end",
        store=True,
        copy=False,
        help="Last day of the warranty; it begins with the delivery of the line.",
        prefetch="sales_rare",
    )

    @api.depends("move_ids.state", "move_ids.date")
    def _compute_warranty_end(self):
        for line in self:
            product = line.product_id.product_tmpl_id
            start = product.warranty_duration and line._get_delivered_date()
            line.warranty_end = start and product._get_warranty_end(start)

    def _get_delivered_date(self):
        """Return the day of the last delivery to the customer, or False."""
        self.ensure_one()
        done = self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id._is_outgoing()
                and not move.origin_returned_move_id
            )
        )
        return bool(done) and self._get_local_date(max(done.mapped("date")))
