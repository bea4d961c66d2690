from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    sales_cancellation_id = fields.Many2one(
        "sales.order.cancellation",
        string="Cancellation",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="The cancellation that was credited, or whose fee is invoiced.",
    )


class SalesOrderCancellation(models.Model):
    """What was really paid goes back, as soon as the cancellation is committed."""

    _name = "sales.order.cancellation"
    _inherit = ["sales.order.cancellation", "sales.refund.source.mixin"]

    move_ids = fields.One2many(
        "account.move",
        "sales_cancellation_id",
        string="Invoices and Credit Notes",
        help="What was credited, or invoiced as a fee.",
    )

    @api.model
    def _get_refund_field(self):
        return "cancellation_id"

    def _tells_customer(self):
        return self.company_id.sales_cancel_mail

    def action_view_moves(self):
        """Open what was credited or invoiced.

        :return: window action
        """
        self.ensure_one()
        return self.move_ids._get_records_action(name=self.env._("Credit Notes"))

    def _apply_order(self):
        result = super()._apply_order()
        self._store_refund()
        return result

    def _finish(self, known):
        back = self._store_refund()
        result = super()._finish(known)
        # sudo: credit notes are not the salesperson's.
        self._plan_refunds(self.sudo()._get_credit_notes(), back)
        return result

    def _get_credit_notes(self):
        return self.move_ids.filtered(lambda one: one.move_type == "out_refund")

    def _store_refund(self):
        """Keep what the customer gets back, once the order is what it becomes.

        :return: the :class:`MoneyBack`
        """
        # sudo: payments and invoices are not the salesperson's.
        one = self.sudo()
        back = one.order_id._get_money_back(one._get_credit_notes())
        self._write_own({"refund_amount": back.amount})
        return back
