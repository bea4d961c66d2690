from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date

from ..sales_subscription_state import LIVE_STATES
from .alerting import alerting

# Moves a customer is told of, from any state but a draft.
TOLD_STATES = ("active", "paused", "cancelled", "expired")
ALERT_FIELDS = frozenset({"line_ids", "partner_invoice_id", "partner_shipping_id"})


class SalesSubscription(models.Model):
    """Customers and other systems are told of what changes, once each time."""

    _inherit = "sales.subscription"

    def write(self, vals):
        target = vals.get("state")
        moving = self.browse()
        if target in TOLD_STATES:
            moving = self.filtered(
                lambda one: one.state != target and one.state in LIVE_STATES
            )
        if ALERT_FIELDS.isdisjoint(vals):
            result = super().write(vals)
        else:
            with alerting(self):
                result = super().write(vals)
        moving._alert_move()
        return result

    # === What is told === #

    def _alert_move(self):
        for subscription in self:
            lang = subscription._in_language()
            labels = dict(lang._fields["state"]._description_selection(lang.env))
            state = labels[subscription.state]
            texts = [lang.env._("Status: %(state)s", state=state)]
            if subscription.state == "paused" and subscription.paused_until:
                day = lang._format_day(subscription.paused_until)
                texts.append(lang.env._("Until %(date)s", date=day))
            subscription._alert("state", texts)

    def _get_alert_standings(self):
        """Return {subscription: what a customer would notice}, of running ones."""
        return {
            one: one._get_alert_standing() for one in self if one.state in LIVE_STATES
        }

    def _get_alert_standing(self):
        self.ensure_one()
        # sudo: products and addresses of what was agreed, whoever changes it.
        subscription = self._in_language().sudo()
        return {
            "plan": subscription.plan_id.name,
            "delivery": subscription.partner_shipping_id,
            "invoice": subscription.partner_invoice_id,
            "lines": {
                line.id: (
                    line.product_id.display_name,
                    line.quantity,
                    line.price_unit,
                    line.discount,
                )
                for line in subscription.line_ids
            },
        }

    def _alert_differences(self, before):
        for subscription, old in before.items():
            new = subscription._get_alert_standing()
            if texts := subscription._get_difference_texts(old, new):
                day = subscription._get_today()
                subscription._alert("change", texts, day)

    def _get_difference_texts(self, old, new):
        """Return what differs, each as old and new value."""
        lang = self._in_language()
        texts = []
        if old["plan"] != new["plan"]:
            texts.append(f"{lang.env._('Plan')}: {old['plan']} → {new['plan']}")
        for name, label in (
            ("delivery", lang.env._("Delivery address")),
            ("invoice", lang.env._("Invoice address")),
        ):
            if old[name] != new[name]:
                addresses = [one[name].sudo().display_name or "" for one in (old, new)]
                texts.append(f"{label}: {addresses[0]} → {addresses[1]}")
        for key in [*old["lines"], *(new["lines"].keys() - old["lines"].keys())]:
            texts += lang._get_line_texts(old["lines"].get(key), new["lines"].get(key))
        return texts

    def _get_line_texts(self, old, new):
        if not old:
            return [
                self.env._(
                    "Added: %(quantity)g %(product)s", quantity=new[1], product=new[0]
                )
            ]
        if not new:
            return [self.env._("Taken out: %(product)s", product=old[0])]
        texts = []
        if old[0] != new[0]:
            texts.append(f"{self.env._('Product')}: {old[0]} → {new[0]}")
        money = self.currency_id.format
        for index, label, show in (
            (1, self.env._("Quantity"), "{:g}".format),
            (2, self.env._("Unit price"), money),
            (3, self.env._("Discount (%)"), "{:g}".format),
        ):
            if old[index] != new[index]:
                values = f"{show(old[index])} → {show(new[index])}"
                texts.append(f"{new[0]}, {label}: {values}")
        return texts

    # === How it is told === #

    def _alert(self, event, texts, day=False, amount=None):
        """Write to the customer and call the webhooks.

        :param str event: ``change`` or ``state``
        :param list texts: what is new, in his language
        :param day: from when on it holds
        :param amount: what a period costs then without taxes; None: what it costs now
        """
        self.ensure_one()
        # sudo: the customer is told, whoever changed it; the address of a webhook is
        # for administrators.
        subscription = self._in_language().sudo()
        if subscription.plan_id.alert_customers:
            subscription._post_alert(event, texts, day, amount)
        for action in subscription.plan_id.webhook_action_ids:
            action.with_context(
                active_model=self._name, active_id=self.id, active_ids=self.ids
            ).run()

    def _post_alert(self, event, texts, day, amount):
        lines = list(texts)
        if day:
            lines.append(self.env._("From %(date)s on", date=self._format_day(day)))
        if event == "change":
            amount = self.amount_untaxed if amount is None else amount
            lines.append(
                self.env._(
                    "Each period then costs %(amount)s without taxes.",
                    amount=self.currency_id.format(amount),
                )
            )
        intro = self.env._("Your subscription %(name)s was changed:", name=self.name)
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        author = self.env.user.partner_id
        if self.env.user.share:
            author = self.company_id.partner_id
        self.message_post(
            author_id=author.id,
            subject=self.env._("Change of your subscription %(name)s", name=self.name),
            body=Markup("<p>%s</p><ul>%s</ul>") % (intro, items),
            partner_ids=self.partner_id.ids,
            subtype_xmlid=f"sales_subscription_plus.mt_subscription_{event}",
            email_layout_xmlid="mail.mail_notification_layout",
        )

    def _in_language(self):
        """Return it in the language of the customer."""
        return self.with_context(lang=self.sudo().partner_id.lang or self.env.lang)

    def _format_day(self, day):
        return format_date(self.env, day)


class SalesSubscriptionLine(models.Model):
    _inherit = "sales.subscription.line"

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("subscription_id") for vals in vals_list} - {None, False}
        with alerting(self.env["sales.subscription"].browse(ids)):
            return super().create(vals_list)

    def write(self, vals):
        with alerting(self.subscription_id):
            return super().write(vals)

    def unlink(self):
        with alerting(self.subscription_id):
            return super().unlink()
