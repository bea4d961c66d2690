from odoo import fields, models


class AccountMove(models.Model):
    """Invoices that defer revenue as they are posted, and take it back as they go."""

    _inherit = "account.move"

    sales_revenue_schedule_ids = fields.One2many(
        "sales.revenue.schedule",
        "move_id",
        string="Revenue Schedules",
        copy=False,
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
        help="How the revenue of the invoice is spread over its days.",
    )

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._defer_revenue()
        return posted

    def write(self, vals):
        """However an invoice leaves the books, its revenue is not deferred any more."""
        if vals.get("state") == "cancel":
            self.line_ids._check_not_scheduled()
        leaving = self.browse()
        if (
            vals.get("state") in ("draft", "cancel")
            and self.env["sales.revenue.schedule"]._has_records()
        ):
            leaving = self.filtered(
                lambda move: move.state == "posted" and move.is_sale_document()
            )
        result = super().write(vals)
        if leaving:
            # sudo: see _defer_revenue.
            leaving.sudo()._take_back_revenue()
        return result

    def _defer_revenue(self):
        """Open schedules for what is earned later, and end those that are credited."""
        # sudo: schedules and their entries are written by code alone, whoever posts.
        schedules = self.env["sales.revenue.schedule"].sudo()
        for move in self.sudo().filtered(lambda one: one.is_sale_document()):
            move = move.with_company(move.company_id)
            lines = move.invoice_line_ids
            if move.company_id._defers_revenue() and schedules._open(
                lines._get_deferrable()
            ):
                # Posted again, or deferred later: what was credited since is known.
                notes = move.reversal_move_ids
                posted = notes.filtered(lambda note: note.state == "posted")
                lines |= posted.invoice_line_ids
            if schedules._has_records():
                schedules._give_back(lines._get_given_back())

    def _take_back_revenue(self):
        schedules = self.env["sales.revenue.schedule"]
        own = [("move_id", "in", self.ids), ("cancelled", "=", False)]
        schedules.search(own)._cancel()
        given_back = [("line_ids.cause_id", "in", self.ids), ("cancelled", "=", False)]
        schedules.search(given_back)._restore(self)

    def action_defer_revenue(self):
        """Defer what invoices posted before the accounts were chosen are for.

        :return: window action of all schedules of the invoices
        """
        self.check_access("write")
        posted = self.filtered(lambda move: move.state == "posted")
        posted.sorted(lambda move: (move.date, move.id))._defer_revenue()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_subscription_plus.sales_revenue_schedule_action"
        )
        action["domain"] = [("move_id", "in", self.ids)]
        action["context"] = {}
        return action
