from odoo import api, fields, models


class SaleOrder(models.Model):
    """The language a quotation is written and printed in."""

    _inherit = "sale.order"

    report_lang = fields.Selection(
        selection="_get_report_languages",
        string="Language",
        groups="base.group_user",
        help="Language of the descriptions and of printed documents; empty: the "
        "customer's. Use Actions > Translate Lines for what is written already.",
    )

    @api.model
    def _get_report_languages(self):
        return self.env["res.lang"].get_installed()

    def _get_document_lang(self):
        """Return the language of printed documents, as Odoo does without a wish."""
        self.ensure_one()
        # sudo: the field is internal, the customer prints too.
        return self.sudo().report_lang or self.partner_id.lang

    def _get_lang(self):
        return self.sudo().report_lang or super()._get_lang()
