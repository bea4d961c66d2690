from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ..exceptions import ApprovalError

KINDS = [
    ("max_discount", "Discount of every line at most (%)"),
    ("min_price", "Price of a product at least"),
    ("min_margin", "Margin at least (%)"),
    ("payment_term", "Payment terms"),
    ("prepayment_percent", "Paid in advance at least (%)"),
    ("text", "Something else"),
]


class SalesApprovalCondition(models.Model):
    """What must hold before an order that was approved on conditions is confirmed.

    Whether it holds is looked at by the gate, on the order as it is then.
    """

    _name = "sales.approval.condition"
    _description = "Condition of an Approval"
    _order = "id"
    _rec_name = "kind"

    request_id = fields.Many2one(
        "sales.approval.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Request that was approved on this condition.",
    )
    company_id = fields.Many2one(related="request_id.company_id")
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="restrict",
        help="Who approved on this condition.",
    )
    kind = fields.Selection(
        selection=KINDS, required=True, readonly=True, help="What must hold."
    )
    value = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="Percent, or a price in the currency of the order before taxes.",
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="restrict", help="For a price."
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        readonly=True,
        ondelete="restrict",
        help="Terms the order must have.",
    )
    text = fields.Char(readonly=True, help="What must be done; somebody ticks it off.")
    met_by_id = fields.Many2one(
        "res.users",
        string="Ticked Off By",
        readonly=True,
        ondelete="restrict",
        help="Who said that it is done; one of those who were asked to approve.",
    )
    is_met = fields.Boolean(
        string="Met", compute="_compute_is_met", help="Whether it holds now."
    )
    description = fields.Char(
        compute="_compute_description", help="The condition in words."
    )

    @api.constrains("kind", "value", "product_id", "payment_term_id", "text")
    def _check_complete(self):
        for condition in self:
            condition._check_value()

    def _check_value(self):
        self.ensure_one()
        label = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        missing = {
            "min_price": not self.product_id or self.value <= 0,
            "payment_term": not self.payment_term_id,
            "text": not (self.text or "").strip(),
        }.get(self.kind, False)
        if missing:
            raise ValidationError(
                self.env._("Condition “%s”: say for what it is, and how much.", label)
            )
        if self.kind in ("max_discount", "prepayment_percent") and not (
            0 <= self.value <= 100
        ):
            raise ValidationError(
                self.env._(
                    "Condition “%s”: give a percentage between 0 and 100.", label
                )
            )

    @api.depends("kind", "value", "product_id", "payment_term_id", "text")
    def _compute_description(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for condition in self:
            detail = {
                "min_price": f"{condition.product_id.display_name}: "
                f"{condition.value:.2f}",
                "payment_term": condition.payment_term_id.display_name,
                "text": condition.text,
            }.get(condition.kind, f"{condition.value:g}")
            condition.description = f"{labels.get(condition.kind)}: {detail}"

    @api.depends("kind", "value", "met_by_id", "request_id.sale_order_id.state")
    def _compute_is_met(self):
        for condition in self:
            # sudo: whether it holds does not depend on who looks.
            condition.is_met = condition.sudo()._is_met()

    # === Does it hold === #

    def _is_met(self):
        self.ensure_one()
        return getattr(self, f"_is_met_{self.kind}")(self.request_id._get_document())

    def _reaches(self, value):
        return float_compare(value, self.value, precision_digits=2) >= 0

    def _is_met_max_discount(self, order):
        return all(
            float_compare(discount, self.value, precision_digits=2) <= 0
            for discount in order._get_line_discounts().values()
        )

    def _is_met_min_price(self, order):
        return all(
            self._reaches(line.price_unit * (1 - (line.discount or 0.0) / 100))
            for line in self._get_lines_of_product(order)
        )

    def _get_lines_of_product(self, order):
        return order.order_line.filtered(
            lambda line: line.product_id == self.product_id and not line.display_type
        )

    def _is_met_min_margin(self, order):
        return self._reaches(
            order._get_approval_metrics({"margin"})[order.id]["margin"]
        )

    def _is_met_payment_term(self, order):
        return order.payment_term_id == self.payment_term_id

    def _is_met_prepayment_percent(self, order):
        return order.require_payment and self._reaches(100 * order.prepayment_percent)

    def _is_met_text(self, order):
        return bool(self.met_by_id)

    # === Make it hold === #

    def _apply(self):
        """Change the order so that the conditions hold, as far as that can be done."""
        for condition in self:
            order = condition.request_id._get_document().with_env(self.env)
            apply = getattr(condition, f"_apply_{condition.kind}", None)
            if apply and not condition._is_met():
                apply(order)

    def _apply_max_discount(self, order):
        for line, discount in order._get_line_discounts().items():
            if float_compare(discount, self.value, precision_digits=2) > 0:
                price = line._get_book_price("discount")
                line.write({"price_unit": price, "discount": self.value})

    def _apply_min_price(self, order):
        for line in self._get_lines_of_product(order):
            if not self._reaches(line.price_unit * (1 - line.discount / 100)):
                line.write({"price_unit": self.value, "discount": 0.0})

    def _apply_payment_term(self, order):
        order.payment_term_id = self.payment_term_id

    def _apply_prepayment_percent(self, order):
        order.write({"require_payment": True, "prepayment_percent": self.value / 100})

    def action_tick_off(self):
        """Say that what was asked for is done.

        :return: True
        :raise ApprovalError: for a condition that is measured, and for who was not
            asked to approve
        """
        self.check_access("read")
        for condition in self:
            # sudo: who may tick it off does not depend on what he may read.
            asked = condition.sudo().request_id.line_ids.approver_ids
            if condition.kind != "text" or self.env.user not in asked:
                raise ApprovalError(
                    self.env._(
                        "“%s” cannot be ticked off: only those who were asked to approve "
                        "do so, and only for what cannot be measured.",
                        condition.description,
                    )
                )
            # sudo: nobody may write conditions; checked just now.
            condition.sudo().met_by_id = self.env.user
            document = condition.sudo().request_id._get_document()
            document._log_event(
                "approval.condition_met",
                request=condition.request_id.id,
                condition=condition.description,
            )
            if condition.sudo().request_id.state == "conditional":
                # sudo kept: an approver needs no right to write orders.
                document._guard_release("confirm")
        return True


class SalesApprovalRequest(models.Model):
    """Approved, but only if something holds."""

    _inherit = "sales.approval.request"

    condition_ids = fields.One2many(
        "sales.approval.condition",
        "request_id",
        string="Conditions",
        help="What must hold before the order is confirmed.",
    )

    def _get_open_conditions(self):
        """Return the conditions that do not hold now."""
        return self.condition_ids.filtered(lambda one: not one._is_met())

    def _get_decided_state(self):
        """Return the state after the last vote."""
        self.ensure_one()
        return "conditional" if self.condition_ids else "approved"

    def _get_terms_decided_on(self):
        """Return the terms that were approved, those asked for by conditions put in."""
        self.ensure_one()
        terms = dict(self.snapshot["terms"])
        asked = self.condition_ids.payment_term_id
        if self.state == "conditional" and asked:
            terms["payment_term"] = asked[-1:].id
        return terms

    def _get_conditional_message(self):
        self.ensure_one()
        return self.env._(
            "Approved by %(names)s on conditions that do not hold yet: %(conditions)s. "
            "Next step: Apply Conditions.",
            names=", ".join(self.vote_ids.user_id.mapped("name")),
            conditions="; ".join(self._get_open_conditions().mapped("description")),
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_line_discounts(self):
        """Return {line: effective discount from the sales price, in percent}."""
        self.ensure_one()
        order = self.with_company(self.company_id)
        discounts = {}
        for line in order._get_sold_lines():
            book, sold = line._get_approval_values("discount")
            discounts[line] = 100 * (book - sold) / book if book else 0.0
        return discounts

    def action_apply_conditions(self):
        """Change these quotations to what they were approved on.

        :return: True
        :raise ApprovalError: if one of them was not approved on conditions
        """
        self.check_access("write")
        for order in self:
            request = order._get_conditional_request()
            if not request:
                raise ApprovalError(
                    self.env._(
                        "%s: no conditions wait to be applied.", order.display_name
                    )
                )
            request.condition_ids.sudo(False)._apply()
            order._log_event("approval.conditions_applied", request=request.id)
        return True

    def _get_conditional_request(self):
        self.ensure_one()
        # sudo: the conditions of an order hold whoever is asked about them.
        requests = self.sudo().approval_request_ids
        return requests.filtered(lambda one: one.state == "conditional")[:1]
