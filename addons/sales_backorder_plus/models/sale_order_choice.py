from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.sales_order_plus.exceptions import SelfServiceError

from .sales_backorder_choice import CHOICES

PREFERENCES = [("ask", "Ask"), *CHOICES]


class ResPartner(models.Model):
    _inherit = "res.partner"

    backorder_preference = fields.Selection(
        selection=PREFERENCES,
        string="If Something Is Short",
        groups="base.group_user",
        help="What shall become of it. Ask: the customer chooses on his page, and the "
        "setting of the company decides if he does not. Empty: nothing.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "backorder_preference"]


class SaleOrder(models.Model):
    """What a customer wants done with what is short; the order comes in sudo."""

    _inherit = "sale.order"

    backorder_preference = fields.Selection(
        selection=PREFERENCES,
        string="If Something Is Short",
        compute="_compute_backorder_preference",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="What shall become of it; from the customer, may be another one here.",
        prefetch="sales_rare",
    )

    @api.depends("partner_id")
    def _compute_backorder_preference(self):
        for order in self:
            if order.state in ("draft", "sent", False):
                # sudo: the wish of the customer is internal.
                customer = order.partner_id.sudo()
                order.backorder_preference = customer.backorder_preference

    # === What can be chosen === #

    def _may_choose(self):
        """Return whether the customer may say what becomes of what is short."""
        self.ensure_one()
        order = self.sudo()
        return order.state == "sale" and (
            order.company_id.sales_backorder_ask or order.backorder_preference == "ask"
        )

    def _get_choice_rows(self):
        """Return what is short, what can be done, and what was chosen, for his page.

        :return: list of dicts with ``backorder``, ``chosen`` (a choice that can be
            undone, or none) and ``options``: dicts with ``value``, ``label``, ``text``
        """
        self.ensure_one()
        if not self._may_choose():
            return []
        return [
            {
                "backorder": backorder,
                "chosen": backorder.choice_ids.filtered(
                    lambda one: one.state == "pending"
                ),
                "last": backorder.choice_ids[:1],
                "options": backorder._get_options(),
            }
            for backorder in self._get_portal_backorders()
        ]

    # === Choosing === #

    def _choose_as_customer(self, wishes, name):
        """Keep what the customer chose; a new choice undoes the one before.

        :param dict wishes: {backorder id as text: value of an option}
        :param str name: who chose
        :return: the choices
        :raise SelfServiceError: names the ``field``
        """
        self.ensure_one()
        if not self._may_choose():
            raise SelfServiceError(
                self.env._("This is arranged with your salesperson."),
                field="choice",
                rule="closed",
            )
        # One order, one at a time: a double click chooses once.
        self.lock_for_update(allow_referencing=True)
        backorders = {str(one.id): one for one in self._get_portal_backorders()}
        choices = self.env["sales.backorder.choice"]
        for key, value in wishes.items():
            field = f"choice_{key}"
            if key not in backorders:
                raise SelfServiceError(
                    self.env._("This item is not short any more. Look again."),
                    field=field,
                    rule="other_order",
                )
            choices |= backorders[key]._choose(value, "customer", name, field)
        if not choices:
            raise SelfServiceError(
                self.env._("Choose what shall be done."), field="choice", rule="empty"
            )
        return choices

    def _undo_choice_as_customer(self, choice_id, name):
        """Take a choice back that is not carried out yet.

        :raise SelfServiceError: if it is carried out already
        """
        self.ensure_one()
        choices = self._get_portal_backorders().choice_ids
        found = choices.filtered(lambda one: str(one.id) == choice_id)
        if not found._undo(name):
            raise SelfServiceError(
                self.env._(
                    "It is carried out already. Write to us: we see what we can do."
                ),
                field="choice_id",
                rule="executed",
            )
        return found


class SalesBackorder(models.Model):
    _inherit = "sales.backorder"

    choice_ids = fields.One2many(
        "sales.backorder.choice",
        "backorder_id",
        string="Choices",
        groups="base.group_user",
        help="What was chosen for it, and by whom.",
    )

    def _get_options(self):
        """Return what can be chosen, in the words of the customer."""
        self.ensure_one()
        day = self.customer_date
        until = format_date(self.env, day) if day else self.env._("no date yet")
        return [
            {"value": "wait", "label": self.env._("Wait"), "text": until},
            *self._get_partial_options(),
            *self._get_substitute_options(),
            {
                "value": "cancel",
                "label": self.env._("Cancel what is short"),
                "text": self._format_quantity(self.qty_short),
            },
        ]

    def _get_partial_options(self):
        order = self.order_id
        held = order.picking_policy == "one" or order.shipment_complete
        lines = order.order_line.filtered(lambda line: line._has_fulfilment())
        ready = any(line._get_fulfilment()["reserved"] for line in lines)
        if not (held and ready):
            return []
        return [
            {
                "value": "partial",
                "label": self.env._("Send what is there"),
                "text": self.env._("the rest follows"),
            }
        ]

    def _get_substitute_options(self):
        return [
            {
                "value": f"substitute-{row['product'].id}",
                "label": self.env._("Take %s instead", row["product"].display_name),
                "text": self._get_substitute_text(row),
            }
            for row in self._get_substitutes()
            if row["visible"] and row["free"] >= row["quantity"]
        ]

    def _get_substitute_text(self, row):
        currency, unit = self.order_id.currency_id, row["product"].uom_id.name
        return self.env._(
            "%(quantity)s %(unit)s at %(price)s each, at once",
            quantity=f"{row['quantity']:g}",
            unit=unit,
            price=currency.format(row["price"]),
        )

    def _choose(self, value, origin, name="", field="choice"):
        """Keep a choice among the options there are.

        :raise SelfServiceError: if it is none of them
        """
        self.ensure_one()
        if value not in {option["value"] for option in self._get_options()}:
            raise SelfServiceError(
                self.env._(
                    "%s: this cannot be chosen any more. Choose again.",
                    self.product_id.display_name,
                ),
                field=field,
                rule="option",
            )
        self.choice_ids._undo(name)
        # The database must know it before the next one is there.
        self.choice_ids.flush_recordset()
        choice, _dash, product = value.partition("-")
        chosen = self.env["sales.backorder.choice"]._create_own(
            [
                {
                    "backorder_id": self.id,
                    "choice": choice,
                    "product_id": int(product or 0) or False,
                    "origin": origin,
                    "chosen_by": (name or "")[:100],
                    "execute_on": self._get_execute_on(),
                }
            ]
        )
        chosen._log_choices("backorder.chosen", by=name)
        cron = self.env.ref("sales_backorder_plus.ir_cron_backorder_choice")
        # sudo: the job carries it out when it can be undone no more.
        cron.sudo()._trigger(at=chosen.execute_on)
        return chosen

    def _get_execute_on(self):
        hours = self.company_id.sales_backorder_undo_hours
        return fields.Datetime.now() + timedelta(hours=hours)

    # === Without the customer === #

    @api.model
    def _choose_by_preference(self):
        """Decide for open backorders that nobody has decided about."""
        waiting = self.search(
            [
                ("state", "=", "open"),
                ("order_id.state", "=", "sale"),
                ("order_id.backorder_preference", "!=", False),
                ("choice_ids", "=", False),
            ]
        )
        for backorder in waiting:
            preference = backorder.order_id.backorder_preference
            origin = "preference"
            if preference == "ask":
                if not backorder._is_unanswered():
                    continue
                preference = backorder.company_id.sales_backorder_default or "wait"
                origin = "deadline"
            if value := backorder._get_preferred_option(preference):
                backorder._choose(value, origin)

    def _is_unanswered(self):
        days = self.company_id.sales_backorder_answer_days
        asked = self.told_on or self.date_opened
        return asked + timedelta(days=days) <= fields.Datetime.now()

    def _get_preferred_option(self, preference):
        """Return the first option of a kind; waiting where there is none."""
        values = [option["value"] for option in self._get_options()]
        fitting = [one for one in values if one.partition("-")[0] == preference]
        return (fitting or values)[0]
