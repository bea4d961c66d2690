from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    match_min_margin = fields.Float(
        string="Margin When Matching Prices (%)",
        default=0.0,
        help="Matching a competitor's price never goes below the cost plus this "
        "margin, in percent of the price.",
        prefetch="sales_rare",
    )
    quotation_printer = fields.Selection(
        selection=[
            ("auto", "Automatic"),
            ("browser", "Browser engine (wkhtmltopdf)"),
            ("own", "Own printer"),
        ],
        default="auto",
        required=True,
        help="What makes the PDF of quotations and orders. Automatic: the browser "
        "engine where it writes page numbers, heads and feet, our own printer else.",
    )

    _match_min_margin_sane = models.Constraint(
        "CHECK (match_min_margin >= 0 AND match_min_margin < 100)",
        "Margin When Matching Prices: give a percentage from 0 to less than 100.",
    )
