from odoo import api, fields, models

# The banner stays one line.
SHOWN_GOODS = 2


class SaleOrder(models.Model):
    """One line about customs, only for those who deal with them."""

    _inherit = "sale.order"

    customs_notice = fields.Char(
        compute="_compute_customs_notice",
        groups="base.group_user",
        help="What customs papers still lack, in short; details on the page Customs.",
    )

    @api.depends("export_missing", "customs_count", "duty_estimate", "company_id")
    def _compute_customs_notice(self):
        for order in self:
            shown = order.is_international and order._has_customs_in_use()
            order.customs_notice = shown and order._get_customs_notice()

    def _has_customs_in_use(self):
        """Whether papers or duties were asked for, or the company has customs data."""
        self.ensure_one()
        # sudo: settings of the company, asked for yes or no only.
        company = self.sudo().company_id
        asked = company.export_check or company.eori or self.duty_estimate
        return bool(asked or self.customs_count)

    def _get_customs_notice(self):
        lacking = self._get_export_lacking()
        if not lacking:
            return self.international_route
        return self.env._(
            "%(route)s. Customs papers lack: %(fields)s (see page Customs).",
            route=self.international_route,
            fields=", ".join(lacking),
        )

    def _get_export_lacking(self):
        """Return the fields customs papers of this order still lack, and of which goods."""
        lacking = [
            f"{name} ({self._get_some_names(goods)})"
            for name, goods in self._get_goods_lacking().items()
            if goods
        ]
        return lacking if self.incoterm else [*lacking, self.env._("Incoterm")]

    def _get_some_names(self, goods):
        names = goods.mapped("display_name")
        if len(names) <= SHOWN_GOODS:
            return ", ".join(names)
        return self.env._(
            "%(names)s and %(count)s more",
            names=", ".join(names[:SHOWN_GOODS]),
            count=len(names) - SHOWN_GOODS,
        )
