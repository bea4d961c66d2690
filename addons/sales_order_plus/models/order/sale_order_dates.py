from datetime import time, timedelta

from pytz import all_timezones_set

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.base.models.res_partner import _tz_get

from ..seam.moments import get_moment


class SaleOrder(models.Model):
    """When it was quoted and ordered, in whose time, and when it is wanted."""

    _inherit = "sale.order"

    quotation_date = fields.Datetime(
        copy=False,
        readonly=True,
        default=fields.Datetime.now,
        groups="base.group_user",
        help="When the quotation was made. The order date is set anew when the order "
        "is confirmed, this one stays.",
        prefetch="sales_rare",
    )
    order_tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        compute="_compute_order_tz",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="Zone of the dates on the customer's documents; his own, else ours.",
    )
    requested_date = fields.Date(
        string="Requested Delivery",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Day on which the customer wants the delivery. The delivery is planned "
        "for it, unless you promise another date.",
    )
    requested_window_from = fields.Float(
        string="Requested From",
        copy=False,
        groups="base.group_user",
        help="Earliest hour of the delivery, in the time zone of the order.",
        prefetch="sales_rare",
    )
    requested_window_to = fields.Float(
        string="Requested To",
        copy=False,
        groups="base.group_user",
        help="Latest hour of the delivery; 0: any time of the day.",
        prefetch="sales_rare",
    )
    requested_date_warning = fields.Char(
        string="Remark on the Date",
        compute="_compute_requested_date_warning",
        groups="base.group_user",
        help="Why the requested date may not suit the customer.",
    )

    _requested_window_order = models.Constraint(
        "CHECK (requested_window_from >= 0 AND requested_window_to <= 24 AND "
        "(COALESCE(requested_window_to, 0) = 0 OR "
        "requested_window_from < requested_window_to))",
        "Requested From, Requested To: the window begins before it ends, between "
        "00:00 and 24:00.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_order_tz(self):
        for order in self:
            zone = order.partner_id.tz or order.company_id.partner_id.tz
            order.order_tz = zone or self._get_own_tz() or "UTC"

    def _get_own_tz(self):
        """Return the zone of whoever is at work; his client tells it with each call."""
        zone = self.env.context.get("tz")
        return zone if zone in all_timezones_set else self.env.user.tz

    @api.depends("requested_date", "requested_window_from", "partner_shipping_id")
    def _compute_requested_date_warning(self):
        for order in self:
            order.requested_date_warning = order._get_window_warning()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("date_order"):
                vals.setdefault("quotation_date", vals["date_order"])
        return super().create(vals_list)

    @api.onchange("requested_date", "requested_window_from")
    def _onchange_requested_date(self):
        message = self._get_window_warning()
        title = self.env._("Requested Delivery")
        return {"warning": {"title": title, "message": message}} if message else None

    def _get_window_warning(self):
        """Return why the customer may not take the delivery then, or False."""
        self.ensure_one()
        if not self.requested_date:
            return False
        windows = self.partner_shipping_id.sudo()._get_delivery_windows()
        if not windows:
            return False
        weekday = str(self.requested_date.weekday())
        that_day = windows.filtered(lambda window: window.weekday == weekday)
        start = self.requested_window_from
        if any(one.hour_from <= start < one.hour_to for one in that_day):
            return False
        if that_day and not start and not self.requested_window_to:
            return False
        return self.env._(
            "%(customer)s takes no deliveries then (%(date)s), only: %(windows)s. "
            "Choose one of these, or ask the customer.",
            customer=self.partner_shipping_id.display_name,
            date=format_date(self.env, self.requested_date, date_format="EEEE dd MMM"),
            windows=", ".join(windows.mapped("display_name")),
        )

    def _get_requested_moment(self, date, hour):
        """Return ``date`` at ``hour`` of the order's time zone, as naive UTC."""
        # The last minute of the day for 24:00.
        minutes = min(round(hour * 60), 24 * 60 - 1)
        clock = time(minutes // 60, minutes % 60)
        return get_moment(date, clock, self.sudo().order_tz)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    requested_date = fields.Date(
        string="Requested Delivery",
        copy=False,
        groups="base.group_user",
        help="Day on which the customer wants this line, if not with the order.",
    )

    def _prepare_procurement_values(self):
        """Plan for the day the customer wants, unless another one was promised."""
        values = super()._prepare_procurement_values()
        # sudo: the fields are internal, the customer may be the one who confirms.
        order, own = self.order_id.sudo(), self.sudo().requested_date
        date = own or (not order.commitment_date and order.requested_date)
        if date:
            start, end = order.requested_window_from, order.requested_window_to
            security = timedelta(days=order.company_id.security_lead)
            planned = order._get_requested_moment(date, start)
            values["date_planned"] = planned - security
            values["date_deadline"] = order._get_requested_moment(date, end or 24)
        return values
