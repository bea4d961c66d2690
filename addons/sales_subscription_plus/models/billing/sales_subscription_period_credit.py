from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import PeriodBilledError


class SalesSubscriptionPeriod(models.Model):
    """Credit notes on what billed a period: a refund is somebody's decision.

    Odoo counts what is given back as not invoiced, so the order is to be invoiced once
    more. The period stays invoiced, and the jobs leave it alone.
    """

    _inherit = "sales.subscription.period"

    amount_credited = fields.Monetary(
        string="Credited",
        compute="_compute_amount_credited",
        compute_sudo=True,
        help="What posted credit notes give back of it, with taxes.",
    )

    @api.depends(
        "kind",
        "order_line_ids.invoice_lines.price_total",
        "order_line_ids.invoice_lines.move_id.state",
        "order_line_ids.invoice_lines.move_id.reversed_entry_id",
        "invoice_line_ids.move_id.reversal_move_ids.state",
        "invoice_line_ids.move_id.reversal_move_ids.amount_total",
    )
    def _compute_amount_credited(self):
        for period in self:
            items = period._get_credit_lines().filtered(
                lambda item: item.move_id.state == "posted"
            )
            # Without an order an invoice bills one period, and is credited as a whole.
            notes = period.invoice_line_ids.move_id.reversal_move_ids.filtered(
                lambda move: move.state == "posted"
            )
            period.amount_credited = sum(
                item.price_total * item.move_id.direction_sign for item in items
            ) + sum(note.amount_total * note.direction_sign for note in notes)

    def _get_credit_lines(self):
        """Return the lines that give back what was invoiced, drafts included."""
        self.ensure_one()
        return self.order_line_ids.invoice_lines.filtered(
            lambda item: (
                item.move_id.state != "cancel" and not self._is_billed_by(item.move_id)
            )
        )

    def _is_credited(self):
        """Return whether all that was invoiced of its order is given back."""
        self.ensure_one()
        settled = self.state in ("invoiced", "paid")
        if not (settled and self.order_id and self.amount_credited):
            return False
        invoices = self._get_invoices()
        invoiced = sum(
            -item.price_total * item.move_id.direction_sign
            for item in self.order_line_ids.invoice_lines
            if item.move_id in invoices
        )
        return self.currency_id.is_zero(invoiced - self.amount_credited)

    def _check_given_back_stays(self, moves):
        """Refuse to withdraw what was given back where the order was invoiced again.

        :param moves: invoices and credit notes that are not to count any more
        :raise PeriodBilledError: names the invoice that would stand beside the first
        """
        for period in self:
            if not any(
                period._is_beyond(line, moves) for line in period.order_line_ids
            ):
                continue
            later = (period._get_invoices() - moves)[-1:]
            raise PeriodBilledError(
                self.env._(
                    "Status: %(document)s cannot be withdrawn, %(period)s is billed by "
                    "%(other)s since. Cancel that one first, or leave %(document)s as "
                    "it is.",
                    document=", ".join(moves.mapped("display_name")),
                    period=period.display_name,
                    other=later.display_name,
                ),
                field="state",
                rule="billed_again",
                period=period.id,
            )

    @api.model
    def _is_beyond(self, line, moves):
        """Whether more is invoiced of an order line than sold, only without ``moves``."""
        without = line.qty_invoiced - line._get_quantity_invoiced_by(moves)
        # What a change gives back is sold less than nothing.
        sign = -1 if line.product_uom_qty < 0 else 1
        sold = max(sign * line.product_uom_qty, sign * line.qty_delivered)
        unit = line.product_uom_id
        return (
            unit.compare(sign * without, sold) > 0
            and unit.compare(sign * line.qty_invoiced, sold) <= 0
        )

    @api.model
    def _get_given_back_domain(self):
        """Return the periods some of whose order lines are on a credit note."""

        def on(note):
            live = Domain("move_id.state", "!=", "cancel")
            lines = Domain("invoice_lines", "any", live & note)
            return Domain("order_line_ids", "any", lines)

        # What a change gives back is billed by a credit note that reverses nothing.
        return on(Domain("move_id.reversed_entry_id", "!=", False)) | (
            Domain("kind", "=", "regular")
            & on(Domain("move_id.move_type", "=", "out_refund"))
        )
