import base64

from odoo import models


class ResCompany(models.Model):
    """Styles of printed documents: those of the brands beside the companies'."""

    _inherit = "res.company"

    def _get_asset_style_b64(self):
        styles = super()._get_asset_style_b64()
        branded = self._get_branded_companies()
        if not branded:
            return styles
        own = self.env["ir.qweb"]._render(
            "web.styles_company_report",
            {"company_ids": branded},
            raise_if_not_found=False,
        )
        return base64.b64encode(base64.b64decode(styles) + own.encode())

    def _get_branded_companies(self):
        """Return each company as each of the brands it may use."""
        # sudo: one file of styles holds those of all companies.
        brands = self.env["sales.brand"].sudo().with_context(active_test=False)
        companies = self.env["res.company"].sudo()
        return [
            brand._as_company(company)
            for brand in brands.search([])
            for company in brand.company_id or companies.search([])
        ]
