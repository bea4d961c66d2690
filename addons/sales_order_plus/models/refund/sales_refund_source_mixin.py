from odoo import api, fields, models


class SalesRefundSourceMixin(models.AbstractModel):
    """Cancellations and returns: what they owe goes back the way it came.

    For documents with ``order_id`` and ``name``.
    """

    _name = "sales.refund.source.mixin"
    _description = "Source of Refunds"

    refund_count = fields.Integer(
        string="Refunds",
        compute="_compute_refund_count",
        groups="base.group_user",
        help="How many payments go back, or went.",
    )

    # === Hooks === #

    @api.model
    def _get_refund_field(self):
        """Return the field of the refund that names this document."""
        raise NotImplementedError

    def _tells_customer(self):
        """Return whether the company tells customers of it."""
        raise NotImplementedError

    # === What follows === #

    @api.depends_context("uid")
    def _compute_refund_count(self):
        field = self._get_refund_field()
        groups = self.env["sales.order.refund"]._read_group(
            [(field, "in", self.ids)], [field], ["__count"]
        )
        counts = {one.id: count for one, count in groups}
        for one in self:
            one.refund_count = counts.get(one._origin.id, 0)

    def action_view_refunds(self):
        """Open the refunds.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_refund_action"
        )
        return {**action, "domain": [(self._get_refund_field(), "=", self.id)]}

    def _plan_refunds(self, credit_notes, back):
        """Have the provider give back what it took; ask a person for the rest.

        Nobody is asked for anything before the commit; see sales_order_refund_send.

        :param credit_notes: what was credited
        :param MoneyBack back: what the customer gets
        """
        self.ensure_one()
        # sudo: payments are nobody's who sells.
        order = self.order_id.sudo()
        found, rest = order._spread_money_back(back)
        rows = [
            {
                **self._prepare_refund_vals(transaction, "refund"),
                "amount": amount,
                "credited_amount": credited,
                "credit_note_id": credited and credit_notes[:1].id,
            }
            for transaction, amount, credited in found
        ]
        rows += [
            {**self._prepare_refund_vals(transaction, "void"), "amount": amount}
            for transaction, amount in order._get_releases()
        ]
        refunds = self.env["sales.order.refund"].sudo().create(rows)
        for refund in refunds:
            refund._log_on_order("refund.requested")
        if refunds:
            refunds._trigger()
        if order.currency_id.compare_amounts(rest, order._get_tax_cents()) > 0:
            note = self.env._("%s: what is paid already goes back.", self.name)
            order._ask_to_pay_back(rest, note)

    def _prepare_refund_vals(self, transaction, kind):
        refunds = self.env["sales.order.refund"]
        return {
            self._get_refund_field(): self.id,
            "order_id": self.order_id.id,
            "transaction_id": transaction.id,
            "kind": kind,
            "reference": refunds._make_reference(transaction, self, kind),
        }

    def _get_refund_label(self, label):
        """Return the customer's word for the amount: it is paid back as soon as it is."""
        # sudo: refunds are internal.
        refunds = self.env["sales.order.refund"].sudo()
        found = refunds.search([(self._get_refund_field(), "=", self.id)])
        done = found and set(found.mapped("state")) == {"done"}
        return self.env._("Paid back") if done else label
