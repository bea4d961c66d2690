from odoo import models
from odoo.fields import Command

from ...exceptions import MergeError

# What the quotations must have in common: their prices and taxes follow from it.
SAME_FIELDS = ("company_id", "currency_id", "pricelist_id", "fiscal_position_id")
# What may differ; the oldest quotation decides, and the user is told.
TOLD_FIELDS = (
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "user_id",
    "warehouse_id",
    "commitment_date",
)
# Fields of a line, beside those of the amount, that keep lines apart if they differ.
JOIN_FIELDS = (
    "product_id",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "name",
    "route_ids",
    "product_no_variant_attribute_value_ids",
    "analytic_distribution",
    # Of our other addons and concerns, where they are there.
    "requested_date",
    "sales_plan_id",
)


class SaleOrder(models.Model):
    """Merge quotations of one customer into the oldest of them."""

    _inherit = "sale.order"

    def _merge(self, join_lines=True):
        """Bring the lines of all quotations into the oldest and cancel the others.

        :param bool join_lines: add up lines of the same product, price and taxes
        :return: the quotation that is left
        :raise MergeError: names what differs, or what is bound to one of them
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        self._check_can_merge()
        target = self._get_merge_target()
        others = self - target
        extras = [order._take_off_extras() for order in self]
        for other in others.sorted("id"):
            target._take_lines_of(other, join_lines)
        target.write(target._prepare_merged_vals(others))
        self._put_back_merged(target, extras)
        self.env["sales.order.link"]._link(others, target, "merge")
        others._copy_attachments_to(target)
        target._tell_merge(others)
        others._action_cancel()
        return target

    def _get_merge_target(self):
        """Return the oldest quotation: its number is the one the customer knows."""
        return self.sorted("id")[:1]

    def _put_back_merged(self, target, extras):
        merged = extras[0]
        for extra in extras[1:]:
            merged |= extra
        target._put_back_extras(merged)

    # === May they be merged? === #

    def _check_can_merge(self):
        problem, field, rule = self._get_merge_problem()
        if problem:
            raise MergeError(problem, field=field, rule=rule)

    def _get_merge_problem(self):
        """Return (sentence, field, rule) of what stands against it, or empty ones."""
        if len(self) < 2:
            problem = self.env._(
                "Quotations: one cannot be merged. Choose at least two of one customer."
            )
            return problem, "order_ids", "at_least_two"
        for order in self:
            if problem := order._get_merge_obstacle():
                text = self.env._(
                    "%(order)s: %(reason)s", order=order.name, reason=problem
                )
                return text, "state", "quotation"
        return self._get_merge_difference()

    def _get_merge_obstacle(self):
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            return self.env._(
                "only quotations are merged, and this is none. Leave it out."
            )
        return self._get_commitment_obstacle()

    def _get_merge_difference(self):
        customers = self.partner_id.commercial_partner_id
        if len(customers) > 1:
            return self._describe_difference("partner_id", customers)
        for name in SAME_FIELDS:
            values = {order[name] for order in self}
            if len(values) > 1:
                return self._describe_difference(name, self.mapped(name))
        return "", "", ""

    def _describe_difference(self, name, values):
        text = self.env._(
            "%(field)s: the quotations differ (%(values)s). "
            "Merge only those that have the same, or change it first.",
            field=self._fields[name]._description_string(self.env),
            values=", ".join(values.mapped("display_name")) or "-",
        )
        return text, name, "same"

    def _get_merge_remarks(self):
        """Return what differs and is decided by the oldest, as a sentence or False."""
        differing = [
            self._fields[name]._description_string(self.env)
            for name in TOLD_FIELDS
            if len({order[name] for order in self}) > 1
        ]
        return bool(differing) and self.env._(
            "The quotations differ in: %(fields)s. That of %(order)s is kept.",
            fields=", ".join(differing),
            order=self._get_merge_target().name,
        )

    # === Lines === #

    def _take_lines_of(self, other, join_lines):
        """Add the lines of ``other``; what can be joined raises a line that is there."""
        own = {line._get_join_key(): line for line in self.order_line if join_lines}
        own.pop(None, None)
        lines = other._get_plain_lines().sorted()
        joined = {
            line: own[key] for line in lines if (key := line._get_join_key()) in own
        }
        for line, mine in joined.items():
            mine.write(mine._prepare_joined_vals(line))
        added = lines.filtered(lambda line: line not in joined)
        last = max(self.order_line.mapped("sequence"), default=0)
        commands = [
            Command.create(
                {**vals, **line._prepare_combo_link_vals(), "sequence": last + place}
            )
            for place, (line, vals) in enumerate(
                zip(added, added.copy_data(), strict=True), start=1
            )
        ]
        self.write({"order_line": commands})

    def _prepare_merged_vals(self, others):
        """Return the references of all quotations."""
        orders = self | others
        vals = {}
        for name, own in (("client_order_ref", False), ("origin", True)):
            values = [order[name] for order in orders if order[name]]
            if own:
                values += others.mapped("name")
            if values:
                vals[name] = ", ".join(dict.fromkeys(values))
        return vals

    def _tell_merge(self, others):
        self._void_signature(
            self.env._("Quotations were merged: what was signed is no longer the same.")
        )
        names = ", ".join(others.mapped("name"))
        remarks = (self | others)._get_merge_remarks()
        text = self.env._("Merged with %s, which are cancelled.", names)
        self.message_post(body=f"{text} {remarks}" if remarks else text)
        for other in others:
            other.message_post(
                body=self.env._("Merged into %s and cancelled.", self.name)
            )
        self._log_event("order.merged", merged=others.mapped("name"))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_join_key(self):
        """Return what joined lines have in common, or None if this one stays alone."""
        self.ensure_one()
        alone = (
            self.display_type
            or self.is_downpayment
            or self.is_reward_line
            or self.is_delivery
            or self.linked_line_id
            or self.product_type == "combo"
            or self._is_global_discount()
            or self.product_custom_attribute_value_ids
        )
        if alone:
            return None
        return tuple(
            self._get_join_value(name) for name in JOIN_FIELDS if name in self._fields
        )

    def _get_join_value(self, name):
        value = self[name]
        if isinstance(value, models.BaseModel):
            return tuple(sorted(value.ids))
        return str(value) if isinstance(value, dict) else value

    def _prepare_joined_vals(self, line):
        """Return the values of this line with the quantity of ``line`` added."""
        self.ensure_one()
        return {
            "product_uom_qty": self.product_uom_qty + line.product_uom_qty,
            # Written too, else they follow the new quantity.
            "price_unit": self.price_unit,
            "technical_price_unit": self.technical_price_unit,
            "discount": self.discount,
        }
