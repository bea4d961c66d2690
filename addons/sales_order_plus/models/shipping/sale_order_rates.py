from datetime import timedelta

from odoo import fields, models

from ...exceptions import CarrierError


class SaleOrder(models.Model):
    """Ask all carriers of an order for their price and choose one with a reason."""

    _inherit = "sale.order"

    def action_compare_rates(self):
        """Ask the carriers and open the comparison.

        :return: window action of the dialog
        """
        self.ensure_one()
        comparison = self.env["sales.rate.comparison"]._compare(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Rates"),
            "res_model": "sales.rate.comparison",
            "res_id": comparison.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_available_carriers(self):
        self.ensure_one()
        carriers = self.env["delivery.carrier"]
        carriers = carriers.search(carriers._check_company_domain(self.company_id))
        return carriers.available_carriers(self.partner_shipping_id, self)

    def _get_carrier_quotes(self):
        """Return the quotes of all carriers, the suggested one first.

        :return: list of dicts as ``delivery.carrier._get_order_quote`` gives them, with
            ``carrier``, ``arrival``, ``reason`` and ``suggested``
        """
        self.ensure_one()
        quotes = [
            {"carrier": carrier, **carrier._get_order_quote(self)}
            for carrier in self._get_available_carriers()
        ]
        for quote in quotes:
            quote.update(arrival=self._get_arrival(quote["days"]), suggested=False)
            quote["reason"] = ""
        self._set_quote_reasons([quote for quote in quotes if quote["success"]])
        return sorted(
            quotes,
            key=lambda quote: (
                not quote["suggested"],
                not quote["success"],
                quote["price"],
                quote["days"] or 999,
            ),
        )

    def _get_arrival(self, days):
        """Return the day of arrival if it left today where the warehouse is."""
        self.ensure_one()
        if not days:
            return False
        zone = self.warehouse_id.partner_id.tz or self.env.user.tz or "UTC"
        today = fields.Date.context_today(self.with_context(tz=zone))
        return today + timedelta(days=days)

    def _get_wanted_day(self):
        self.ensure_one()
        if not self.commitment_date:
            return False
        zone = self.warehouse_id.partner_id.tz or self.env.user.tz or "UTC"
        record = self.with_context(tz=zone)
        return fields.Datetime.context_timestamp(record, self.commitment_date).date()

    def _set_quote_reasons(self, quotes):
        """Say what is good about each quote, and suggest one."""
        if not quotes:
            return
        wanted = self._get_wanted_day()
        cheapest = min(quote["price"] for quote in quotes)
        known = [quote["days"] for quote in quotes if quote["days"]]
        for quote in quotes:
            words = []
            if self.currency_id.is_zero(quote["price"]):
                words.append(self.env._("free"))
            elif self.currency_id.compare_amounts(quote["price"], cheapest) == 0:
                words.append(self.env._("cheapest"))
            if known and quote["days"] == min(known) and len(set(known)) > 1:
                words.append(self.env._("fastest"))
            if wanted and quote["arrival"] and quote["arrival"] > wanted:
                words.append(self.env._("too late for the delivery date"))
            quote["reason"] = ", ".join(words)
        in_time = [
            quote
            for quote in quotes
            if not wanted or (quote["arrival"] and quote["arrival"] <= wanted)
        ]
        best = min(
            in_time or quotes, key=lambda quote: (quote["price"], quote["days"] or 999)
        )
        best["suggested"] = True
        if wanted and in_time and best["price"] > cheapest:
            best["reason"] = self.env._("cheapest that arrives in time")

    def _choose_carrier(self, carrier, price, reason):
        """Put the carrier and his price on the order and keep the reason."""
        self.ensure_one()
        if carrier not in self._get_available_carriers():
            raise CarrierError(
                self.env._(
                    "%(carrier)s does not ship this order. Compare the rates again.",
                    carrier=carrier.name,
                ),
                carrier=carrier.name,
            )
        self.set_delivery_line(carrier, price)
        self.recompute_delivery_price = False
        text = self.currency_id.format(price)
        self._log_event(
            "order.carrier_chosen", carrier=carrier.name, price=price, reason=reason
        )
        self.message_post(
            body=self.env._(
                "Carrier %(carrier)s for %(price)s: %(reason)s",
                carrier=carrier.name,
                price=text,
                reason=reason or self.env._("chosen by hand"),
            )
        )
