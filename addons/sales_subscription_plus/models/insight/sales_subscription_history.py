from odoo import api, fields, models


class SalesSubscription(models.Model):
    """The deliveries and payments of a subscription, and the ways to them."""

    _inherit = "sales.subscription"

    picking_count = fields.Integer(
        string="Deliveries",
        compute="_compute_history_counts",
        groups="base.group_user",
        help="Deliveries of the orders of the subscription.",
    )
    payment_count = fields.Integer(
        string="Payments",
        compute="_compute_history_counts",
        groups="base.group_user",
        help="Payments of the invoices of the periods.",
    )

    @api.depends("period_ids.order_id", "period_ids.move_id")
    def _compute_history_counts(self):
        for subscription in self:
            # sudo: counted for who may see the subscription; opening them is checked.
            subscription.picking_count = len(subscription.sudo()._get_pickings())
            subscription.payment_count = len(subscription.sudo()._get_payments())

    def _get_pickings(self):
        return self.period_ids.order_id.picking_ids

    def _get_payments(self):
        return self.period_ids.move_id.reconciled_payment_ids

    def action_view_deliveries(self):
        """Open the deliveries of the subscription.

        :return: window action
        """
        return self._get_records_action(
            self._get_pickings(), "stock.action_picking_tree_all"
        )

    def action_view_payments(self):
        """Open the payments of the subscription.

        :return: window action
        """
        return self._get_records_action(
            self._get_payments(), "account.action_account_payments"
        )

    def _get_statement_rows(self):
        """Return the periods as the statement tells them, the oldest first."""
        self.ensure_one()
        return self.period_ids.sorted(lambda row: (row.date_start, row.id))

    def _get_statement_events(self):
        """Return [(date, what happened, by whom)] of the subscription's life."""
        self.ensure_one()
        # sudo: the story of one's own subscription, without its details.
        events = self.env["sales.audit.event"].sudo()
        found = events.search(
            [("model", "=", self._name), ("res_id", "=", self.id)], order="id"
        )
        return [(event.date, event.name, event.user_id.name) for event in found]
