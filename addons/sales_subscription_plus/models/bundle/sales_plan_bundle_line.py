from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesPlanBundleLine(models.Model):
    """How much of one choice of a combo product belongs to a bundle of the plan."""

    _name = "sales.plan.bundle.line"
    _description = "Bundle Line of a Plan"
    _order = "plan_id, sequence, id"
    _rec_name = "combo_id"

    plan_id = fields.Many2one(
        "sales.subscription.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="Plan on which the bundle is sold.",
    )
    sequence = fields.Integer(default=10, help="Order on the customer's page.")
    combo_id = fields.Many2one(
        "product.combo",
        string="Choice",
        required=True,
        index=True,
        ondelete="restrict",
        help="Choice of a combo product: the products that can be in the bundle.",
    )
    kind = fields.Selection(
        selection=[
            ("fixed", "All of them"),
            ("choose", "So many of them"),
            ("optional", "Any of them"),
        ],
        string="In the Bundle",
        required=True,
        default="choose",
        help="All products of the choice, exactly as many as given, or as many as the "
        "customer likes.",
    )
    choose_count = fields.Integer(
        string="How Many",
        required=True,
        default=1,
        help="The customer chooses exactly so many different products.",
    )
    item_count = fields.Integer(
        related="combo_id.combo_item_count",
        string="Of",
        help="Products of the choice.",
    )

    _combo_uniq = models.Constraint(
        "UNIQUE(plan_id, combo_id)", "Choice: it is in the bundle already."
    )
    _check_choose_count = models.Constraint(
        "CHECK(choose_count >= 1)", "How Many: give 1 or more."
    )

    @api.constrains("choose_count", "combo_id", "kind")
    def _check_enough(self):
        for line in self.filtered(lambda one: one.kind == "choose"):
            if line.choose_count > len(line.combo_id.combo_item_ids):
                raise ValidationError(
                    self.env._(
                        "How Many: %(choice)s has only %(count)s products.",
                        choice=line.combo_id.name,
                        count=len(line.combo_id.combo_item_ids),
                    )
                )

    def _get_bounds(self, combo):
        """Return (least, most) products of ``combo``; without a line it is one."""
        count = len(combo.combo_item_ids)
        if not self:
            return (1, 1)
        return {
            "fixed": (count, count),
            "choose": (min(self.choose_count, count),) * 2,
            "optional": (0, count),
        }[self.kind]
