from itertools import combinations

from odoo import api, models

from ..validation.finding import Hit, Suggestion


class SalesValidationRule(models.Model):
    """Dangerous goods: who takes them, what goes with what."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "hazmat_carrier": self.env._("Dangerous goods: delivery method"),
            "hazmat_mixing": self.env._("Dangerous goods: kept apart"),
            "hazmat_quantity": self.env._("Dangerous goods: too much"),
            "hazmat_document": self.env._("Dangerous goods: safety data sheet missing"),
        }


class SaleOrder(models.Model):
    """Dangerous goods: who takes them, what goes with what."""

    _inherit = "sale.order"

    def _get_hazardous_lines(self):
        return self.order_line.filtered(
            lambda line: line.product_id.is_hazardous and line.product_uom_qty > 0
        )

    def _check_rule_hazmat_carrier(self, rule):
        hits = {}
        for order in self:
            if issue := order._get_hazmat_issue():
                hits[order] = [Hit(issue, suggestions=order._suggest_carriers())]
        return hits

    # === What goes with what === #

    def _check_rule_hazmat_mixing(self, rule):
        hits = {}
        for order in self:
            pairs = order._get_forbidden_pairs()
            if pairs:
                hits[order] = [order._prepare_mixing_hit(*pair) for pair in pairs]
        return hits

    def _get_forbidden_pairs(self):
        """Return [(product, product)] of this order, one of each two classes."""
        self.ensure_one()
        products = self._get_hazardous_lines().product_id
        if len(products) < 2:
            return []
        rows = self.env["sales.hazmat.segregation"]._get_rows(self.company_id)
        pairs = {
            frozenset((one.hazard_class, two.hazard_class)): (one, two)
            for one, two in combinations(products, 2)
            if rows._forbids(one.hazard_class, two.hazard_class)
        }
        return list(pairs.values())

    def _prepare_mixing_hit(self, one, two):
        detail = self.env._(
            "%(one)s (class %(class_one)s) and %(two)s (class %(class_two)s) may not "
            "go in one delivery. Split the order.",
            one=one.display_name,
            class_one=one.hazard_class,
            two=two.display_name,
            class_two=two.hazard_class,
        )
        split = Suggestion("split_hazmat", self.env._("Split order"))
        return Hit(detail, suggestions=(split,))

    @api.model
    def _get_suggestion_methods(self):
        return {
            **super()._get_suggestion_methods(),
            "split_hazmat": "_suggest_split_hazmat",
        }

    def _suggest_split_hazmat(self):
        """Leave in each order what may go together; the first keeps all else."""
        _stays, *moving = self._get_hazmat_groups()
        wanted = [
            {line: line._get_movable_quantity() for line in lines} for lines in moving
        ]
        self._split(wanted)
        return self.env._("one order")

    def _get_hazmat_groups(self):
        """Return lists of lines whose dangers do not forbid each other."""
        self.ensure_one()
        rows = self.env["sales.hazmat.segregation"]._get_rows(self.company_id)
        groups = []
        for line in self._get_hazardous_lines():
            own = line.product_id.hazard_class
            fitting = (
                group
                for group in groups
                if not any(
                    rows._forbids(own, other.product_id.hazard_class) for other in group
                )
            )
            group = next(fitting, None)
            if group is None:
                groups.append([line])
            else:
                group.append(line)
        return groups

    # === How much === #

    def _check_rule_hazmat_quantity(self, rule):
        """Find packages with too much, and orders heavier than the rule allows."""
        hits = {}
        for order in self:
            lines = order._get_hazardous_lines()
            own = [
                *(hit for line in lines if (hit := line._get_package_hit())),
                *(order._get_packed_hits() if lines else ()),
                *lines._get_weight_hits(rule.threshold),
            ]
            if own:
                hits[order] = own
        return hits

    def _get_packed_hits(self):
        """Return what is packed too full already."""
        packed = {}
        open_lines = self.picking_ids.move_line_ids.filtered(
            lambda one: one.result_package_id and one.state not in ("done", "cancel")
        )
        for one in open_lines:
            key = one.result_package_id, one.product_id
            packed[key] = packed.get(key, 0.0) + one.quantity_product_uom
        return [
            Hit(self._get_package_message(product, package.display_name, quantity))
            for (package, product), quantity in packed.items()
            if product._is_over_package_limit(quantity)
        ]

    @api.model
    def _get_package_message(self, product, package, quantity):
        return self.env._(
            "%(package)s holds %(quantity)s %(unit)s of %(product)s, at most %(limit)s "
            "may be in one package. Choose a smaller one.",
            package=package,
            quantity=f"{quantity:g}",
            unit=product.uom_id.name,
            product=product.display_name,
            limit=f"{product.hazmat_package_limit:g}",
        )

    # === Papers === #

    def _check_rule_hazmat_document(self, rule):
        """Find dangerous products without a safety data sheet."""
        products = self._get_hazardous_lines().product_id
        without = products - products._filter_with_safety_sheet() if products else ()
        hits = {}
        for order in self:
            for product in order._get_hazardous_lines().product_id & products:
                if product in without:
                    hits.setdefault(order, []).append(product._prepare_sheet_hit())
        return hits


class SaleOrderLine(models.Model):
    """How much of dangerous goods one line brings."""

    _inherit = "sale.order.line"

    def _get_package_hit(self):
        """Return what is wrong if the unit sold is a package that holds too much."""
        self.ensure_one()
        product, unit = self.product_id, self.product_uom_id
        inside = unit._compute_quantity(1, product.uom_id, round=False)
        if unit == product.uom_id or not product._is_over_package_limit(inside):
            return None
        message = self.order_id._get_package_message(product, unit.name, inside)
        return Hit(message, self)

    def _get_weight_hits(self, limit):
        """Return what is wrong if all these goods weigh more than ``limit`` kg."""
        weight = sum(line.product_qty * line.product_id.weight for line in self)
        if not limit or weight <= limit:
            return []
        detail = self.env._(
            "dangerous goods of %(weight)s kg, at most %(limit)s kg may go in one "
            "delivery. Order less, or split the order.",
            weight=f"{weight:g}",
            limit=f"{limit:g}",
        )
        return [Hit(detail)]


class ProductProduct(models.Model):
    """What a dangerous product needs."""

    _inherit = "product.product"

    def _is_over_package_limit(self, quantity):
        """Return whether ``quantity``, in the product's unit, is too much together."""
        self.ensure_one()
        limit = self.is_hazardous and self.hazmat_package_limit
        return limit > 0 and self.uom_id.compare(quantity, limit) > 0

    def _filter_with_safety_sheet(self):
        """Return those of the products that have one, in one search."""
        templates = self.product_tmpl_id
        sheets = self.env["product.document"].search(
            [
                ("is_safety_sheet", "=", True),
                "|",
                "&",
                ("res_model", "=", "product.template"),
                ("res_id", "in", templates.ids),
                "&",
                ("res_model", "=", "product.product"),
                ("res_id", "in", self.ids),
            ]
        )
        owners = {(sheet.res_model, sheet.res_id) for sheet in sheets}
        return self.filtered(
            lambda one: (
                ("product.product", one.id) in owners
                or ("product.template", one.product_tmpl_id.id) in owners
            )
        )

    def _prepare_sheet_hit(self):
        self.ensure_one()
        detail = self.env._(
            "%(product)s (%(label)s) has no safety data sheet. Add it to the documents "
            "of the product and mark it as such.",
            product=self.display_name,
            label=self.hazmat_label,
        )
        return Hit(detail, links=(("product.product", self.id, self.display_name),))
