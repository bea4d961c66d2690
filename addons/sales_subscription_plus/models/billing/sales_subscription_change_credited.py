from odoo import api, models

from ...tools import proration
from ..sales_subscription_line_price import BILLED


class SalesSubscriptionPeriod(models.Model):
    _inherit = "sales.subscription.period"

    def _get_standing_lines(self, line, number):
        """Return [(share left standing, amount)] of what billed a line's period here.

        :return: the share that posted credit notes left, 0 to 1, and what was billed in
            the terms of the unit price; none if this row billed nothing of it
        """
        self.ensure_one()
        own = self.kind == "regular" and self.period_no == number

        def bills(sold):
            # The parts of a bundle bear no number.
            return sold.sales_subscription_line_id == line and (
                sold.sales_period_no == number
                or (own and sold.sales_subscription_role != "adjustment")
            )

        found = []
        if ordered := self.order_line_ids.filtered(bills):
            amount = sum(
                sold.product_uom_qty * sold.price_unit * (1 - sold.discount / 100)
                for sold in ordered
            )
            found.append((self._get_ordered_share(ordered), amount))
        items = self.invoice_line_ids.filtered(
            lambda item: (
                item.sales_subscription_line_id == line
                and item.sales_period_no == number
            )
        )
        if items:
            amount = -sum(
                item.quantity
                * item.price_unit
                * (1 - item.discount / 100)
                * item.move_id.direction_sign
                for item in items
            )
            found.append((self._get_invoiced_share(items.move_id), amount))
        return found

    def _get_ordered_share(self, ordered):
        """Return which share of lines of its order stands; invoiced anew counts."""

        def given(items):
            return sum(one.price_subtotal * one.move_id.direction_sign for one in items)

        items, invoices = ordered.invoice_lines, self._get_invoices()
        notes = (items & self._get_credit_lines()).filtered(
            lambda item: item.move_id.state == "posted"
        )
        invoiced = -given(items.filtered(lambda item: item.move_id in invoices))
        full = min(invoiced, sum(ordered.mapped("price_subtotal")))
        return self._get_share_left(invoiced, given(notes), full)

    def _get_invoiced_share(self, moves):
        """Return which share stands of invoices that bill this period alone."""
        notes = moves.reversal_move_ids.filtered(lambda move: move.state == "posted")
        credited = sum(note.amount_untaxed * note.direction_sign for note in notes)
        invoiced = -sum(move.amount_untaxed * move.direction_sign for move in moves)
        return self._get_share_left(invoiced, credited, invoiced)

    @api.model
    def _get_share_left(self, invoiced, credited, full):
        if not (credited and full):
            return 1.0
        return min(max((invoiced - credited) / full, 0.0), 1.0)


class SalesSubscriptionLine(models.Model):
    _inherit = "sales.subscription.line"

    def _get_standing(self, number):
        """Return what posted credit notes left of a period that was billed.

        :return: (share of what billed it last, most that can be given back of all
            that billed it, in the terms of the unit price), or None if nothing of it
            was credited
        """
        self.ensure_one()
        own = self.subscription_id
        rows = own.period_ids.filtered(lambda row: row.state in BILLED)
        parts = [
            part
            for row in rows.sorted("id")
            for part in row._get_standing_lines(self, number)
        ]
        if all(share == 1.0 for share, _amount in parts):
            return None
        charges = own.charge_ids.filtered(
            lambda one: (
                one.line_id == self
                and one.period_no == number
                and (not one.period_id or one.period_id.state in BILLED)
            )
        )
        given = charges.filtered(lambda one: one.kind == "credit")
        waiting = charges.filtered(
            lambda one: one.kind == "charge" and not one.period_id
        )
        left = sum(share * amount for share, amount in parts)
        left += sum((given | waiting).mapped("amount"))
        return 1.0 if waiting else parts[-1][0], max(left, 0.0)


class SalesSubscriptionChange(models.Model):
    """What somebody credited of a period is not given back once more.

    Of the days, or goods, left of a period a change or an end gives back the share
    that posted credit notes left of what billed them last: half of them after a credit
    note of half of it, nothing after one of all of it. It is never more than what was
    invoiced of the line and period, what changes settled since included, less what was
    credited, both untaxed. What is charged instead is charged in full, as agreed now.
    """

    _inherit = "sales.subscription.change"

    def _get_line_terms(self, line, number):
        terms = super()._get_line_terms(line, number)
        goods = terms and terms.get("goods")
        # Goods that are invoiced when they come are not invoiced yet.
        if terms and terms["billed"] and (not goods or goods["paid"]):
            return {**terms, "standing": line._get_standing(number)}
        return terms

    def _prepare_charge_vals(self, terms, kind, sign, billed):
        vals = super()._prepare_charge_vals(terms, kind, sign, billed)
        return vals and self._leave_credited(terms, vals)

    def _prepare_goods_vals(self, terms, kind, price, quantity):
        vals = super()._prepare_goods_vals(terms, kind, price, quantity)
        return self._leave_credited(terms, vals)

    def _leave_credited(self, terms, vals):
        """Take from a credit what credit notes gave back; None if nothing is left."""
        standing = vals["kind"] == "credit" and terms.get("standing")
        if not standing:
            return vals
        share, left = standing
        exact = -share * (vals["amount"] + vals.get("rounding", 0.0))
        digits = self.currency_id.decimal_places
        amount = float(proration.round_money(round(min(exact, left), 9), digits))
        if not amount:
            return None
        rest = exact - amount if exact <= left else 0.0
        return {**vals, "amount": -amount, "rounding": -rest}
