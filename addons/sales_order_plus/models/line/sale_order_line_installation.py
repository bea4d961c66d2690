from odoo import api, fields, models

from ...exceptions import LineRuleError


class ProductTemplate(models.Model):
    """Products somebody has to set up at the customer's."""

    _inherit = "product.template"

    requires_installation = fields.Boolean(
        help="Somebody sets the product up at the customer's; the service is added to "
        "the order with it.",
    )
    installation_product_id = fields.Many2one(
        "product.product",
        string="Installation Service",
        domain="[('type', '=', 'service'), ('sale_ok', '=', True)]",
        help="Service added to the order with the product.",
        prefetch="sales_rare",
    )
    installation_notes = fields.Text(
        translate=True,
        help="What the installer has to bring and to know.",
        prefetch="sales_rare",
    )

    @api.constrains("installation_product_id")
    def _check_installation_product(self):
        for product in self.filtered("installation_product_id"):
            service = product.installation_product_id
            if service.type == "service" and not service.requires_installation:
                continue
            raise LineRuleError(
                self.env._(
                    "Installation Service: %(service)s cannot be sold with "
                    "%(product)s. Choose a service that needs no installation itself.",
                    service=service.display_name,
                    product=product.display_name,
                ),
                field="installation_product_id",
            )


class SaleOrderLine(models.Model):
    """The service that comes with a product is a line of its own, linked to it."""

    _inherit = "sale.order.line"

    installation_contact_id = fields.Many2one(
        "res.partner",
        string="Contact on Site",
        groups="base.group_user",
        help="Whom the installer meets; empty: the delivery address.",
        prefetch="sales_rare",
    )
    installation_date = fields.Date(
        groups="base.group_user",
        help="Day agreed for the installation; empty: after the delivery.",
        prefetch="sales_rare",
    )
    is_installation = fields.Boolean(
        string="Installation",
        copy=True,
        help="This line is the installation of another line.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._add_installations()
        return lines

    def _add_installations(self):
        """Add the service of each line that needs one; one that is there is linked."""
        goods = self.filtered(
            lambda line: (
                line.product_id.requires_installation
                and line.product_id.installation_product_id
                and line.order_id.state in ("draft", "sent")
                and not line.linked_line_ids.filtered("is_installation")
            )
        )
        for line in goods:
            service = line._get_free_installation()
            if service:
                service.linked_line_id = line
            else:
                self.create(line._prepare_installation_vals())

    def _get_free_installation(self):
        """Return an installation line that belongs to no line yet, as after a copy."""
        service = self.product_id.installation_product_id
        return self.order_id.order_line.filtered(
            lambda line: (
                line.is_installation
                and not line.linked_line_id
                and line.product_id == service
            )
        )[:1]

    def _prepare_installation_vals(self):
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "product_id": self.product_id.installation_product_id.id,
            "product_uom_qty": self.product_uom_qty,
            "linked_line_id": self.id,
            "is_installation": True,
            "sequence": self.sequence,
        }

    def _schedule_installation(self):
        self.ensure_one()
        order, goods = self.order_id, self.linked_line_id
        contact = self.installation_contact_id or order.partner_shipping_id
        note = self.env._(
            "%(quantity)s × %(product)s at %(contact)s. %(notes)s",
            quantity=f"{goods.product_uom_qty:g}",
            product=goods.product_id.display_name,
            contact=contact.display_name,
            notes=goods.product_id.installation_notes or "",
        )
        product = self.product_id.with_company(order.company_id)
        user = product.responsible_id or order.user_id or self.env.user
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self._get_installation_date(),
            summary=self.env._("Installation: %(name)s", name=goods.product_id.name),
            note=note,
            user_id=user.id,
        )

    def _get_installation_date(self):
        """Return the agreed day, else the day the goods are expected."""
        goods = self.linked_line_id
        expected = goods.order_id.commitment_date or goods._expected_date()
        return self.installation_date or goods._get_local_date(expected)


class SaleOrder(models.Model):
    """Confirming an order with installations gives somebody a dated task."""

    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self:
            order._schedule_installations()
        return result

    def _schedule_installations(self):
        self.ensure_one()
        services = self.order_line.filtered("is_installation")
        for line in services.filtered("linked_line_id"):
            # sudo: the customer may confirm on the portal; the task is internal.
            line.sudo()._schedule_installation()
