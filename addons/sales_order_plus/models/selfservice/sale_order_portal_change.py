from odoo import fields, models
from odoo.tools import format_date

from ..change.sales_order_change_impact import rolled_back

# What the form of the portal can ask for; a policy may allow less.
FORM_KINDS = (
    "quantity",
    "remove",
    "date",
    "delivery_address",
    "invoice_address",
    "payment_method",
    "priority",
    "instructions",
    "special",
)

# For how many days his form offers slots.
SLOT_DAYS = 14


class SaleOrder(models.Model):
    """What the customer's form for changes offers of an order."""

    _inherit = "sale.order"

    def _get_changeable_lines(self):
        """Return the lines whose quantity a customer may ask to change."""
        self.ensure_one()
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and not line.is_delivery
                and not line.is_expense
                and line.product_uom_qty > 0
            )
        )

    def _get_change_addresses(self, kind):
        """Return the addresses of this customer that an order may be changed to."""
        self.ensure_one()
        if kind == "invoice_address":
            return self._get_invoice_addresses() | self.partner_invoice_id
        company = self.partner_id.commercial_partner_id
        found = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", company.id),
                "|",
                ("type", "in", ("delivery", "other")),
                ("id", "in", (company.id, self.partner_id.id)),
            ],
            limit=100,
        )
        return found | self.partner_shipping_id

    def _get_form_kinds(self):
        """Return the kinds of changes the customer's form offers for this order."""
        kinds = self._get_allowed_kinds()
        empty = {
            "special": not self._get_special_types(),
            "payment_method": not self._get_change_methods(),
        }
        return [kind for kind in kinds if not empty.get(kind)]

    def _get_allowed_kinds(self):
        """Return the kinds the policy allows, whether there is a choice or not."""
        self.ensure_one()
        policy = self.env["sales.change.policy"]._get_for(self)
        allowed = policy.change_kind_ids.filtered("is_for_customer").mapped("kind")
        return [kind for kind in FORM_KINDS if kind in allowed]

    def _has_form_kinds(self):
        """Return whether the form has anything; without looking up what need not be."""
        kinds = set(self._get_allowed_kinds())
        looked_up = {"special", "payment_method"}
        return bool(kinds - looked_up) or bool(kinds and self._get_form_kinds())

    def _get_change_methods(self):
        """Return the ways to pay that a customer may choose himself: published ones."""
        self.ensure_one()
        # sudo: journals and providers are not the customer's; he reads their names.
        methods = self.env["account.payment.method.line"].sudo()
        return methods.search(
            [
                ("payment_type", "=", "inbound"),
                ("company_id", "=", self.company_id.id),
                ("payment_provider_id.state", "in", ("enabled", "test")),
                ("payment_provider_id.is_published", "=", True),
            ]
        )

    def _get_free_slots(self):
        """Return {name for the form: text} of the slots with room in the next days."""
        self.ensure_one()
        # sudo: slots and other orders are not the customer's.
        order = self.sudo()
        slots = order.env["sales.delivery.slot"]._get_of(order.warehouse_id)
        if not slots:
            return {}
        start = fields.Date.add(fields.Date.context_today(order), days=1)
        left = slots._get_left(start, SLOT_DAYS, order)
        return {
            f"{day}/{slot.id}": slot._get_day_text(day)
            for (slot, day), room in left.items()
            if room > 0
        }

    def _get_change_window(self):
        """Return whether a customer may ask for changes now.

        :return: dict with ``open``, ``until`` (None: no day is set for it) and
            ``text``, a translated sentence for his page
        """
        self.ensure_one()
        text = self._get_change_closed_text()
        if text:
            return {"open": False, "until": None, "text": text}
        text = self.env._("What you see here can still be changed.")
        return {"open": True, "until": None, "text": text}

    def _get_change_closed_text(self):
        if self.state != "sale" or not self._get_form_kinds():
            return self.env._("Changes are arranged with your salesperson.")
        if self.lifecycle_stage in ("delivered", "returned"):
            return self.env._("Everything was delivered.")
        policy = self.env["sales.change.policy"]._get_for(self)
        if policy.change_until_picked and self._is_being_picked():
            return self.env._("Your goods are being packed already.")
        return ""

    def _is_being_picked(self):
        """Return whether somebody has begun with the goods that have not left."""
        # sudo: transfers are internal.
        pickings = self.sudo().picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )
        return any(
            one.printed or any(one.move_ids.mapped("picked")) for one in pickings
        )

    def _get_self_service(self):
        over = self.lifecycle_stage in ("delivered", "returned")
        offered = not over and self._has_form_kinds()
        return {**super()._get_self_service(), "change": offered}

    def _get_priority_choices(self):
        return dict(self._fields["order_priority"]._description_selection(self.env))

    # === What a change means === #

    def _preview_portal_change(self, rows, note=""):
        """Return what changes bring, as the page and programs read it.

        They are really asked for, and undone.
        """
        self.ensure_one()
        with rolled_back(self.env.cr):
            change = self._request_change_as_customer(rows, note)
            lines = change.line_ids._prepare_customer_rows()
            amounts = change._get_preview_amounts()
            texts = change._get_preview_texts()
        self.env.invalidate_all()
        return self._prepare_portal_preview(lines, amounts, texts)


class SalesOrderChange(models.Model):
    _inherit = "sales.order.change"

    def _get_preview_amounts(self):
        before, after = (self.impact[when]["totals"] for when in ("before", "after"))
        rows = [
            ("before", self.env._("Total so far"), before["total"], False),
            ("after", self.env._("New total"), after["total"], True),
            ("difference", self.env._("Difference"), self.amount_delta, False),
        ]
        return rows if self.currency_id.round(self.amount_delta) else rows[1:2]

    def _get_preview_texts(self):
        """Return what the customer should know before he sends it."""
        steps = {
            "applied": self.env._("The change is made as soon as you send it."),
            "submitted": self.env._("We look at it and let you know."),
            "acceptance": self.env._(
                "Your order becomes dearer: you will be asked to sign for the new price."
            ),
        }
        return [*self._get_shortage_texts(), steps.get(self.state, "")]

    def _get_shortage_texts(self):
        texts = []
        for line in self.impact["after"]["lines"]:
            if not line["short"]:
                continue
            day = fields.Date.to_date(line["available_on"] or None)
            texts.append(
                self.env._(
                    "%(product)s: %(short)s are not in stock, expected %(date)s.",
                    product=line["product"],
                    short=f"{line['short']:g}",
                    date=format_date(self.env, day) if day else self.env._("later"),
                )
            )
        return texts
