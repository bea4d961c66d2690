from odoo import models


class AccountMove(models.Model):
    """Invoices of periods that are cancelled or deleted: somebody decided so.

    The jobs do not bill what they billed once more, and the invoice cannot come back
    where somebody else billed it. Nor can a credit note be withdrawn then.
    """

    _inherit = "account.move"

    def write(self, vals):
        if "state" in vals and self.env["sales.subscription.period"]._has_records():
            self._before_period_state(vals["state"])
        return super().write(vals)

    def unlink(self):
        rows = self.env["sales.subscription.period"]
        if rows._has_records():
            # sudo: nobody may write the ledger; whoever may delete the invoice decides.
            moves = self.sudo()
            standing = moves.filtered(lambda move: move.state != "cancel")
            standing._check_given_back_stays()
            standing._get_ordered_periods().invoice_cancelled = True
            rows = moves.line_ids.sales_period_id
            rows._waive()
        return super().unlink()

    def _before_period_state(self, state):
        # sudo: see unlink.
        moves = self.sudo()
        if state == "cancel":
            stopped = moves.filtered(lambda move: move.state != "cancel")
            stopped._check_given_back_stays()
            stopped._get_ordered_periods().invoice_cancelled = True
            return
        if state == "draft":
            moves.filtered(
                lambda move: move.state == "posted"
            )._check_given_back_stays()
        for move in moves.filtered(lambda move: move.state == "cancel"):
            ordered = move._get_ordered_periods()
            (move.line_ids.sales_period_id | ordered)._check_not_billed_anew(move)
            ordered.invoice_cancelled = False

    def _check_given_back_stays(self):
        rows = self.line_ids.sale_line_ids.order_id.sales_period_ids
        rows.filtered(lambda row: not row.is_origin)._check_given_back_stays(self)

    def _get_ordered_periods(self):
        """Return the periods that an order bills which these invoices invoice.

        Not those of orders that people made: people invoice them.
        """
        rows = self.line_ids.sale_line_ids.order_id.sales_period_ids
        return rows.filtered(
            lambda row: (
                not row.is_origin
                and any(
                    row._is_billed_by(move)
                    for move in row.order_line_ids.invoice_lines.move_id & self
                )
            )
        )
