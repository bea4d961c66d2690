from odoo import api, fields, models


class ResCompany(models.Model):
    """Who collects electronic signatures for the company."""

    _inherit = "res.company"

    signature_provider = fields.Selection(
        selection="_get_signature_providers",
        help="Service that quotations are sent to with the button Request Signature; "
        "empty: customers sign on their own page alone.",
    )
    has_signature_providers = fields.Boolean(
        compute="_compute_has_signature_providers",
        help="Whether an addon with such a service is installed.",
    )

    @api.model
    def _get_signature_providers(self):
        return list(self.env["sales.signature.provider"]._get_providers().items())

    def _compute_has_signature_providers(self):
        self.has_signature_providers = bool(self._get_signature_providers())

    def _get_signature_provider(self):
        """Return the code of the provider, False if there is none any more."""
        self.ensure_one()
        # sudo: the provider is a setting of the company.
        code = self.sudo().signature_provider
        return code if code in dict(self._get_signature_providers()) else False


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    signature_provider = fields.Selection(
        related="company_id.signature_provider", readonly=False
    )
    has_signature_providers = fields.Boolean(
        related="company_id.has_signature_providers"
    )
