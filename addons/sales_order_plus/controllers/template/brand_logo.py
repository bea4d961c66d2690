from odoo import http
from odoo.http import request

YEAR = 365 * 24 * 3600


class BrandLogo(http.Controller):
    """Logos of brands: in mails and portal pages, for who has no login."""

    @http.route("/sales_order_plus/brand/<int:brand_id>/logo", auth="public")
    def brand_logo(self, brand_id, unique=None):
        # sudo: a logo is made to be seen; nothing else of the brand is given.
        brand = request.env["sales.brand"].sudo().browse(brand_id).exists()
        if not brand.logo:
            raise request.not_found()
        stream = request.env["ir.binary"].sudo()._get_image_stream_from(brand, "logo")
        return stream.get_response(immutable=bool(unique), max_age=YEAR)
