from odoo import api, models
from odoo.exceptions import UserError


class SalesOrderApi(models.AbstractModel):
    """Usage and changes of subscriptions for integrators."""

    _inherit = "sales.order.api"

    @api.model
    def report_usage(self, *, events: list):
        """Report what was used; what is reported again counts once.

        :param list events: dicts with ``subscription`` (number), ``meter`` (code),
            ``key`` (unique for the meter), ``quantity``, and optionally ``at`` (UTC,
            ``YYYY-MM-DD HH:MM:SS``; now without it) and ``subject``
        :return: dict with ``added`` and ``known`` (how many were new, and were not)
        :raise UserError: names the event that cannot be read; then none is stored
        """
        vals_list = [self._prepare_usage_event(event) for event in events]
        found, added = self.env["sales.usage.event"]._report(vals_list)
        return {"added": added, "known": len(vals_list) - added, "ids": found.ids}

    @api.model
    def _prepare_usage_event(self, event):
        missing = {"subscription", "meter", "key", "quantity"} - event.keys()
        if missing:
            raise UserError(
                self.env._(
                    "events: %(event)s has no %(fields)s.",
                    event=event.get("key") or event,
                    fields=", ".join(sorted(missing)),
                )
            )
        subscription = self._get_subscription_by_name(event["subscription"])
        line = subscription.line_ids.filtered(
            lambda one: one.meter_id.code == event["meter"]
        )[:1]
        if not line:
            raise UserError(
                self.env._(
                    "events: %(name)s has no line that meter “%(meter)s” counts.",
                    name=subscription.name,
                    meter=event["meter"],
                )
            )
        vals = {
            "line_id": line.id,
            "meter_id": line.meter_id.id,
            "idempotency_key": str(event["key"]),
            "quantity": event["quantity"],
            "subject": event.get("subject", False),
        }
        return {**vals, "occurred_at": event["at"]} if event.get("at") else vals

    @api.model
    def change_subscription(
        self,
        *,
        name: str,
        product: str = "",
        quantity: float = 0.0,
        plan: str = "",
        effective: str = "now",
        dry_run: bool = False,
    ):
        """Change the quantity of a product, or the plan.

        :param str name: number of the subscription
        :param str product: internal reference of the product whose quantity changes
        :param float quantity: the new quantity, above zero
        :param str plan: name of the plan it goes on with, instead of a quantity
        :param str effective: ``now`` or ``next_period``
        :param bool dry_run: only say what it would cost
        :return: dict with ``date``, ``credit``, ``charge``, ``net``,
            ``amount_before``, ``amount_after`` as ``preview`` of the change gives them
        :raise SubscriptionChangeError: if it does not fit the subscription
        """
        subscription = self._get_subscription_by_name(name)
        vals = {"effective": effective, "source": "api"}
        if plan:
            found = subscription.plan_id._get_switch_plans()
            new = found.filtered(lambda one: one.name == plan)[:1]
            vals.update(kind="plan", plan_id=new.id)
        else:
            line = subscription.line_ids.filtered(
                lambda one: one.product_id.default_code == product
            )[:1]
            vals.update(kind="quantity", line_id=line.id, quantity=quantity)
        change = self.env["sales.subscription.change"].create(
            {"subscription_id": subscription.id, **vals}
        )
        found = change.preview()
        if dry_run:
            change.unlink()
        else:
            change.action_confirm()
        return found
