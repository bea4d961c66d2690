from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SalesOrderApi(models.AbstractModel):
    """Subscriptions for integrators."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def list_subscriptions(
        self, *, state: str = "", customer: str = "", limit: int = 80, offset: int = 0
    ):
        """Return subscriptions, the newest first, without their lines and periods.

        :param str state: draft, trial, active, past_due, paused, cancelled or
            expired; empty for all
        :param str customer: part of the customer's name; empty for all
        :param int limit: how many at most, 1 to 1000
        :param int offset: how many to leave out from the start
        :return: list of dicts as :meth:`get_subscription` gives them, without ``lines``
            and ``periods``
        :raise UserError: if a value is not one of those above
        """
        domain = Domain.TRUE
        if state:
            domain &= Domain("state", "=", self._check_subscription_state(state))
        if customer:
            domain &= Domain("partner_id.name", "ilike", customer)
        if not 1 <= limit <= 1000 or offset < 0:
            raise UserError(
                self.env._("limit: give 1 to 1000. offset: give 0 or more.")
            )
        subscriptions = self.env["sales.subscription"].search(
            domain, limit=limit, offset=offset
        )
        return [self._prepare_subscription_data(one) for one in subscriptions]

    @api.model
    @api.readonly
    def get_subscription(self, *, name: str):
        """Return one subscription.

        :param str name: number of the subscription
        :return: dict with ``id``, ``name``, ``customer``, ``plan``, ``state``,
            ``currency``, ``amount_untaxed`` and ``amount_total`` (a period, in that
            currency), ``start_date``, ``end_date``, ``next_billing_date`` (ISO dates or
            ""), ``period_no``, ``billing_error``; ``lines``, each with ``product``,
            ``description``, ``quantity``, ``unit``, ``price_unit``, ``discount``
            (percent); ``periods``, each with ``period_no``, ``date_start``,
            ``date_end``, ``state``, ``order``, ``invoice`` and ``amount``
        :raise UserError: if there is no such subscription that the user may read
        """
        return self._prepare_subscription_details(self._get_subscription_by_name(name))

    @api.model
    def pause_subscription(self, *, name: str):
        """Pause one subscription.

        :param str name: number of the subscription
        :return: the subscription as :meth:`get_subscription` gives it
        :raise SubscriptionStateError: if it is not active
        """
        subscription = self._get_subscription_by_name(name)
        subscription.action_pause()
        return self._prepare_subscription_details(subscription)

    @api.model
    def resume_subscription(self, *, name: str):
        """Resume one paused subscription.

        :param str name: number of the subscription
        :return: the subscription as :meth:`get_subscription` gives it
        :raise SubscriptionStateError: if it is not paused
        """
        subscription = self._get_subscription_by_name(name)
        subscription.action_resume()
        return self._prepare_subscription_details(subscription)

    @api.model
    def cancel_subscription(self, *, name: str):
        """Cancel one subscription; nothing of it is billed any more.

        :param str name: number of the subscription
        :return: the subscription as :meth:`get_subscription` gives it
        :raise SubscriptionStateError: if it is cancelled or expired already
        """
        subscription = self._get_subscription_by_name(name)
        subscription.action_cancel()
        return self._prepare_subscription_details(subscription)

    @api.model
    def _get_subscription_by_name(self, name):
        found = self.env["sales.subscription"].search([("name", "=", name)], limit=2)
        if len(found) != 1:
            raise UserError(
                self.env._(
                    "name: %(count)s subscriptions have the number “%(name)s”. "
                    "Give the number of one subscription that you may read.",
                    count=len(found),
                    name=name,
                )
            )
        return found

    @api.model
    def _check_subscription_state(self, state):
        states = [value for value, _label in self._get_subscription_states()]
        if state not in states:
            raise UserError(
                self.env._(
                    "state: “%(state)s” is none of %(states)s.",
                    state=state,
                    states=", ".join(states),
                )
            )
        return state

    @api.model
    def _get_subscription_states(self):
        field = self.env["sales.subscription"]._fields["state"]
        return field._description_selection(self.env)

    @api.model
    def _prepare_subscription_data(self, subscription):
        return {
            "id": subscription.id,
            "name": subscription.name,
            "customer": subscription.partner_id.display_name,
            "plan": subscription.plan_id.name,
            "state": subscription.state,
            "currency": subscription.currency_id.name,
            "amount_untaxed": subscription.amount_untaxed,
            "amount_total": subscription.amount_total,
            "start_date": str(subscription.anchor_date or ""),
            "end_date": str(subscription.end_date or ""),
            "next_billing_date": str(subscription.next_billing_date or ""),
            "period_no": subscription.period_no,
            "billing_error": subscription.billing_error or "",
        }

    @api.model
    def _prepare_subscription_details(self, subscription):
        return {
            **self._prepare_subscription_data(subscription),
            "lines": [
                {
                    "product": line.product_id.default_code or line.product_id.name,
                    "description": line.name,
                    "quantity": line.quantity,
                    "unit": line.product_uom_id.name,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                }
                for line in subscription.line_ids
            ],
            "periods": [
                {
                    "period_no": period.period_no,
                    "date_start": str(period.date_start),
                    "date_end": str(period.date_end),
                    "state": period.state,
                    "order": period.order_id.name or "",
                    "invoice": period.move_id.name or "",
                    "amount": period.amount,
                    "amount_credited": period.amount_credited,
                }
                for period in subscription.period_ids
            ],
        }
