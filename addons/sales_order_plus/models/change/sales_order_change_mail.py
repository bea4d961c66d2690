from odoo import fields, models

from .sales_order_change import OPEN

# Always told; of the rest only who asked himself, or was told before.
NEWS_FOR_ALL = ("acceptance", "applied")


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_change_notify = fields.Boolean(
        string="Tell Customers About Changes",
        default=True,
        help="Customers get an e-mail when a change of their order is applied or waits "
        "for their signature, and whatever becomes of changes they asked for.",
        prefetch="sales_rare",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_change_notify = fields.Boolean(
        related="company_id.sales_change_notify", readonly=False
    )


class SalesOrderChange(models.Model):
    """What the customer is told: each news once, in his language, by the mail queue.

    The e-mails are rows of this transaction: what is undone was not told.
    """

    _inherit = "sales.order.change"

    customer_news = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the customer was told about the request.",
    )

    def action_submit(self):
        result = super().action_submit()
        for change in self.filtered(lambda one: one.state in OPEN):
            change._tell_customer(change.state)
        return result

    def action_revise(self):
        result = super().action_revise()
        # What he is told about the next try is news again.
        self._write_own({"customer_news": False})
        return result

    def write(self, vals):
        if vals.get("state") in ("applied", "refused"):
            # Before it is final; if it is stopped, this is undone with it.
            self._tell_customer(vals["state"])
        return super().write(vals)

    def _tell_customer(self, news):
        """Send the customer an e-mail, once for each news.

        :param str news: submitted, acceptance, approved, applied or refused
        """
        # sudo: an approver, or the customer himself, may be the one who acts.
        for change in self.sudo():
            told = change.customer_news or []
            if news in told or not change._is_news_for_customer(news, told):
                continue
            change._write_own({"customer_news": [*told, news]})
            template = self.env.ref(
                f"sales_order_plus.sales_order_change_mail_{news}",
                raise_if_not_found=False,
            )
            if template:
                # sudo: he who acts need not read templates.
                template.sudo().send_mail(change.id)

    def _is_news_for_customer(self, news, told):
        self.ensure_one()
        concerns_him = news in NEWS_FOR_ALL or told or self.channel == "portal"
        return bool(
            concerns_him
            and self.company_id.sales_change_notify
            and self.partner_id.email
        )

    def _render_customer_diff(self):
        """Return old and new of each change, and of the total, as HTML."""
        self.ensure_one()
        totals = [
            (self.impact or {}).get(when, {}).get("totals", {}).get("total", 0.0)
            for when in ("before", "after")
        ]
        return self.env["ir.qweb"]._render(
            "sales_order_plus.sales_order_change_customer_diff",
            {"change": self, "totals": [*map(self.currency_id.format, totals)]},
        )
