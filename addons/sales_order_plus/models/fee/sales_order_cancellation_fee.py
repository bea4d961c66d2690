from odoo import api, fields, models

from .fee_case import FeeCase

DAY = 86400.0


class SalesOrderCancellation(models.Model):
    """What a cancellation costs the customer, known before anything happens."""

    _name = "sales.order.cancellation"
    _inherit = ["sales.order.cancellation", "sales.fee.mixin"]

    @api.model
    def _get_fee_states(self):
        return ("draft", "submitted")

    def _after_fee_decision(self):
        if self.impact:
            self._store_impact()

    def _store_amounts(self):
        super()._store_amounts()
        by_line = self._get_fee_by_line(self._get_fees())
        for line in self.line_ids:
            line._write_own({"fee_amount": by_line.get(line.order_line_id, 0.0)})
        self._write_own({"fee_amount": sum(by_line.values())})

    def _get_fee_by_line(self, fees):
        """Return {order line: fee} of {fee: {order line: amount}}."""
        return {
            line: amount
            for by_line in fees.values()
            for line, amount in by_line.items()
        }

    def _get_fees(self):
        """Return what it costs: {fee: {order line: amount}}."""
        self.ensure_one()
        if self.fee_waiver == "waived" or self.order_id.state != "sale":
            return {}
        return self.env["sales.restocking.fee"]._get_fees(
            self.order_id, self._get_fee_worths(), self._prepare_fee_case()
        )

    def _get_fee_worths(self):
        """Return {order line: what of it goes}: goods, at what they cost after all."""
        lines = self.order_id.order_line.filtered(lambda one: not one.display_type)
        rewards = lines.filtered("is_reward_line")
        goods = lines.filtered(
            lambda one: (
                not one.is_delivery
                and not one.is_downpayment
                and not one._is_cancellation_fee()
                and one not in rewards
            )
        )
        whole = sum(goods.mapped("price_subtotal"))
        less = sum(rewards.mapped("price_subtotal"))
        part = max(whole + less, 0.0) / whole if whole else 0.0
        return {
            one.order_line_id: self.currency_id.round(one.amount * part)
            for one in self.line_ids
            if one.order_line_id in goods
        }

    def _prepare_fee_case(self):
        order, now = self.order_id, fields.Datetime.now()
        planned = order.commitment_date or order.expected_date
        return FeeCase(
            on="cancel",
            reason=self.reason_id,
            days_after=(now - order.date_order).total_seconds() / DAY,
            days_before=planned and (planned - now).total_seconds() / DAY or None,
        )

    # === Charged === #

    def _apply_financial(self):
        # sudo: the lines of a confirmed order are not the customer's to write.
        one = self.sudo()
        one.order_id._add_fee_lines(one._get_fees(), one.name)
        super()._apply_financial()
        if one.kind == "full" and one.order_id.state == "sale":
            one._invoice_fees()

    def _get_credited_lines(self):
        return (
            super()
            ._get_credited_lines()
            .filtered(lambda line: not line._is_cancellation_fee())
        )

    def _prepare_credit_rows(self, quantities):
        """Net what the cancellation costs in the credit note, where that is enough."""
        rows = super()._prepare_credit_rows(quantities)
        fees = self.order_id._get_open_fee_lines()
        credited = sum(
            line.price_total * quantity / (line.product_uom_qty or 1.0)
            for line, quantity in quantities.items()
        )
        if (
            self.currency_id.compare_amounts(credited, sum(fees.mapped("price_total")))
            < 0
        ):
            return rows
        return [*rows, *(fee._prepare_invoice_line(quantity=-1.0) for fee in fees)]

    def _invoice_fees(self):
        """Invoice the fees that no credit note nets: nothing is after the order."""
        order = self.order_id
        fees = order._get_open_fee_lines()
        if not fees:
            return
        invoice = order._create_fee_invoice(fees, self.name)
        invoice.sales_cancellation_id = self.id
        invoice.action_post()
        order._set_off_payments(invoice)

    # === Gate === #

    def _get_guard_findings(self, operation, baseline=None):
        findings = super()._get_guard_findings(operation, baseline)
        return self._add_fee_findings(findings) if operation == "cancel" else findings
