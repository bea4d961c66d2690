from odoo import api, models

from ..validation.finding import Hit


class SalesValidationRule(models.Model):
    """Permits the customer needs."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "license_valid": self.env._("Customer has no valid licence"),
        }


class SaleOrder(models.Model):
    """Permits the customer needs."""

    _inherit = "sale.order"

    def _check_rule_license_valid(self, rule):
        """Find lines whose product needs a licence the customer will not have."""
        types = self.env["sales.license.type"]
        if not types._has_records():
            return {}
        lines = self._get_rule_lines(rule).filtered("product_id.license_type_ids")
        licenses = lines._get_licenses() if lines else {}
        hits = {}
        for line in lines:
            order = line.order_id
            customer = order.partner_id.commercial_partner_id
            kinds = line.product_id.license_type_ids
            for kind in kinds.filtered(
                lambda one, o=order: one.company_id <= o.company_id
            ):
                own = licenses.get((customer, kind), ())
                if hit := line._get_license_hit(kind, own):
                    hits.setdefault(order, []).append(hit)
        return hits


class SaleOrderLine(models.Model):
    """Permits the customer needs."""

    _inherit = "sale.order.line"

    def _get_licenses(self):
        """Return {(customer, type): licences} for all lines in one search."""
        customers = self.order_id.partner_id.commercial_partner_id
        found = self.env["sales.partner.license"].search(
            [
                ("partner_id.commercial_partner_id", "in", customers.ids),
                ("license_type_id", "in", self.product_id.license_type_ids.ids),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        )
        return found.grouped(
            lambda one: (one.partner_id.commercial_partner_id, one.license_type_id)
        )

    def _get_license_hit(self, kind, licenses):
        """Return what is wrong if none of ``licenses`` covers this line."""
        self.ensure_one()
        licenses = [one for one in licenses if one.company_id <= self.company_id]
        gaps = [self._get_license_gap(one) for one in licenses]
        if not all(gaps):
            return None
        reason = "; ".join(gaps) or self.env._(
            "%s has none", self.order_id.partner_id.commercial_partner_id.display_name
        )
        detail = self.env._(
            "%(product)s is sold only with the licence %(type)s: %(reason)s. Enter it "
            "and ask a compliance officer to verify it.",
            product=self.product_id.display_name,
            type=kind.name,
            reason=reason,
        )
        links = [
            ("sales.partner.license", one.id, one.display_name) for one in licenses
        ]
        return Hit(detail, self, links=tuple(links))

    def _get_license_gap(self, license_):
        """Return why ``license_`` does not cover this line, or nothing."""
        self.ensure_one()
        day, number = self._get_delivery_day(), license_.number
        country = self.order_id.partner_shipping_id.country_id
        # What has run out says so; what nobody looked at says that.
        if license_.valid_to and license_.valid_to < day:
            return self.env._(
                "%(number)s ends on %(end)s, delivery is on %(day)s",
                number=number,
                end=license_.valid_to,
                day=day,
            )
        if license_.valid_from > day:
            return self.env._(
                "%(number)s begins on %(begin)s, delivery is on %(day)s",
                number=number,
                begin=license_.valid_from,
                day=day,
            )
        if license_.state != "verified":
            return self.env._("%s is not verified", number)
        if license_.country_ids and country not in license_.country_ids:
            return self.env._("%s is not for this country", number)
        if not license_._covers_product(self.product_id):
            return self.env._("%s is not for this product", number)
        return ""
