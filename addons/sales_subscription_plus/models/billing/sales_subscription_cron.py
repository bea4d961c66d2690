from odoo import api, models


class SalesSubscription(models.Model):
    """The job that bills: many at once, and each alone where one of them fails."""

    _inherit = "sales.subscription"

    @api.model
    def _cron_bill(self, limit=50):
        """Bill one period of each due subscription.

        What is still due afterwards, after downtime for instance, is told to the
        scheduler as remaining and billed in the next pass.

        :param int limit: subscriptions a pass
        """
        domain = self._get_due_domain()
        cron = self.env["ir.cron"]
        due = self.search(domain, limit=limit, order="next_billing_date, id")
        cron._commit_progress(remaining=self.search_count(domain))
        # First query of the transaction: sees what other workers committed.
        locked = due.try_lock_for_update().filtered_domain(domain)
        if locked and not locked._bill_together():
            locked._bill_one_by_one(domain)
        cron._commit_progress(len(due))
        cron._commit_progress(remaining=self.search_count(domain))

    def _bill_together(self):
        """Bill all of them in one savepoint.

        :return: whether it went well; if not, nothing is billed
        """
        if len(self) == 1:
            return False
        if not self._try(self._bill_next_periods):
            return False
        self.filtered("billing_error")._reset_billing_error()
        return True

    def _bill_one_by_one(self, domain):
        """Bill each in a transaction of its own: what fails stops nobody else."""
        for subscription in self:
            locked = subscription.try_lock_for_update().filtered_domain(domain)
            if locked:
                locked._bill_or_postpone()
            if not self.env["ir.cron"]._commit_progress():
                return
