from odoo import models


class SalesTradeMixin(models.AbstractModel):
    """Papers of trade with logo and address of the order's brand."""

    _inherit = "sales.trade.mixin"

    def _get_logo(self, company):
        return self._get_trade_brand()._get_logo_bytes() or super()._get_logo(company)

    def _get_sender_address(self, company):
        brand = self._get_trade_brand()
        return brand._get_address_lines(company) or super()._get_sender_address(company)

    def _get_trade_footer(self, company):
        brand = self._get_trade_brand()
        return super()._get_trade_footer(
            brand._as_company(company) if brand else company
        )

    def _get_trade_brand(self):
        # sudo: the brand is internal, what it looks like is not.
        record = self.sudo()
        if "sales_brand_id" in record._fields:
            return record.sales_brand_id
        name = next((one for one in ("order_id", "sale_id") if one in record), None)
        return record[name].sales_brand_id if name else self.env["sales.brand"]
