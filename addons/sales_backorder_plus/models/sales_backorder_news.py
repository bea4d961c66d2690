import logging

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)
_SETTING = "sales_backorder_notify"
NOTED = "sales_backorder_plus.news"
NEWS_FIELDS = frozenset({"state", "date_expected", "date_source"})


class SalesBackorder(models.Model):
    """What the customer is told of a shortage: each news once, one e-mail a day.

    The job runs after the transaction that made the news; it compares what the
    customer was told last with what is true now, so nothing is told twice and what
    was undone is not told.
    """

    _inherit = "sales.backorder"

    told_on = fields.Datetime(
        readonly=True,
        groups="base.group_user",
        help="When the customer was told last.",
    )
    told_state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("filled", "Filled"),
            ("cancelled", "Cancelled"),
        ],
        string="Told",
        readonly=True,
        groups="base.group_user",
        help="What the customer knows of the backorder.",
    )
    told_date = fields.Date(
        readonly=True,
        groups="base.group_user",
        help="Date the customer knows; a new one is news from there on.",
    )

    # === Noting === #

    @api.model_create_multi
    def create(self, vals_list):
        backorders = super().create(vals_list)
        backorders._note_news()
        return backorders

    def _store(self, vals):
        result = super()._store(vals)
        if not NEWS_FIELDS.isdisjoint(vals):
            self._note_news()
        return result

    def _note_news(self):
        """Let the job look at it as soon as this transaction is committed."""
        data = self.env.cr.precommit.data
        # sudo: a setting of the company.
        if NOTED in data or not any(self.company_id.sudo().mapped(_SETTING)):
            return
        data[NOTED] = True
        self.env.ref("sales_backorder_plus.ir_cron_backorder_news").sudo()._trigger()

    # === Which news === #

    @api.model
    def _get_news_domain(self):
        """Return which backorders the customer might not know as they are."""
        never = Domain("state", "=", "open") & Domain("told_state", "!=", "open")
        dated = Domain("state", "=", "open") & Domain("told_state", "=", "open")
        closed = Domain("state", "!=", "open") & Domain("told_state", "=", "open")
        return (
            Domain(f"company_id.{_SETTING}", "=", True)
            & Domain("order_id.state", "=", "sale")
            & Domain("partner_id.backorder_mail_off", "=", False)
            & (never | dated | closed)
        )

    def _get_news(self):
        """Return what is new for the customer.

        :return: ``opened``, ``moved``, ``ready``, ``cancelled`` or False
        """
        self.ensure_one()
        known = self.told_state == "open"
        if self.state == "open":
            return "opened" if not known else self._is_moved() and "moved"
        return known and ("ready" if self.state == "filled" else "cancelled")

    def _is_moved(self):
        """Whether the date is another one than he knows, by days enough to tell."""
        told, date = self.told_date, self.customer_date
        if not (told and date):
            return bool(told) != bool(date)
        days = self.company_id.sales_backorder_notice_days
        return abs((date - told).days) >= max(days, 1)

    def _is_told_today(self):
        told = self.told_on
        return bool(told) and self._to_date(told) >= self._get_today()

    # === Telling === #

    @api.model
    def _cron_tell_customers(self):
        """Write one e-mail an order about all that is new of it."""
        orders = self.search(self._get_news_domain()).order_id
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for order in orders:
            try:
                with self.env.cr.savepoint():
                    order._tell_backorder_news()
            except Exception:  # one customer must not keep the others waiting
                _logger.exception("Backorder news of order %s", order.id)
            if not cron._commit_progress(1):
                break

    def _keep_told(self):
        for backorder in self:
            backorder._store(
                {
                    "told_on": fields.Datetime.now(),
                    "told_state": backorder.state,
                    "told_date": backorder.customer_date,
                }
            )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _tell_backorder_news(self):
        """Send the news of this order, unless it had some today.

        :return: the backorders that were told
        """
        self.ensure_one()
        backorders = self.backorder_ids.filtered_domain(
            self.env["sales.backorder"]._get_news_domain()
        )
        news = backorders.filtered(lambda one: one._get_news())
        if not news or any(one._is_told_today() for one in self.backorder_ids):
            return news.browse()
        kinds = {one.id: one._get_news() for one in news}
        template = self.env.ref("sales_backorder_plus.mail_template_backorder_news")
        template.with_context(backorder_news=kinds).send_mail(self.id)
        news._keep_told()
        news._log_events(
            "backorder.told",
            {
                one: {"news": kinds[one.id], "date": str(one.customer_date or "")}
                for one in news
            },
        )
        return news

    def _render_backorder_news(self):
        """Return what is new, and what is still to come, as HTML for the e-mail."""
        self.ensure_one()
        kinds = self.env.context.get("backorder_news") or {}
        news = self.backorder_ids.filtered(lambda one: one.id in kinds)
        return self.env["ir.qweb"]._render(
            "sales_backorder_plus.backorder_news",
            {"order": self, "rows": [(kinds[one.id], one) for one in news]},
        )

    def _get_backorder_url(self):
        """Return where the customer reads, and says, what shall become of it."""
        self.ensure_one()
        suffix = "/backorder" if self._may_choose() else None
        return self.get_base_url() + self.get_portal_url(
            suffix=suffix, anchor=None if suffix else "backorders"
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_worth_telling(self):
        """What the news of backorders say is not said a second time."""
        told = self.company_id.sales_backorder_notify and self.is_backorder
        return not told and super()._is_worth_telling()
