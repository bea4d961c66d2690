from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class SaleOrderLine(models.Model):
    """When the customer gets what he ordered, as stock and receipts stand now."""

    _inherit = "sale.order.line"

    estimated_delivery_date = fields.Date(
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="When this line should leave, as stock and expected receipts stand. Empty "
        "on quotations, and as long as nothing is expected to cover it.",
    )
    told_delivery_date = fields.Date(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Date the customer knows; a delay is counted from here.",
        prefetch="sales_rare",
    )

    # === When stock changes === #

    def _follow_stock_changes(self, product_ids, supplied_ids):
        super()._follow_stock_changes(product_ids, supplied_ids)
        (self | self._get_waiting_lines(supplied_ids))._update_estimates()

    @api.model
    def _get_waiting_lines(self, product_ids):
        """Return the lines whose goods are not reserved yet."""
        if not product_ids:
            return self.browse()
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", list(product_ids)),
                ("sale_line_id", "!=", False),
                ("state", "in", OPEN_STATES),
                ("state", "!=", "assigned"),
            ]
        )
        return moves.sale_line_id

    # === Estimating === #

    def _update_estimates(self):
        """Write estimates that changed, and tell customers about long delays."""
        self._get_forecast_lines()._prepare_forecasts()
        changed = defaultdict(self.browse)
        for line in self:
            date = line._get_estimated_delivery()
            if date != line.estimated_delivery_date:
                changed[date, line._is_first_told()] |= line
        late = self.browse()
        # One write for all lines of a day: each passes through many addons.
        for (date, first_told), lines in changed.items():
            vals = {"estimated_delivery_date": date}
            lines.write({**vals, "told_delivery_date": date} if first_told else vals)
            if not first_told:
                late |= lines.filtered(lambda line: line._is_worth_telling())
        late._tell_delays()

    def _get_forecast_lines(self):
        """Return the lines whose estimate rests on Odoo's forecast."""
        return self.filtered(lambda line: line.order_id.state == "sale")

    def _prepare_forecasts(self):
        """Forecast all waiting moves at once: for one alone Odoo looks at all as well.

        A forecast depends on moves that Odoo's cache does not watch.
        """
        moves = self.move_ids.filtered(
            lambda move: move.state in OPEN_STATES and move.product_id.is_storable
        )
        moves = moves.filtered(lambda move: move.state != "assigned")
        moves |= moves.browse(moves._rollup_move_origs())
        moves.invalidate_recordset(["forecast_availability", "forecast_expected_date"])
        moves.mapped("forecast_availability")

    def _is_first_told(self):
        """Return whether the next date is no delay, but the first the customer hears."""
        self.ensure_one()
        return not self.told_delivery_date or self.order_id.state != "sale"

    def _get_estimated_delivery(self):
        """Return the day this line should leave, or False if nobody knows."""
        self.ensure_one()
        if self.order_id.state != "sale" or self.product_id.type != "consu":
            return False
        moves = self.move_ids.filtered(
            lambda move: (
                move.state != "cancel"
                and move.product_id == self.product_id
                and (move.location_final_id or move.location_dest_id)._is_outgoing()
            )
        )
        waiting = moves.filtered(lambda move: move.state in OPEN_STATES)
        if waiting:
            dates = [self._get_move_estimate(move) for move in waiting]
            return all(dates) and self._get_local_date(max(dates))
        done = moves.filtered(lambda move: move.state == "done")
        return bool(done) and self._get_local_date(max(done.mapped("date")))

    def _get_move_estimate(self, move):
        """Return when ``move`` can happen: as planned, or when its goods are there."""
        planned = move.date + timedelta(days=move.company_id.security_lead)
        if move.state == "assigned" or not move.product_id.is_storable:
            return planned
        chain = move | move.browse(move._rollup_move_origs())
        chain = chain.filtered(
            lambda m: m.product_id == move.product_id and m.state in OPEN_STATES
        )
        incoming = chain.filtered(lambda m: m.location_id.usage == "supplier")
        expected = [
            *incoming.mapped("date"),
            *filter(None, (chain - incoming).mapped("forecast_expected_date")),
        ]
        if not expected and move.move_orig_ids.filtered(
            lambda m: m.state == "assigned"
        ):
            return planned
        unit = move.product_id.uom_id
        covered = unit.compare(move.forecast_availability, move.product_qty) >= 0
        if not expected and not covered:
            return False
        return max([planned, *expected])

    def _get_local_date(self, moment):
        """Return the day of ``moment`` where the goods leave."""
        order = self.order_id
        zone = order.warehouse_id.partner_id.tz or order.company_id.partner_id.tz
        local = order.with_context(tz=zone or "UTC")
        return fields.Datetime.context_timestamp(local, moment).date()

    # === Telling === #

    def _is_worth_telling(self):
        self.ensure_one()
        days = self.company_id.sales_delay_notice_days
        if not days or not self.estimated_delivery_date:
            return False
        delay = self.estimated_delivery_date - self.told_delivery_date
        return delay.days > days

    def _tell_delays(self):
        """Write one message an order to its customer, and count from there."""
        for order, lines in self.grouped("order_id").items():
            order._post_delays(lines)
            for line in lines:
                line.told_delivery_date = line.estimated_delivery_date

    @api.model
    def _cron_update_estimates(self):
        """Estimate all open lines anew: each day is another today."""
        moves = self.env["stock.move"].search(
            [("sale_line_id", "!=", False), ("state", "in", OPEN_STATES)]
        )
        lines = moves.sale_line_id
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(lines))
        for start in range(0, len(lines), 200):
            batch = lines[start : start + 200]
            batch._update_estimates()
            if not cron._commit_progress(len(batch)):
                break


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _post_delays(self, lines):
        """Tell the customer, in his language, when ``lines`` will leave instead."""
        self.ensure_one()
        lang = self.partner_id.lang
        order = self.with_context(lang=lang)
        rows = [
            order.env._(
                "%(product)s: %(date)s instead of %(before)s",
                product=line.product_id.with_context(lang=lang).display_name,
                date=format_date(order.env, line.estimated_delivery_date, lang),
                before=format_date(order.env, line.told_delivery_date, lang),
            )
            for line in lines
        ]
        intro = order.env._("The delivery of these items is delayed:")
        order.message_post(
            body="\n".join([intro, *rows]),
            subject=order.env._("New delivery date for %(name)s", name=order.name),
            partner_ids=self.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
