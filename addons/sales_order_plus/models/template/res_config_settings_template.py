from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    match_min_margin = fields.Float(
        related="company_id.match_min_margin", readonly=False
    )
    quotation_printer = fields.Selection(
        related="company_id.quotation_printer", readonly=False
    )
    pdf_engine_state = fields.Selection(
        selection=[
            ("patched", "Complete: wkhtmltopdf with patched Qt"),
            ("plain", "Limited: wkhtmltopdf without heads, feet and page numbers"),
            ("absent", "None: wkhtmltopdf is not installed or does not run"),
        ],
        string="PDF Engine",
        compute="_compute_pdf_engine_state",
        help="What the server has to make PDF files of web pages.",
    )

    @api.depends("company_id")
    def _compute_pdf_engine_state(self):
        self.pdf_engine_state = self.env["ir.actions.report"]._get_pdf_engine()
