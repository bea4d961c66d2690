from odoo import fields, models

from ...tools import proration

# Changes after which other goods, or another number of them, are to be delivered.
REDELIVERED = ("end", "quantity", "remove", "substitute")


class SalesSubscriptionCharge(models.Model):
    _inherit = "sales.subscription.charge"

    delivers = fields.Boolean(
        readonly=True,
        groups="base.group_user",
        help="Goods that are delivered by the order that bills them; else it is money "
        "only.",
    )

    def _prepare_order_line_vals(self):
        vals = super()._prepare_order_line_vals()
        if self.delivers:
            vals.update(
                product_uom_qty=self.quantity,
                price_unit=self.amount / self.quantity,
                sales_subscription_role=False,
            )
        return vals


class SalesSubscriptionLine(models.Model):
    _inherit = "sales.subscription.line"

    def _get_goods_lines(self, number):
        """Return the order lines that deliver period ``number``, the newest last."""
        self.ensure_one()
        rows = self.subscription_id.period_ids.filtered(
            lambda row: row.state in ("ordered", "invoiced", "paid")
        )
        return rows.order_line_ids.filtered(
            lambda line: (
                line.sales_subscription_line_id == self
                and line.sales_period_no == number
                and not line.sales_subscription_role
                and line.product_id.type == "consu"
            )
        ).sorted("id")

    def _get_goods(self, number):
        """Return what of the goods of a period came and what is still to come, or None.

        ``delivered``: units that came; ``left``: units still to come; ``all``: units
        the price of the full period is for; ``paid``: whether those to come are
        invoiced already.
        """
        lines = self._get_goods_lines(number)
        if not lines:
            return None
        before, newest = sum(lines[:-1].mapped("qty_delivered")), lines[-1]
        came, ordered = newest.qty_delivered, newest.product_uom_qty
        return {
            "delivered": before + came,
            "left": max(ordered - came, 0.0),
            "all": before + ordered,
            "paid": newest.product_id.invoice_policy == "order",
        }


class SalesSubscriptionChange(models.Model):
    """Goods are settled by what is still to be delivered, not by days."""

    _inherit = "sales.subscription.change"

    def _apply(self):
        # sudo: see super; orders of colleagues count too.
        change = self.sudo()
        outdated = change._get_outdated_lines()
        super()._apply()
        if outdated:
            # What is still to come is delivered as agreed now, by the order of the change.
            moves = outdated.move_ids
            moves.filtered(
                lambda move: move.state not in ("done", "cancel")
            )._action_cancel()

    def _moves_goods(self):
        """Return whether what is to come is delivered otherwise, or not at all."""
        self.ensure_one()
        if self.kind == "plan":
            return self._moves_calendar()
        return self.kind in REDELIVERED

    def _get_outdated_lines(self):
        """Return the order lines whose goods to come are not wanted any more."""
        found = self.env["sale.order.line"]
        if self.proration == "none" or not self._moves_goods():
            return found
        for number in self._get_touched_numbers():
            for line in self.line_id or self.subscription_id.line_ids:
                found |= line._get_goods_lines(number)[-1:]
        return found

    def _is_settled_at_once(self):
        """What is delivered does not wait for the next period."""
        return super()._is_settled_at_once() or any(self.charge_ids.mapped("delivers"))

    def _get_line_terms(self, line, number):
        terms = super()._get_line_terms(line, number)
        goods = terms and terms["billed"] and line._get_goods(number)
        return {**terms, "goods": goods} if goods else terms

    def _prepare_pair(self, before, after):
        goods = before and before.get("goods")
        if not goods:
            return super()._prepare_pair(before, after)
        charges = []
        redelivered = self._moves_goods()
        # Nothing is given back for what will never be invoiced.
        if goods["left"] and (goods["paid"] or not redelivered):
            price = before["price"] / goods["all"]
            charges.append(
                self._prepare_goods_vals(before, "credit", -price, goods["left"])
            )
        quantity = goods["left"]
        if after and redelivered:
            quantity = max(after["vals"]["quantity"] - goods["delivered"], 0.0)
        if after and quantity:
            price = after["price"] / after["vals"]["quantity"]
            vals = self._prepare_goods_vals(after, "charge", price, quantity)
            charges.append({**vals, "delivers": redelivered})
        return [vals for vals in charges if vals]

    def _prepare_goods_vals(self, terms, kind, price, quantity):
        """Return the values of a charge for so many units of the goods of a period.

        None for nothing.
        """
        digits = self.currency_id.decimal_places
        amount = proration.round_money(round(price * quantity, 9), digits)
        return {
            **terms["vals"],
            "kind": kind,
            "quantity": quantity,
            "amount": float(amount),
            "date_from": max(terms["days"][0], self.date),
            "date_to": terms["days"][1],
        }
