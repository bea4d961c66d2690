from odoo import fields, models

from ...exceptions import BundleChoiceError


class SalesSubscriptionPlan(models.Model):
    """What bundles sold on the plan are made of, and what they cost."""

    _inherit = "sales.subscription.plan"

    bundle_line_ids = fields.One2many(
        "sales.plan.bundle.line",
        "plan_id",
        string="Bundles",
        copy=True,
        help="How much of each choice of a combo product is in the bundle. Of choices "
        "that are not listed, it is one product.",
    )
    bundle_pricing = fields.Selection(
        selection=[
            ("one", "The price of the bundle"),
            ("sum", "The sum of what is chosen"),
        ],
        string="Bundles Cost",
        required=True,
        default="one",
        help="The price of the combo product with the extra prices of what is chosen, "
        "or the prices of the products chosen.",
    )
    bundle_discount = fields.Float(
        string="Off the Sum (%)",
        digits="Discount",
        help="Percentage taken off the sum of what is chosen.",
    )
    allow_bundle = fields.Boolean(
        string="Choose Products",
        default=True,
        help="Customers may choose anew what is in their bundle.",
    )

    _check_bundle_discount = models.Constraint(
        "CHECK(bundle_discount BETWEEN 0 AND 100)",
        "Off the Sum: give a percentage between 0 and 100.",
    )

    def _get_bundle_parts(self, product):
        """Return [(choice, its line or none, least, most)] of a combo product.

        :param product: the product; of others there is nothing to choose
        """
        self.ensure_one()
        # sudo: products and plans are the shop's, whoever chooses.
        product, rules = product.sudo(), self.sudo().bundle_line_ids
        if product.type != "combo":
            return []
        parts = []
        for combo in product.combo_ids:
            rule = rules.filtered(lambda line, combo=combo: line.combo_id == combo)
            parts.append((combo, rule, *rule._get_bounds(combo)))
        return sorted(parts, key=lambda part: part[1].sequence)

    def _fill_bundle(self, product, wanted):
        """Return ``wanted`` as far as it is on offer, filled up with the first ones."""
        chosen = self.env["product.combo.item"].sudo()
        for combo, _rule, least, most in self._get_bundle_parts(product):
            kept = (combo.combo_item_ids & wanted)[:most]
            missing = max(least - len(kept), 0)
            chosen |= kept | (combo.combo_item_ids - kept)[:missing]
        return chosen.with_env(self.env)

    def _check_bundle(self, product, items):
        """Refuse what the plan does not allow.

        :param product: the product that is sold
        :param items: what is chosen for it
        :raise BundleChoiceError: with the choice and how many it wants
        """
        offered = items.browse()
        for combo, _rule, least, most in self._get_bundle_parts(product):
            offered |= combo.combo_item_ids.with_env(items.env)
            count = len(combo.combo_item_ids & items)
            if not least <= count <= most:
                raise BundleChoiceError(
                    self.env._(
                        "%(choice)s: choose exactly %(wanted)s of %(count)s, not "
                        "%(chosen)s.",
                        choice=combo.name,
                        wanted=least,
                        count=len(combo.combo_item_ids),
                        chosen=count,
                    )
                )
        if items - offered:
            raise BundleChoiceError(
                self.env._(
                    "%(item)s is not in %(bundle)s. Choose from its list.",
                    item=(items - offered)[0].sudo().product_id.display_name,
                    bundle=product.display_name,
                )
            )
