from odoo import api, models
from odoo.fields import Command

from ...exceptions import SplitError

# Ways to tell the parts of an order apart without naming quantities.
SPLIT_KEYS = ("warehouse", "date", "category", "temperature")


class SaleOrder(models.Model):
    """Split an order: a quotation freely, an order only in what is still open."""

    _inherit = "sale.order"

    def _split(self, quantities, numbering="suffix", warehouses=None):
        """Move lines to new orders that together with this one are worth the same.

        A quotation leaves quotations behind. Of a confirmed order, the parts are
        confirmed too, and pass the gate like any other order.

        :param list quantities: for each new order {line: quantity to move}
        :param str numbering: ``suffix`` (number of this order and -01) or ``sequence``
        :param list warehouses: the warehouse of each new order, where it is another
        :return: the new orders
        :raise SplitError: names the field, the rule and the next step
        :raise GuardError: if something stands against a part of a confirmed order
        """
        self.ensure_one()
        self.lock_for_update(allow_referencing=True)
        self._check_can_split()
        quantities = [self._complete_quantities(wanted) for wanted in quantities]
        self._check_quantities(quantities)
        parts = self._get_split_parts([self._get_rest(quantities), *quantities])
        if self.state == "sale":
            return self._split_confirmed(parts, numbering, warehouses)
        return self._split_quotation(parts, numbering, warehouses)

    def _split_quotation(self, parts, numbering, warehouses):
        extras = self._take_off_extras()
        new = self._create_parts(parts[1:], numbering, warehouses)
        self._keep_part(parts[0])
        (self | new)._put_back_extras(extras)
        self._tell_split(new)
        self._void_signature(
            self.env._("The order was split: what was signed is no longer one order.")
        )
        return new

    def _split_confirmed(self, parts, numbering, warehouses):
        new = self._create_parts(parts[1:], numbering, warehouses)
        # First free what the parts are going to plan again.
        self._decrease_to_part(parts[0])
        self._check_paid_amount()
        self._tell_split(new)
        for part in new:
            part.action_confirm()
        return new

    # === May it be split, and like this? === #

    @api.model
    def _check_split_choice(self, mode, numbering):
        """Refuse words that are none of the choices, for callers over RPC."""
        choices = {
            "mode": (mode, ("lines", *SPLIT_KEYS)),
            "numbering": (numbering, ("suffix", "sequence")),
        }
        for field, (value, allowed) in choices.items():
            if value not in allowed:
                raise SplitError(
                    self.env._(
                        "%(field)s: “%(value)s” is not known. Give one of: %(allowed)s.",
                        field=field,
                        value=value,
                        allowed=", ".join(allowed),
                    ),
                    field=field,
                    rule="choice",
                )

    def _check_can_split(self):
        self.check_access("write")
        reason = self._get_split_obstacle()
        if reason:
            raise SplitError(
                self.env._("%(order)s: %(reason)s", order=self.name, reason=reason),
                field="state",
                rule="splittable",
            )

    def _get_split_obstacle(self):
        """Return why this order cannot be split now, or nothing."""
        self.ensure_one()
        if self.state == "cancel":
            return self.env._(
                "a cancelled order cannot be split. Set it back to quotation first."
            )
        if self.locked:
            return self.env._("a locked order cannot be split. Unlock it first.")
        return self.state != "sale" and self._get_commitment_obstacle()

    def _get_commitment_obstacle(self):
        """Return what the customer did that is bound to this very quotation."""
        self.ensure_one()
        # sudo: payments are read by accountants only; the answer names none.
        order = self.sudo()
        if order.hold_since:
            return self.env._(
                "the customer accepted it and it waits for a decision. "
                "Decide on it first, or set it back to quotation."
            )
        if order.transaction_ids.filtered(
            lambda tx: tx.state in ("pending", "authorized", "done")
        ):
            return self.env._(
                "a payment was made for it as it is. Confirm it, or refund it first."
            )
        return ""

    def _check_quantities(self, quantities):
        """Check each line over all parts."""
        moved = self._get_moved(quantities)
        if not moved:
            raise SplitError(
                self.env._(
                    "Quantity to move: nothing is chosen. "
                    "Enter what goes to the new order."
                ),
                field="quantity",
                rule="something",
            )
        for line, quantity in moved.items():
            line._check_quantity_to_move(self, quantity)
        if not self._get_staying_lines(quantities):
            raise SplitError(
                self.env._(
                    "Quantity to move: nothing would stay in %s. "
                    "Leave at least one line, or part of one.",
                    self.name,
                ),
                field="quantity",
                rule="something_stays",
            )

    def _get_staying_lines(self, quantities):
        rest = self._get_rest(quantities)
        # An order keeps its lines, and its history, even at zero.
        return self.state == "sale" or [
            line
            for line, quantity in rest.items()
            if not line._is_global_discount() and (quantity or not line.product_uom_qty)
        ]

    # === Who gets what === #

    def _complete_quantities(self, wanted):
        """Add what goes along: the choices of a combo, shares of global discounts."""
        wanted = {
            line: quantity
            for line, quantity in wanted.items()
            if quantity and not line.combo_item_id
        }
        for line, quantity in list(wanted.items()):
            for choice in line.linked_line_ids.filtered("combo_item_id"):
                part = quantity / line.product_uom_qty if line.product_uom_qty else 0
                wanted[choice] = choice.product_uom_id.round(
                    choice.product_uom_qty * part
                )
        if wanted and self.state != "sale":
            for line in self._get_plain_lines():
                if line._is_global_discount():
                    wanted[line] = line.product_uom_qty
        return wanted

    @api.model
    def _get_moved(self, quantities):
        moved = {}
        for wanted in quantities:
            for line, quantity in wanted.items():
                if not line._is_global_discount():
                    moved[line] = moved.get(line, 0.0) + quantity
        return moved

    def _get_rest(self, quantities):
        """Return {line: quantity} of what stays in this order."""
        moved = self._get_moved(quantities)
        rest = {}
        for line in self._get_divided_lines():
            left = line.product_uom_id.round(line.product_uom_qty - moved.get(line, 0))
            if left or line not in moved or self.state == "sale":
                rest[line] = left
        return rest

    def _get_divided_lines(self):
        """Return the lines whose amounts the parts together must give.

        A quotation gets rewards and freight anew; on an order they are agreed and stay.
        """
        if self.state != "sale":
            return self._get_plain_lines().filtered(lambda line: not line.display_type)
        return self._get_priced_lines().filtered(lambda line: not line.is_downpayment)

    # === Groups === #

    def _get_split_groups(self, key):
        """Return {what the lines have in common: {line: quantity that may move}}.

        The group of the first line comes first: it is the one that stays.

        :param str key: ``warehouse``, ``date``, ``category`` or ``temperature``
        """
        groups = {}
        for line in self._get_plain_lines():
            if line.display_type or line.combo_item_id or line._is_global_discount():
                continue
            group = groups.setdefault(line._get_split_key(key), {})
            if quantity := line._get_movable_quantity():
                group[line] = quantity
        return groups

    def _get_moving_groups(self, key):
        """Return [(warehouse, date or category, {line: quantity})] of the new orders."""
        groups = list(self._get_split_groups(key).items())
        return [(value, wanted) for value, wanted in groups[1:] if wanted]

    def _split_by(self, key, numbering="suffix"):
        """Split into one order for each warehouse, date or category of the lines.

        :raise SplitError: if all lines have the same
        """
        rest = self._get_moving_groups(key)
        if not rest:
            raise SplitError(
                self.env._(
                    "%(order)s: there is nothing to tell the lines apart by. "
                    "Choose another way to split, or enter quantities.",
                    order=self.name,
                ),
                field="mode",
                rule="one_group",
            )
        warehouses = [value for value, _wanted in rest] if key == "warehouse" else None
        return self._split([wanted for _value, wanted in rest], numbering, warehouses)

    # === Making the parts === #

    def _create_parts(self, parts, numbering, warehouses):
        names = self._get_part_names(len(parts), numbering)
        new = self.browse()
        for index, (part, name) in enumerate(zip(parts, names, strict=True)):
            vals = self._prepare_part_vals(part, name)
            if warehouses and warehouses[index]:
                vals["warehouse_id"] = warehouses[index].id
            new |= self.create(vals)
        new.parent_order_id = self
        self.env["sales.order.link"]._link(self, new, "split")
        return new

    def _get_part_names(self, count, numbering):
        """Return the numbers of the parts; an empty one is drawn from the sequence."""
        if numbering != "suffix":
            return [False] * count
        domain = [
            ("name", "=like", f"{self.name}-%"),
            ("company_id", "=", self.company_id.id),
        ]
        # sudo: a number that a colleague uses is not free either.
        taken = set(self.sudo().search(domain).mapped("name"))
        names, number = [], 0
        while len(names) < count:
            number += 1
            name = f"{self.name}-{number:02d}"
            if name not in taken:
                names.append(name)
        return names

    def _prepare_part_vals(self, part, name):
        """Return the values of a new order; what the customer ordered stays the same."""
        commands = [Command.create(vals) for vals in self._prepare_part_lines(part)]
        vals = self.copy_data({"order_line": commands})[0]
        vals.update(
            origin=self.name,
            client_order_ref=self.client_order_ref,
            commitment_date=self.commitment_date,
            validity_date=self.validity_date,
        )
        vals.pop("pending_email_template_id", None)
        if name:
            vals["name"] = name
        return vals

    def _prepare_part_lines(self, part):
        shares = {share.line: share for share in part.shares}
        for line in self._with_headings(shares):
            vals = line.copy_data()[0]
            if line in shares:
                vals.update(line._prepare_share_vals(shares[line]))
            yield {**vals, **line._prepare_combo_link_vals()}

    def _with_headings(self, lines):
        """Return ``lines`` in the order of the document, under their sections."""
        result, headings = [], []
        for line in self.order_line.sorted():
            if line.display_type == "line_section":
                headings = [line]
            elif line.display_type == "line_subsection":
                headings = [*headings[:1], line]
            elif line in lines:
                result += [*headings, line]
                headings = []
        return result

    def _keep_part(self, part):
        """Leave in this quotation what ``part`` says."""
        kept = {share.line: share for share in part.shares}
        gone = self._get_plain_lines().filtered(
            lambda line: not line.display_type and line not in kept
        )
        gone.unlink()
        for line, share in kept.items():
            line.write(line._prepare_share_vals(share))
        used = set(self._with_headings(kept))
        self.order_line.filtered(
            lambda line: (
                line.display_type in ("line_section", "line_subsection")
                and line not in used
            )
        ).unlink()

    def _tell_split(self, new):
        for part in new:
            part.message_post(body=self.env._("Split off from %s.", self.name))
        self.message_post(
            body=self.env._("Split off: %s.", ", ".join(new.mapped("name")))
        )
        self._log_event("order.split", parts=new.mapped("name"))
