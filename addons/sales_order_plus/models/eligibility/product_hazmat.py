from odoo import fields, models


class ProductTemplate(models.Model):
    """How much of dangerous goods may go into one package."""

    _inherit = "product.template"

    hazmat_package_limit = fields.Float(
        string="Most per Package",
        digits="Product Unit",
        groups="base.group_user",
        help="Limited quantity: most of the dangerous product in one package, in its "
        "own unit; 0: no limit.",
        prefetch="sales_rare",
    )

    _hazmat_package_limit_positive = models.Constraint(
        "CHECK (hazmat_package_limit >= 0)", "Most per Package: give 0 or more."
    )


class ProductDocument(models.Model):
    """Which document of a product is its safety data sheet."""

    _inherit = "product.document"

    is_safety_sheet = fields.Boolean(
        string="Safety Data Sheet",
        groups="base.group_user",
        help="Dangerous products are sold with such a sheet only, where a validation "
        "rule says so.",
    )
