from datetime import timedelta

from odoo import api, fields, models

from ..exceptions import SelfServiceRefusedError
from .sales_subscription_state import BILLED_STATES, LIVE_STATES


class SalesSubscription(models.Model):
    """What the customer does by himself; each step says what the plan lets him do.

    Nothing here may be called by RPC. The portal checks first that the subscription
    is his, then works in his stead: he has no rights to write.
    """

    _inherit = "sales.subscription"

    retention_offer_id = fields.Many2one(
        "sales.subscription.offer",
        string="Offer Accepted",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="Offer that kept the customer.",
    )

    def _get_self_service(self):
        """Return the set of what the customer may do now."""
        self.ensure_one()
        plan, live = self.plan_id, self.state in LIVE_STATES
        may = {
            "pause": plan.allow_pause and self.state in BILLED_STATES,
            "resume": plan.allow_pause and self.state == "paused",
            "skip": plan.allow_skip
            and self.state in BILLED_STATES
            and bool(self.next_billing_date),
            "quantity": plan.allow_quantity and self.state in ("trial", *BILLED_STATES),
            "plan": plan.allow_plan
            and self.state in ("trial", *BILLED_STATES)
            and bool(plan._get_switch_plans()),
            "cancel": plan.allow_cancel and live and not self.cancel_on,
            "undo": live and bool(self.cancel_on),
            "token": live,
            "delivery": live,
            "coupon": live,
        }
        return {name for name, allowed in may.items() if allowed}

    def _check_self_service(self, name):
        """Lock it and refuse what the customer may not do now.

        :raise SelfServiceRefusedError: if the plan or the state does not allow it
        """
        self.ensure_one()
        self.lock_for_update()
        if name not in self._get_self_service():
            raise SelfServiceRefusedError(
                self.env._(
                    "This cannot be done with %(name)s now. Please write to us.",
                    name=self.name,
                )
            )

    def _customer_pause(self, until):
        """Pause until a day the customer chooses."""
        self._check_self_service("pause")
        days = self.plan_id.max_pause_days
        latest = self._get_today() + timedelta(days=days)
        if not until:
            until = latest if days else False
        elif days and until > latest:
            raise SelfServiceRefusedError(
                self.env._("Until: choose a day up to %(date)s.", date=latest)
            )
        self.action_pause(until=str(until or ""))

    def _customer_resume(self):
        self._check_self_service("resume")
        self.action_resume()

    def _customer_skip(self):
        self._check_self_service("skip")
        self.action_skip_next()

    def _customer_undo_cancel(self):
        self._check_self_service("undo")
        self.action_undo_cancel()

    # === Changes === #

    def _prepare_customer_change(self, name, **vals):
        self._check_self_service(name)
        return self.env["sales.subscription.change"].create(
            {"subscription_id": self.id, "source": "portal", **vals}
        )

    def _prepare_customer_quantity(self, line, quantity):
        """Return the draft of a change of quantity.

        :raise SelfServiceRefusedError: if the line is not of it, or there is no change
        """
        if line not in self.line_ids or quantity <= 0 or line.is_usage:
            raise SelfServiceRefusedError(
                self.env._("Quantity: give a quantity above zero.")
            )
        if quantity == line.quantity:
            raise SelfServiceRefusedError(self.env._("Quantity: it is this already."))
        more = quantity > line.quantity
        return self._prepare_customer_change(
            "quantity",
            kind="quantity",
            line_id=line.id,
            quantity=quantity,
            effective="now" if more else "next_period",
        )

    def _prepare_customer_plan(self, plan):
        """Return the draft of a change of plan: upgrades at once, others later."""
        up = plan.tier_rank > self.plan_id.tier_rank
        return self._prepare_customer_change(
            "plan",
            kind="plan",
            plan_id=plan.id,
            effective="now" if up else "next_period",
        )

    # === Cancel, or stay === #

    @api.model
    def _get_customer_cancel_reasons(self):
        return self.env["sales.cancel.reason"].search([("portal_visible", "=", True)])

    def _get_retention_offer(self, reason):
        """Return the first offer that fits, or none."""
        self.ensure_one()
        offers = self.env["sales.subscription.offer"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        return offers.filtered(lambda offer: offer._fits(self, reason))[:1]

    def _check_cancel_reason(self, reason, note):
        if not reason or reason not in self._get_customer_cancel_reasons():
            raise SelfServiceRefusedError(self.env._("Reason: choose why you cancel."))
        if reason.requires_note and not note:
            raise SelfServiceRefusedError(
                self.env._("Message: say a few words more about this reason.")
            )

    def _customer_cancel(self, reason, note):
        """Cancel to the end of what is paid, with a reason."""
        self._check_self_service("cancel")
        self._check_cancel_reason(reason, note)
        self.action_cancel_later(reason_id=reason.id, note=note)

    def _customer_stay(self, offer, reason, note):
        """The customer takes the offer instead of leaving."""
        self._check_self_service("cancel")
        self._check_cancel_reason(reason, note)
        if not offer or offer != self._get_retention_offer(reason):
            raise SelfServiceRefusedError(
                self.env._("This offer does not hold any more.")
            )
        getattr(self, f"_accept_{offer.kind}_offer")(offer)
        self._write_life({"retention_offer_id": offer.id})
        self._log_event(
            "subscription.retained", offer=offer.name, reason=reason.name, note=note
        )

    def _accept_discount_offer(self, offer):
        self.env["sales.subscription.discount"].create(
            {
                "subscription_id": self.id,
                "name": offer.name,
                "source": "retention",
                "percent": offer.percent,
                "period_count": offer.period_count,
            }
        )

    def _accept_pause_offer(self, offer):
        upcoming = self._get_upcoming_periods(offer.period_count)
        until = upcoming[-1][2] if upcoming else self._get_today()
        self.action_pause(until=str(until))

    def _accept_plan_offer(self, offer):
        change = self.env["sales.subscription.change"].create(
            {
                "subscription_id": self.id,
                "source": "portal",
                "kind": "plan",
                "plan_id": offer.plan_id.id,
                "effective": "next_period",
                "reason": offer.name,
            }
        )
        change.action_confirm()

    # === Coupons === #

    def _customer_coupon(self, code):
        """Redeem a coupon: a percentage off some periods."""
        self._check_self_service("coupon")
        self._redeem_coupon(code)

    # === What comes next === #

    def _get_next_dates(self, count):
        """Return [(first day, last day, day of billing)] of the periods to come."""
        self.ensure_one()
        arrears = self.plan_id.billing_timing == "arrears"
        lead = timedelta(days=self.plan_id.lead_days)
        return [
            (start, end, end + timedelta(days=1) if arrears else start - lead)
            for _number, start, end in self._get_upcoming_periods(count)
        ]

    def _get_coming_text(self, start):
        """Return what is special about the period that begins on ``start``."""
        number = self._get_schedule().get_number(start)
        texts = []
        for line in self.line_ids:
            season = line._get_season(number)
            if season.skip:
                texts.append(
                    self.env._("%(product)s: left out", product=line.product_id.name)
                )
            elif season and season.quantity_factor != 1.0:
                texts.append(
                    self.env._(
                        "%(product)s: %(quantity)g",
                        product=line.product_id.name,
                        quantity=line._get_unit_terms(number)[0],
                    )
                )
        return "; ".join(texts)

    def _get_amount_on_plan(self, plan):
        """Return what a period would cost without taxes on another plan."""
        total = 0.0
        for line in self.line_ids.filtered(lambda one: not one.is_usage):
            price = plan.price_ids._find(plan, line.product_id, line.currency_id)
            rated = price and price._rate(line.quantity)
            total += rated * (1 - line.discount / 100) if price else line.price_subtotal
        return total

    @api.model
    def _to_date(self, text):
        try:
            return fields.Date.to_date(text or False)
        except ValueError:
            raise SelfServiceRefusedError(
                self.env._("%(text)s is no date.", text=text)
            ) from None
