from odoo import api, models

from ...exceptions import ScheduledEntryError
from ..grants import may_schedule

# What a schedule relies on; date, text and analytics of an entry are free.
SCHEDULED_FIELDS = frozenset(
    {
        "account_id",
        "amount_currency",
        "balance",
        "credit",
        "currency_id",
        "debit",
        "move_id",
    }
)


class AccountMoveLine(models.Model):
    """Entries of revenue schedules, drafts too: changed by the schedules alone.

    Else the sum of a schedule's lines were not what is on the deferred account.
    """

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_not_scheduled()
        return lines

    def write(self, vals):
        names = SCHEDULED_FIELDS & vals.keys()
        if names:
            moves = self.env["account.move"]
            self.filtered(
                lambda line: any(
                    moves._field_will_change(line, vals, name) for name in names
                )
            )._check_not_scheduled()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_scheduled(self):
        self._check_not_scheduled()

    def _check_not_scheduled(self):
        """Refuse by-hand changes of what a schedule has planned or booked.

        :raise ScheduledEntryError: if one of the items is of a schedule's entry
        """
        if may_schedule() or not self.env["sales.revenue.schedule"]._has_records():
            return
        entries = self.move_id.filtered(lambda move: move.move_type == "entry")
        if not entries:
            return
        # sudo: the schedule decides, whether or not the user may read it.
        rows = self.env["sales.revenue.schedule.line"].sudo()
        if row := rows.search([("move_id", "in", entries.ids)], limit=1):
            raise ScheduledEntryError(
                self.env._(
                    "Journal items of %(schedule)s: reckoned from the invoice, cannot "
                    "be changed by hand. Credit the invoice, or change the date of the "
                    "entry.",
                    schedule=row.schedule_id.name,
                )
            )
