from datetime import timedelta

from odoo import api, fields, models


class ProductProduct(models.Model):
    """Products whose orders are cancelled more often than a company wants."""

    _inherit = "product.product"

    @api.model
    def _cron_cancel_alert(self):
        """Tell of the products, company by company; each has one open activity."""
        companies = self.env["res.company"].search(
            [("sales_cancel_alert_rate", ">", 0)]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._alert_of_cancellations(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _alert_of_cancellations(self, company):
        since = fields.Datetime.now() - timedelta(days=company.sales_cancel_alert_days)
        ordered = self._count_ordered_lines(company, since)
        for product, cancelled in self._count_cancelled_lines(company, since).items():
            whole = ordered.get(product, 0)
            if whole < max(company.sales_cancel_alert_lines, 1):
                continue
            rate = 100.0 * cancelled / whole
            if rate > company.sales_cancel_alert_rate:
                product._tell_of_cancellations(company, rate)

    @api.model
    def _count_ordered_lines(self, company, since):
        """Return {product: order lines that were confirmed}."""
        domain = [*self._get_alert_domain(company, since), ("product_id", "!=", False)]
        groups = self.env["sale.order.line"]._read_group(
            domain, ["product_id"], ["__count"]
        )
        return dict(groups)

    @api.model
    def _get_alert_domain(self, company, since):
        return [
            ("company_id", "=", company.id),
            ("order_id.date_order", ">=", since),
            ("order_id.converted_on", "!=", False),
            ("display_type", "=", False),
        ]

    @api.model
    def _count_cancelled_lines(self, company, since):
        """Return {product: order lines of which something was cancelled}."""
        groups = self.env["sale.order.line"]._read_group(
            [*self._get_alert_domain(company, since), ("qty_cancelled", ">", 0)],
            ["product_id"],
            ["__count"],
        )
        return dict(groups)

    def _tell_of_cancellations(self, company, rate):
        """Have somebody look at the product, unless he is asked to already."""
        self.ensure_one()
        kind = "sales_order_plus.mail_activity_cancel_alert"
        if self.activity_search([kind], only_automated=False):
            return
        self.activity_schedule(
            kind,
            summary=self.env._("Cancelled too often: %(rate)s %%", rate=f"{rate:.1f}"),
            note=self.env._(
                "Of the order lines of the last %(days)s days %(rate)s %% were "
                "cancelled; %(limit)s %% are the limit. The reasons: Sales, Reporting, "
                "Cancellations.",
                days=company.sales_cancel_alert_days,
                rate=f"{rate:.1f}",
                limit=f"{company.sales_cancel_alert_rate:g}",
            ),
            user_id=(
                company.sales_cancel_alert_user_id.id
                or self.responsible_id.id
                or self.env.ref("base.user_admin").id
            ),
        )
