from odoo import api, fields, models


class SaleOrder(models.Model):
    """Danger and temperature of what an order ships."""

    _inherit = "sale.order"

    has_hazardous = fields.Boolean(
        string="Dangerous Goods",
        compute="_compute_cargo",
        compute_sudo=True,
        groups="base.group_user",
        help="At least one product of the order is dangerous.",
    )
    hazmat_labels = fields.Char(
        string="Danger Labels",
        compute="_compute_cargo",
        compute_sudo=True,
        groups="base.group_user",
        help="Danger labels of the products of the order.",
    )
    temperature_class_ids = fields.Many2many(
        "sales.temperature.class",
        string="Temperatures",
        compute="_compute_cargo",
        compute_sudo=True,
        groups="base.group_user",
        help="Temperature classes of the products of the order.",
    )
    temperature_requirement = fields.Char(
        compute="_compute_cargo",
        compute_sudo=True,
        groups="base.group_user",
        help="Temperatures that suit all products of the order.",
    )

    has_mixed_temperatures = fields.Boolean(
        compute="_compute_cargo",
        compute_sudo=True,
        groups="base.group_user",
        help="Goods of the order do not belong in one delivery; splitting it by "
        "temperature helps.",
    )

    @api.depends("order_line.product_id")
    def _compute_cargo(self):
        for order in self:
            products = order.order_line.product_id
            hazardous = products.filtered("is_hazardous")
            order.has_hazardous = bool(hazardous)
            labels = dict.fromkeys(hazardous.mapped("hazmat_label"))
            order.hazmat_labels = ", ".join(labels) or False
            order.temperature_class_ids = products.temperature_class_id
            order.temperature_requirement = order._get_temperature_requirement()
            order.has_mixed_temperatures = order._is_temperature_mixed()

    def action_split_by_temperature(self):
        """Open the splitting of this order with its lines grouped by temperature.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_split_action"
        )
        context = {"default_order_id": self.id, "default_mode": "temperature"}
        return {**action, "context": context}

    def _is_temperature_mixed(self):
        """Return whether goods that need equipment share the order with others."""
        self.ensure_one()
        goods = self.order_line.product_id.filtered(lambda p: p.type == "consu")
        classes = goods.temperature_class_id
        unclassed = any(not product.temperature_class_id for product in goods)
        return bool(classes.filtered("needs_equipment")) and (
            unclassed or len(classes) > 1
        )

    def _get_temperature_requirement(self):
        limits = self.order_line.product_id._get_temperature_range()
        if not limits or limits[0] > limits[1]:
            return False
        return self.env["sales.temperature.class"]._format_limits(*limits)

    def _get_hazmat_issue(self):
        """Return why the chosen carrier may not take this order, or False."""
        self.ensure_one()
        carrier = self.carrier_id
        if not carrier or carrier._match_hazmat(self):
            return False
        return self.env._(
            "Delivery Method: %(carrier)s does not take dangerous goods "
            "(%(labels)s). Choose one that does.",
            carrier=carrier.name,
            labels=self.hazmat_labels,
        )

    def _get_temperature_issue(self):
        """Return what is wrong with the temperatures of this order, or False."""
        self.ensure_one()
        goods = self.order_line.product_id.filtered(lambda p: p.type == "consu")
        classes = goods.temperature_class_id
        if not classes.filtered("needs_equipment"):
            return False
        limits = goods._get_temperature_range()
        if self._is_temperature_mixed():
            names = classes.mapped("name") or []
            return self.env._(
                "Temperatures: %(classes)s and other goods do not belong in one "
                "delivery. Split the order by temperature.",
                classes=", ".join(names),
            )
        if limits and limits[0] > limits[1]:
            return self.env._(
                "Temperatures: no temperature suits all products. "
                "Split the order by temperature."
            )
        carrier = self.carrier_id
        if carrier and not carrier._match_temperature(self):
            return self.env._(
                "Delivery Method: %(carrier)s cannot keep %(classes)s goods. "
                "Choose one that can.",
                carrier=carrier.name,
                classes=", ".join(classes.mapped("name")),
            )
        return False


class DeliveryCarrier(models.Model):
    """Carriers are offered only for goods they may take."""

    _inherit = "delivery.carrier"

    hazmat_allowed = fields.Boolean(
        string="Takes Dangerous Goods",
        help="Without it the carrier is not offered for orders with dangerous goods.",
    )
    temperature_class_ids = fields.Many2many(
        "sales.temperature.class",
        string="Keeps Temperatures",
        help="Temperature classes the carrier can keep. Goods whose class needs "
        "equipment go only with carriers that name it here.",
    )

    def _match(self, partner, source):
        return (
            super()._match(partner, source)
            and self._match_hazmat(source)
            and self._match_temperature(source)
        )

    @api.model
    def _get_source_products(self, source):
        lines = source.move_ids if source._name == "stock.picking" else None
        return (source.order_line if lines is None else lines).product_id

    def _match_hazmat(self, source):
        self.ensure_one()
        products = self._get_source_products(source)
        return self.hazmat_allowed or not any(products.mapped("is_hazardous"))

    def _match_temperature(self, source):
        self.ensure_one()
        needed = self._get_source_products(source)._get_controlled_classes()
        return needed <= self.temperature_class_ids


class StockPicking(models.Model):
    """What the packer and the driver have to know of a transfer."""

    _inherit = "stock.picking"

    has_hazardous = fields.Boolean(
        string="Dangerous Goods",
        compute="_compute_cargo",
        compute_sudo=True,
        help="At least one product of the transfer is dangerous.",
    )
    hazmat_labels = fields.Char(
        string="Danger Labels",
        compute="_compute_cargo",
        compute_sudo=True,
        help="Danger labels of the products of the transfer.",
    )
    temperature_class_ids = fields.Many2many(
        "sales.temperature.class",
        string="Temperatures",
        compute="_compute_cargo",
        compute_sudo=True,
        help="Temperature classes of the products of the transfer.",
    )
    temperature_requirement = fields.Char(
        compute="_compute_cargo",
        compute_sudo=True,
        help="Temperatures that suit all products of the transfer.",
    )

    @api.depends("move_ids.product_id")
    def _compute_cargo(self):
        for picking in self:
            products = picking.move_ids.product_id
            hazardous = products.filtered("is_hazardous")
            picking.has_hazardous = bool(hazardous)
            labels = dict.fromkeys(hazardous.mapped("hazmat_label"))
            picking.hazmat_labels = ", ".join(labels) or False
            picking.temperature_class_ids = products.temperature_class_id
            limits = products._get_temperature_range()
            suits = bool(limits) and limits[0] <= limits[1]
            picking.temperature_requirement = suits and self.env[
                "sales.temperature.class"
            ]._format_limits(*limits)
