from odoo import fields, models


class SalesLicenseType(models.Model):
    """A permit customers need for certain products, such as a pharmacy licence."""

    _name = "sales.license.type"
    _inherit = ["sales.presence.mixin"]
    _description = "Licence Type"
    _order = "sequence, name, id"

    name = fields.Char(
        required=True, translate=True, help="Shown on products and in refusals."
    )
    code = fields.Char(required=True, help="Short name for imports and RPC.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Archived types cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    reminder_days = fields.Integer(
        string="Remind Before (Days)",
        default=30,
        help="Customers get one e-mail so many days before a licence ends; 0: none.",
    )
    note = fields.Text(
        string="What to Check", help="What a compliance officer looks at in the paper."
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Code: another licence type has this code."
    )
    _reminder_positive = models.Constraint(
        "CHECK (reminder_days >= 0)", "Remind Before (Days): give 0 or more."
    )


class ProductTemplate(models.Model):
    _inherit = "product.template"

    license_type_ids = fields.Many2many(
        "sales.license.type",
        "product_template_sales_license_type_rel",
        string="Licences Needed",
        groups="base.group_user",
        help="Sold only to customers who have every one of these licences on the day "
        "of delivery.",
    )
