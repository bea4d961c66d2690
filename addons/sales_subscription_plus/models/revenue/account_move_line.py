from odoo import fields, models

from ...tools import revenue


class AccountMoveLine(models.Model):
    """Lines of invoices that are for certain days, and what they defer or give back."""

    _inherit = "account.move.line"

    sales_service_from = fields.Date(
        string="Service From",
        groups="base.group_user",
        help="First day that is paid for. With both days the revenue is spread over "
        "them, to the day.",
    )
    sales_service_to = fields.Date(
        string="Service To",
        groups="base.group_user",
        help="Last day that is paid for.",
    )

    _check_sales_service = models.Constraint(
        "CHECK((sales_service_from IS NULL) = (sales_service_to IS NULL) "
        "AND sales_service_to >= sales_service_from)",
        "Service To: give both days, the last one not before the first.",
    )

    def _is_income(self):
        self.ensure_one()
        return (
            self.display_type == "product"
            and self.account_id.internal_group == "income"
        )

    def _get_subscription_lines(self):
        """Return the lines of subscriptions billed here, with an order or without."""
        ordered = self.sale_line_ids.sales_subscription_line_id
        return ordered | self.sales_subscription_line_id

    def _get_deferrable(self):
        """Return the lines whose revenue is partly of later months than their own."""
        return self.filtered(
            lambda line: (
                line._is_income()
                and line.balance < 0
                and line.sales_service_to
                and line.sales_service_to > revenue.get_month_end(line.move_id.date)
            )
        )

    def _get_given_back(self):
        """Return the lines that give money back: of credit notes, or below zero."""
        return self.filtered(lambda line: line._is_income() and line.balance > 0)

    def _find_schedules(self):
        """Return the schedules that a line which gives money back is about.

        A credit note of an invoice: those of the lines it reverses. Else, what
        changes of a subscription give back: those of the same line and days.
        """
        self.ensure_one()
        schedules = self.env["sales.revenue.schedule"]
        reversed_move = self.move_id.reversed_entry_id
        if reversed_move:
            found = schedules.search(
                [("move_id", "=", reversed_move.id), ("cancelled", "=", False)],
                order="id",
            )
            return found.filtered(self._reverses)
        lines = self._get_subscription_lines()
        if not lines or not self.sales_service_to:
            return schedules
        return schedules.search(
            [
                ("subscription_line_id", "in", lines.ids),
                ("product_id", "=", self.product_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("cancelled", "=", False),
                ("date_from", "<=", self.sales_service_to),
                ("date_to", ">=", self.sales_service_from),
            ],
            order="id",
        )

    def _reverses(self, schedule):
        """Return whether this line of a credit note is about ``schedule``."""
        self.ensure_one()
        line = schedule.move_line_id
        if self.currency_id != schedule.currency_id:
            return False
        if self.sale_line_ids and line.sale_line_ids:
            return bool(self.sale_line_ids & line.sale_line_ids)
        return self.product_id == line.product_id and self.account_id == line.account_id
