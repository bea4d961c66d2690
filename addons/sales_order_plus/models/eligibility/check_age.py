from odoo import api, models

from ..validation.finding import Hit


class SalesValidationRule(models.Model):
    """Whether the customer is old enough."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "age_verification": self.env._("Customer's age is not verified"),
        }


class SaleOrder(models.Model):
    """Whether the customer is old enough."""

    _inherit = "sale.order"

    def _check_rule_age_verification(self, rule):
        """Find orders with goods for which nobody of the customer is known to be old
        enough.
        """
        needed = {order: age for order in self if (age := order._get_needed_age())}
        buyers = self.browse([order.id for order in needed])._get_verified_buyers()
        hits = {}
        for order, age in needed.items():
            day = order._get_local_day()
            own = buyers.get(order, ())
            if not any(one._is_of_age(age, day) for one in own):
                detail = self.env._(
                    "%(customer)s has to be %(age)s years old for %(products)s, which "
                    "is not verified. Let the customer accept in the portal, or ask a "
                    "compliance officer to verify the age.",
                    customer=order.partner_id.display_name,
                    age=age,
                    products=", ".join(
                        order._get_age_products().mapped("display_name")
                    ),
                )
                link = (
                    "res.partner",
                    order.partner_id.id,
                    order.partner_id.display_name,
                )
                hits[order] = [Hit(detail, links=(link,))]
        return hits

    def _get_age_products(self):
        self.ensure_one()
        country = self.partner_shipping_id.country_id
        return self.order_line.product_id.filtered(
            lambda one: one.product_tmpl_id._get_min_age(country) > 0
        )

    def _get_needed_age(self):
        """Return the highest age a product of the order needs, or 0."""
        self.ensure_one()
        country = self.partner_shipping_id.country_id
        templates = self._get_age_products().product_tmpl_id
        return max((one._get_min_age(country) for one in templates), default=0)

    def _get_verified_buyers(self):
        """Return {order: partners} whose age counts, in one search for companies.

        A person orders for himself; for a company anybody of it.
        """
        companies = self.partner_id.filtered("is_company")
        found = self.env["res.partner"]
        if companies:
            found = found.search(
                [
                    (
                        "commercial_partner_id",
                        "in",
                        companies.commercial_partner_id.ids,
                    ),
                    ("age_verified_on", "!=", False),
                ]
            )
        by_company = found.grouped("commercial_partner_id")
        return {
            order: by_company.get(order.partner_id.commercial_partner_id, ())
            if order.partner_id.is_company
            else order.partner_id
            for order in self
        }

    # === The customer answers === #

    def _get_age_hit(self):
        """Return what an active rule says about the age of this customer, or None."""
        self.ensure_one()
        rules = self.env["sales.validation.rule"]
        for rule in rules._get_rules("confirm"):
            if rule.check_key == "age_verification":
                scoped = rules._filter_scope(rule, self)
                if hits := scoped._check_rule_age_verification(rule):
                    return hits[self][0]
        return None

    def _needs_birthdate(self):
        """Return whether the customer has to say how old he is before he accepts."""
        self.ensure_one()
        return self.state in ("draft", "sent") and bool(self._get_age_hit())

    def _get_buyer(self, visitor):
        """Return whose age it is about: the person of the order, or who acts for it.

        :param visitor: partner of who is signed in, or an empty one
        """
        self.ensure_one()
        customer = self.partner_id
        same = visitor.commercial_partner_id == customer.commercial_partner_id
        return visitor if customer.is_company and visitor and same else customer

    def _take_birthdate(self, birthdate, visitor):
        """Keep the date the customer gives, and that it was enough.

        A date once given is not given again: who was refused cannot try another one.
        Of a company nothing is kept but who is old enough: it is nobody's age.

        :return: why the order cannot be accepted, or an empty text
        """
        self.ensure_one()
        buyer, age = self._get_buyer(visitor), self._get_needed_age()
        known = not buyer.is_company and buyer.birthdate
        if known and known != birthdate:
            return self.env._(
                "This is not the date of birth we know of you. Please ask us."
            )
        buyer.birthdate = birthdate
        if buyer._get_age(self._get_local_day()) < age:
            buyer.birthdate = not buyer.is_company and birthdate
            self._log_event("order.age_refused", age=age)
            return self.env._(
                "You have to be %s years old for this order. We cannot accept it.", age
            )
        buyer.write(buyer._prepare_age_vals("birthdate"))
        self._log_event("order.age_verified", age=age)
        return ""
