from odoo import fields, models


class SalesAgeLimit(models.Model):
    """From which age a product may be sold in one country."""

    _name = "sales.age.limit"
    _inherit = ["sales.presence.mixin"]
    _description = "Age Limit in a Country"
    _order = "product_tmpl_id, country_id, id"
    _rec_name = "country_id"

    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        required=True,
        index=True,
        ondelete="cascade",
        help="The product.",
    )
    country_id = fields.Many2one(
        "res.country",
        required=True,
        ondelete="cascade",
        help="Country the product is delivered to.",
    )
    min_age = fields.Integer(
        string="Age", required=True, default=18, help="Years; 0: no limit there."
    )
    company_id = fields.Many2one(
        related="product_tmpl_id.company_id", help="Company of the product."
    )

    _country_uniq = models.UniqueIndex(
        "(product_tmpl_id, country_id)", "Country: it has an age limit already."
    )
    _age_positive = models.Constraint(
        "CHECK (min_age BETWEEN 0 AND 99)", "Age: give a number from 0 to 99."
    )


class ProductTemplate(models.Model):
    _inherit = "product.template"

    min_age = fields.Integer(
        string="Minimum Age",
        groups="base.group_user",
        help="Sold to customers of this age and older only, such as 18; 0: to all.",
        prefetch="sales_rare",
    )
    age_limit_ids = fields.One2many(
        "sales.age.limit",
        "product_tmpl_id",
        string="Other Ages",
        groups="base.group_user",
        help="Countries in which another age counts.",
    )

    _min_age_sane = models.Constraint(
        "CHECK (min_age BETWEEN 0 AND 99)",
        "Minimum Age: give a number from 0 to 99.",
    )

    def _get_min_age(self, country):
        """Return the age from which the product may be sold in ``country``."""
        self.ensure_one()
        if self.env["sales.age.limit"]._has_records():
            own = self.age_limit_ids.filtered(lambda one: one.country_id == country)
            if own:
                return own[:1].min_age
        return self.min_age
