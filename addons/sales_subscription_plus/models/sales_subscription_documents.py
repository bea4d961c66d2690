from odoo import api, fields, models


class SalesSubscription(models.Model):
    """The orders and invoices of a subscription, and the ways to them."""

    _inherit = "sales.subscription"

    order_count = fields.Integer(
        compute="_compute_document_counts",
        groups="base.group_user",
        help="Orders of the subscription, the origin order included.",
    )
    invoice_count = fields.Integer(
        compute="_compute_document_counts",
        groups="base.group_user",
        help="Invoices of the periods.",
    )

    # === Compute === #

    @api.depends("origin_order_id", "period_ids.order_id", "period_ids.move_id")
    def _compute_document_counts(self):
        for subscription in self:
            orders = subscription.origin_order_id | subscription.period_ids.order_id
            subscription.order_count = len(orders)
            subscription.invoice_count = len(subscription.period_ids.move_id)

    def _freeze_currency(self, order):
        """Keep the currency agreed, whatever became of the pricelist's."""
        self.ensure_one()
        if order.currency_id != self.currency_id:
            order.currency_id = self.currency_id

    # === Actions === #

    @api.readonly
    def action_preview(self):
        """Open the page the customer sees.

        :return: URL action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    def action_view_orders(self):
        """Open the orders of the subscription, the origin order included.

        :return: window action
        """
        orders = self.origin_order_id | self.period_ids.order_id
        return self._get_records_action(orders, "sale.action_orders")

    def action_view_invoices(self):
        """Open the invoices of the subscription's periods.

        :return: window action
        """
        return self._get_records_action(
            self.period_ids.move_id, "account.action_move_out_invoice_type"
        )

    def _get_view_action(self):
        """Return the window action that shows these subscriptions."""
        return self._get_records_action(
            self, "sales_subscription_plus.sales_subscription_action"
        )

    @api.model
    def _get_records_action(self, records, xml_id):
        """Return the action ``xml_id`` on ``records``: one opens by itself."""
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        action["context"] = {"create": False}
        if len(records) == 1:
            action.update(
                res_id=records.id, view_mode="form", views=[(False, "form")], domain=[]
            )
        else:
            action["domain"] = [("id", "in", records.ids)]
        return action
