from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

from .stock_move import OPEN_STATES

CRON_BATCH = 200


class SalesBackorder(models.Model):
    """Keep the records equal to what the stock moves say.

    The work is done once for all moves that changed (``_note_stock_changes``). It
    reads the state of the moves and never an event: running it twice is harmless.
    """

    _inherit = "sales.backorder"

    # === Synchronisation === #

    @api.model
    def _sync(self, lines, product_ids=()):
        """Bring the records of ``lines`` and the dates of ``product_ids`` up to date.

        :param lines: order lines whose moves changed
        :param product_ids: ids of products whose stock or supply changed
        """
        figures = lines._get_backorder_figures()
        known = self._search_known(figures, product_ids)
        current = {backorder.sale_line_id: backorder for backorder in known}
        before = {backorder: backorder.state for backorder in known}
        for line in current.keys() & figures.keys():
            current[line]._sync_figures(figures[line])
        known |= self._open(
            {
                line: found
                for line, found in figures.items()
                if line not in current and line._needs_backorder(found)
            }
        )
        self._log_transitions(known, before)
        touched = known.filtered(lambda b: b.sale_line_id in figures)
        touched._get_open().filtered(lambda b: b.priority != "1")._apply_priority()
        # As they were found: other lines may wait for the same goods.
        own = self.env["sale.order.line"].union(*figures)
        known._get_rivals()._refresh_supply(own)

    @api.model
    def _search_known(self, lines, product_ids):
        """Return open records of lines and products, and filled ones of the lines.

        A filled one is opened again when the shortage returns: it keeps its
        priority. Sorted so that the open record of a line comes last.
        """
        if not self._has_records():
            return self.browse()
        by_line = Domain("sale_line_id", "in", [line.id for line in lines])
        by_product = Domain("product_id", "in", list(product_ids))
        still_open = Domain("state", "=", "open") & (by_line | by_product)
        filled = Domain("state", "=", "filled") & by_line
        return self.search(still_open | filled, order="state, id")

    def _get_open(self):
        return self.filtered(lambda backorder: backorder.state == "open")

    def _get_rivals(self):
        """Return all open backorders of the same products: they share the supply."""
        return self and self._get_waiting_for(self.product_id)

    @api.model
    def _get_waiting_for(self, products):
        # sudo: what others wait for decides the date of these.
        return self.sudo().search(
            [("state", "=", "open"), ("product_id", "in", products.ids)]
        )

    @api.model
    def _open(self, figures):
        """Create a record for each of the lines.

        :param dict figures: {order line: Figures}
        :raise ConcurrencyError: if another transaction opened one for the same
            line meanwhile; Odoo then runs the request again on fresh data
        """
        vals_list = [
            {"sale_line_id": line.id, **found.prepare_vals()}
            for line, found in figures.items()
        ]
        try:
            return self.create(vals_list)
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    def _sync_figures(self, figures):
        """Write what the moves say, and open or close accordingly."""
        self.ensure_one()
        if self.state == "filled" and not figures.short:
            return
        vals = figures.prepare_vals()
        if figures.short:
            vals.update(state="open", close_reason=False, date_closed=False)
        else:
            vals.update(self._prepare_close_vals(figures))
        self._store_changed(vals)

    def _prepare_close_vals(self, figures):
        reason = self._get_close_reason(figures)
        return {
            "state": "cancelled" if reason else "filled",
            "close_reason": reason,
            "date_closed": fields.Datetime.now(),
            "is_late": False,
        }

    def _get_close_reason(self, figures):
        """Return why a backorder is closed undelivered, or False if it is filled."""
        if self.order_id.state != "sale":
            return "order"
        if figures.dropped and not figures.open:
            return "remainder"
        if self.qty_unplanned and not figures.open:
            return "reduced"
        # Nothing more is reserved than before: it is the order that became less.
        if self.sale_line_id.qty_cancelled and figures.reserved <= self.qty_reserved:
            return "reduced"
        return False

    def _store_changed(self, vals):
        """Write only what differs: an unchanged row must not conflict with others."""
        self.ensure_one()
        stored = {
            name: self._fields[name].convert_to_write(self[name], self) for name in vals
        }
        changed = {name: value for name, value in vals.items() if value != stored[name]}
        if changed:
            self._store(changed)

    def _apply_priority(self, lower=False):
        """Carry the priority to the open moves and the star of their transfers.

        :param bool lower: also take stars away; else they are only given
        """
        # sudo: the moves of the line belong to the warehouse, the priority does not.
        moves = self.env["stock.move"].sudo()
        for backorder in self.sudo():
            waiting = backorder.sale_line_id.move_ids.filtered(
                lambda move: move.state in OPEN_STATES
            )
            rank = int(backorder.priority) - 1
            waiting.filtered_domain(
                [("allocation_rank", "!=", rank)]
            ).allocation_rank = rank
            moves |= waiting
        for picking in moves.picking_id:
            urgent = max(picking.move_ids.mapped("allocation_rank")) > 0
            if urgent != (picking.priority == "1") and (urgent or lower):
                picking.priority = "1" if urgent else "0"

    # === Audit === #

    @api.model
    def _log_transitions(self, backorders, before):
        """Log one event for each record whose state is not what it was.

        :param dict before: {record: state}; new records are missing in it
        """
        events = {"open": "opened", "filled": "filled", "cancelled": "cancelled"}
        moved = backorders.filtered(lambda b: b.state != before.get(b))
        for state, records in moved.grouped("state").items():
            records._log_events(
                f"backorder.{events[state]}",
                {record: record._prepare_event_data() for record in records},
            )

    def _prepare_event_data(self):
        data = {"short": self.qty_short, "to_deliver": self.qty_open}
        return {**data, "reason": self.close_reason} if self.close_reason else data

    def _log_events(self, code, data):
        """Add one audit event a record in one insert.

        :param str code: code of the event
        :param dict data: {record: details}
        """
        events = self.env["sales.audit.event"]
        events._add(
            [events._prepare_event_vals(record, code, data[record]) for record in data]
        )

    # === Jobs === #

    @api.model
    def _detect_existing(self, limit=None):
        """Register shortages that no event reported.

        :param int limit: most lines to look at
        """
        moves = self.env["stock.move"].search(
            [
                ("sale_line_id", "!=", False),
                ("state", "in", OPEN_STATES),
                ("state", "!=", "assigned"),
                ("sale_line_id.backorder_ids", "not any", [("state", "=", "open")]),
            ],
            limit=limit,
        )
        self._sync(moves.sale_line_id)

    @api.model
    def _cron_refresh(self):
        """Bring quantities, dates and lateness up to date: each day is another today."""
        self._detect_existing(limit=5000)
        products = [
            product.id
            for (product,) in self._read_group([("state", "=", "open")], ["product_id"])
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(products))
        for start in range(0, len(products), CRON_BATCH):
            batch = products[start : start + CRON_BATCH]
            with self.env.cr.savepoint():
                found = self.search(
                    [("state", "=", "open"), ("product_id", "in", batch)]
                )
                self._sync(found.sale_line_id, batch)
            if not cron._commit_progress(len(batch)):
                break
