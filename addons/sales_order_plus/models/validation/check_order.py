from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .finding import Hit


class SalesValidationRule(models.Model):
    """Checks of the order as a whole."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "duplicate": self.env._("Duplicate of another order"),
            "empty": self.env._("Nothing ordered, or a negative total"),
            "min_order": self.env._("Minimum order value"),
            "max_order": self.env._("Order value above a limit"),
            "payment_terms": self.env._("Payment terms are not the customer's"),
            "prepayment": self.env._("Paid before confirming"),
            "vat_required": self.env._("Tax ID where it is needed"),
            "address": self.env._("Delivery address incomplete"),
            "document": self.env._("Document missing"),
            "promotions": self.env._("Too many promotions"),
        }


class SaleOrder(models.Model):
    """Checks of the order as a whole; each reads in batch."""

    _inherit = "sale.order"

    # === Duplicates === #

    def _check_rule_duplicate(self, rule):
        """Find orders of the same customer with the same PO, or enough like lines."""
        others = self._get_recent_orders(rule.days)
        hits = {}
        for order in self:
            own = [
                hit
                for other in others
                if other.id not in order.ids
                and other.company_id == order.company_id
                and other.partner_id.commercial_partner_id
                == order.partner_id.commercial_partner_id
                and (hit := order._get_duplicate_hit(other, rule.threshold or 100))
            ]
            if own:
                hits[order] = own[:3]
        return hits

    def _get_recent_orders(self, days):
        since = fields.Datetime.now() - timedelta(days=days or 30)
        domain = (
            Domain(
                "partner_id.commercial_partner_id",
                "in",
                self.partner_id.commercial_partner_id.ids,
            )
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("state", "!=", "cancel")
            & Domain("date_order", ">=", since)
        )
        return self.search(domain, order="id desc", limit=200)

    def _get_duplicate_hit(self, other, percent):
        self.ensure_one()
        reference = self._normalize_reference(self.client_order_ref)
        link = ("sale.order", other.id, other.name)
        date = fields.Date.to_string(other.date_order)
        if reference and reference == self._normalize_reference(other.client_order_ref):
            detail = self.env._(
                "%(name)s of %(date)s has the same reference %(reference)s. Check "
                "whether the customer orders twice.",
                name=other.name,
                date=date,
                reference=other.client_order_ref,
            )
            return Hit(detail, links=(link,))
        own, theirs = self._get_content(), other._get_content()
        common = sum((own & theirs).values())
        size = max(sum(own.values()), sum(theirs.values()))
        if not common or common * 100 < percent * size:
            return None
        detail = self.env._(
            "same %(count)s products and quantities as %(name)s of %(date)s. Check "
            "whether the customer orders twice.",
            count=common,
            name=other.name,
            date=date,
        )
        return Hit(detail, links=(link,))

    @api.model
    def _normalize_reference(self, reference):
        text = "".join(char for char in (reference or "").upper() if char.isalnum())
        return text.removeprefix("PO")

    def _get_content(self):
        """Return how often each product comes in each quantity."""
        self.ensure_one()
        return Counter(
            (line.product_id.id, round(line.product_qty, 4))
            for line in self.order_line
            if line.product_id and not line.display_type and not line.is_delivery
        )

    # === Values === #

    def _check_rule_empty(self, rule):
        hits = {}
        for order in self:
            lines = order.order_line.filtered(lambda x: not x.display_type)
            if not any(line.product_uom_qty for line in lines):
                hits[order] = [Hit(self.env._("nothing is ordered. Add a line."))]
            elif order.currency_id.compare_amounts(order.amount_total, 0) < 0:
                detail = self.env._("the total is negative. Look at its prices.")
                hits[order] = [Hit(detail)]
        return hits

    def _get_company_value(self, amount):
        self.ensure_one()
        return amount / (self.currency_rate or 1.0)

    def _get_goods_value(self, rule):
        """Return what is ordered in company currency, without delivery and surcharge."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda x: not x.is_delivery and x.product_id.id not in rule.product_ids
        )
        return self._get_company_value(sum(lines.mapped("price_subtotal")))

    def _check_rule_min_order(self, rule):
        """Find orders below the minimum; a surcharge on the order makes up for it."""
        hits = {}
        for order in self:
            level = order.partner_id.commercial_partner_id.grade_id
            limit = level.sales_min_order or rule.threshold
            currency = order.company_id.currency_id
            value = order._get_goods_value(rule)
            charged = order.order_line.product_id.filtered(
                lambda product: product.id in rule.product_ids
            )
            if charged or currency.compare_amounts(value, limit) >= 0:
                continue
            detail = self.env._(
                "the minimum is %(limit)s, %(missing)s is missing. Add goods.",
                limit=currency.format(limit),
                missing=currency.format(limit - value),
            )
            hits[order] = [Hit(detail, suggestions=order._suggest_surcharge(rule))]
        return hits

    def _check_rule_max_order(self, rule):
        hits = {}
        for order in self:
            level = order.partner_id.commercial_partner_id.grade_id
            limit = level.sales_max_order or rule.threshold
            currency = order.company_id.currency_id
            value = order._get_company_value(order.amount_total)
            if limit and currency.compare_amounts(value, limit) > 0:
                detail = self.env._(
                    "%(value)s is more than %(limit)s. Somebody who may has to agree.",
                    value=currency.format(value),
                    limit=currency.format(limit),
                )
                hits[order] = [Hit(detail)]
        return hits

    # === Terms and papers === #

    def _check_rule_payment_terms(self, rule):
        hits = {}
        for company, orders in self.grouped("company_id").items():
            for order in orders.with_company(company):
                usual = order.partner_id.property_payment_term_id
                if usual and order.payment_term_id != usual:
                    detail = self.env._(
                        "%(terms)s is not what was agreed: %(usual)s.",
                        terms=order.payment_term_id.name or "-",
                        usual=usual.name,
                    )
                    hits[order] = [Hit(detail)]
        return hits

    def _check_rule_prepayment(self, rule):
        hits = {}
        for order in self:
            amounts = order._get_payment_amounts()
            paid = amounts.authorized + amounts.captured - amounts.refunded
            need = order.amount_total * (rule.threshold or 100) / 100
            if order.currency_id.compare_amounts(paid, need) < 0:
                detail = self.env._(
                    "%(need)s has to be paid or authorized before, so far it is "
                    "%(paid)s. Send the customer a payment link.",
                    need=order.currency_id.format(need),
                    paid=order.currency_id.format(paid),
                )
                hits[order] = [Hit(detail)]
        return hits

    def _check_rule_vat_required(self, rule):
        """Find companies abroad that are not taxed and gave no tax ID."""
        hits = {}
        for order in self:
            partner = order.partner_invoice_id.commercial_partner_id
            home = order.company_id.account_fiscal_country_id
            abroad = partner.country_id and partner.country_id != home
            if abroad and partner.is_company and not order.amount_tax:
                if not partner.vat or not partner._is_vat_format_valid():
                    detail = self.env._(
                        "%(partner)s is not taxed and has no valid tax ID. Ask for it "
                        "or use a fiscal position with tax.",
                        partner=partner.display_name,
                    )
                    link = ("res.partner", partner.id, partner.display_name)
                    hits[order] = [Hit(detail, links=(link,))]
        return hits

    def _check_rule_address(self, rule):
        hits = {}
        for order in self:
            address = order.partner_shipping_id
            missing = address._get_address_gaps()
            if missing:
                detail = self.env._(
                    "%(address)s lacks: %(missing)s. Complete the address.",
                    address=address.display_name,
                    missing=", ".join(missing),
                )
                link = ("res.partner", address.id, address.display_name)
                hits[order] = [Hit(detail, links=(link,))]
        return hits

    def _check_rule_document(self, rule):
        # A rule that names no document yet stops, as it did not say what is enough.
        kinds = rule.required_documents or [False]
        groups = self.env["sales.order.document"]._read_group(
            [("order_id", "in", self.ids), ("kind", "in", kinds)],
            ["order_id", "kind"],
        )
        having = {(order.id, kind) for order, kind in groups}
        hits = {}
        for order in self:
            for kind in kinds:
                if (order.id, kind) not in having:
                    hits.setdefault(order, []).append(self._get_document_hit(kind))
        return hits

    @api.model
    def _get_document_hit(self, kind):
        field = self.env["sales.order.document"]._fields["kind"]
        detail = self.env._(
            "the document “%s” is missing. Attach it to the order.",
            dict(field._description_selection(self.env)).get(kind, "-"),
        )
        return Hit(detail)

    def _check_rule_promotions(self, rule):
        hits = {}
        for order in self:
            programs = order.order_line.reward_id.program_id
            if len(programs) > (rule.threshold or 1):
                detail = self.env._(
                    "%(programs)s may not be combined. Remove one.",
                    programs=", ".join(programs.mapped("name")),
                )
                hits[order] = [Hit(detail)]
        return hits


class ResPartner(models.Model):
    """What an address lacks to be delivered to."""

    _inherit = "res.partner"

    def _get_address_gaps(self):
        """Return the labels of what is missing in this address."""
        self.ensure_one()
        country = self.country_id
        needed = ["street", "city", "country_id"]
        if country.zip_required:
            needed.append("zip")
        if country.state_required:
            needed.append("state_id")
        labels = {
            name: self._fields[name]._description_string(self.env) for name in needed
        }
        # As the address forms write it.
        labels["zip"] = self.env._("ZIP")
        return [labels[name] for name in needed if not self[name]]

    def _is_vat_format_valid(self):
        """Return whether the tax ID could be one; countries refine it."""
        self.ensure_one()
        number = "".join(char for char in self.vat or "" if char.isalnum())
        return len(number) >= 8 and any(char.isdigit() for char in number)
