from odoo import fields, models

from ...exceptions import OrderTypeError
from ..seam.sales_guard_mixin import Finding


class SalesOrderType(models.Model):
    """Fields of its own for each type of order, made in the form."""

    _inherit = "sales.order.type"

    order_properties_definition = fields.PropertiesDefinition(
        string="Custom Fields", help="Fields that orders of this type have."
    )
    required_properties = fields.Char(
        string="Required Custom Fields",
        help="Names of custom fields, separated by commas, without which an order of "
        "this type is not confirmed.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("required_properties"):
            self._check_required_properties()
        return result

    def _check_required_properties(self):
        for order_type in self:
            known = {one["string"] for one in order_type._get_property_definitions()}
            unknown = [
                name for name in order_type._get_required_names() if name not in known
            ]
            if unknown:
                raise OrderTypeError(
                    self.env._(
                        "Required Custom Fields: type %(type)s has no field "
                        "“%(name)s”. Add it on an order of this type first.",
                        type=order_type.name,
                        name=unknown[0],
                    )
                )

    def _get_required_names(self):
        names = (self.required_properties or "").split(",")
        return [name.strip() for name in names if name.strip()]

    def _get_property_definitions(self):
        return self.order_properties_definition or []


class SaleOrder(models.Model):
    _inherit = "sale.order"

    order_properties = fields.Properties(
        string="Custom Fields",
        definition="order_type_id.order_properties_definition",
        prefetch="sales_rare",
        copy=True,
        groups="base.group_user",
        help="Fields of the type of the order.",
    )

    def _get_guard_findings(self, operation, baseline=None):
        findings = super()._get_guard_findings(operation, baseline)
        if operation != "confirm":
            return findings
        # sudo: the type is internal, the customer may be the one who confirms.
        asked = self.sudo().filtered("order_type_id.required_properties")
        for order in asked:
            own = order._get_property_findings()
            findings = {**findings, order.id: [*findings.get(order.id, []), *own]}
        return findings

    def _get_property_findings(self):
        order_type = self.order_type_id
        required = order_type._get_required_names()
        values = dict(self.order_properties or {})
        return [
            self._prepare_property_finding(one["string"])
            for one in order_type._get_property_definitions()
            if one["string"] in required and self._is_property_empty(one, values)
        ]

    @staticmethod
    def _is_property_empty(definition, values):
        value = values.get(definition["name"])
        # Zero is a number somebody may have meant; no tick and no text are not.
        numbers = ("integer", "float")
        return value is None if definition["type"] in numbers else not value

    def _prepare_property_finding(self, name):
        message = self.env._(
            "%(field)s: orders of type %(type)s need it. Fill it in on the order.",
            field=name,
            type=self.order_type_id.name,
        )
        return Finding("order.property_missing", message)
