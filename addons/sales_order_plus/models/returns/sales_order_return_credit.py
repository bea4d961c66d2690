from odoo import models


class SalesOrderReturn(models.Model):
    """What the customer gets back for goods: the price he paid, less the fee."""

    _inherit = "sales.order.return"

    def _credit(self, credits):
        """Credit what was invoiced, as the tax engine computes it.

        :param dict credits: {line of the return: quantity in the unit of the line}
        :return: the credit note; empty if nothing of it was invoiced
        """
        self.ensure_one()
        given = {line: quantity for line, quantity in credits.items() if quantity > 0}
        rows = [line._prepare_credit_line_vals(given[line]) for line in given]
        rows += self._take_rewards_back(given)
        fees = self._add_fee_lines(given) if given else self.order_id.order_line[:0]
        rows += [fee._prepare_invoice_line(quantity=-1.0) for fee in fees]
        if not rows:
            return self.env["account.move"]
        credit_note = self._create_credit_note(rows)
        self._write_own(
            {
                "credited_amount": max(credit_note.amount_total, 0),
                "fee_amount": sum(fees.mapped("price_subtotal")),
            }
        )
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        if not policy.return_credit_draft:
            credit_note.action_post()
        return credit_note

    def _create_credit_note(self, rows):
        invoices = self.line_ids.order_line_id.invoice_lines.move_id.filtered(
            lambda one: one.move_type == "out_invoice" and one.state == "posted"
        )
        credit_note = self.order_id._create_credit_note(rows, self.name, invoices)
        credit_note.sales_return_id = self.id
        return credit_note

    # === Fee === #

    def _add_fee_lines(self, given):
        """Add the restocking fees to the order; they net in the credit note.

        :return: the order lines
        """
        return self.order_id._add_fee_lines(self._get_return_fees(given), self.name)

    def _get_return_fees(self, given):
        """Return what it costs: {fee: {order line: amount}}.

        :param dict given: {line of the return: credited quantity}
        """
        return {}

    # === Discounts of the whole order === #

    def _take_rewards_back(self, given):
        """Take the share of the order's discounts back that the goods had.

        :return: values of lines of the credit note
        """
        rows = []
        lines = self.order_id.order_line
        for reward in lines.filtered(
            lambda one: one.is_reward_line and one.price_unit < 0 and one.qty_invoiced
        ):
            share = self._get_reward_share(reward, given)
            back = self.currency_id.round(reward.price_unit * share)
            if not back:
                continue
            row = reward._prepare_invoice_line(quantity=1.0, price_unit=back)
            # Not linked: the discount itself stays invoiced, it is only less.
            row.pop("sale_line_ids")
            rows.append(row)
            reward.price_unit -= back
        return rows

    def _get_reward_share(self, reward, given):
        """Return the part of a discount that fell on the credited goods."""
        same = self.order_id.order_line.filtered(
            lambda one: (
                not one.display_type
                and not one.is_reward_line
                and not one.is_delivery
                and one.tax_ids == reward.tax_ids
            )
        )
        worth = sum(
            line._get_credit_worth(quantity)
            for line, quantity in given.items()
            if line.order_line_id in same
        )
        # The lines were lowered by what is credited.
        whole = sum(same.mapped("price_subtotal")) + worth
        return min(worth / whole, 1.0) if whole > 0 else 0.0


class SalesOrderReturnLine(models.Model):
    _inherit = "sales.order.return.line"

    def _prepare_credit_line_vals(self, quantity):
        return self.order_line_id._prepare_invoice_line(quantity=quantity)

    def _get_credit_worth(self, quantity):
        """Return what was paid for ``quantity``, without taxes."""
        price = self.order_line_id.price_reduce_taxexcl
        return self.currency_id.round(price * quantity)
