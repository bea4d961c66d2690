from odoo import fields, models


class AccountTax(models.Model):
    """Who levies a tax, for the breakdown on quotations and orders."""

    _inherit = "account.tax"

    jurisdiction_level = fields.Selection(
        selection=[
            ("country", "Country"),
            ("state", "State"),
            ("county", "County"),
            ("city", "City"),
            ("special", "Special district"),
        ],
        help="Level of the authority that levies this tax. As soon as one tax of an "
        "order has a level, the order shows its taxes by jurisdiction.",
    )
    jurisdiction_name = fields.Char(
        string="Jurisdiction",
        translate=True,
        help="Name of the authority, such as a state or a county; without one, the "
        "name of the tax is shown.",
    )
