from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import OrderTemplateError


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    order_type_id = fields.Many2one(
        "sales.order.type",
        help="Type of the quotations that are made with this template.",
    )


class SaleOrder(models.Model):
    """Templates for programs: Odoo loads their lines only as somebody looks on."""

    _inherit = "sale.order"

    def action_apply_template(self, *, template_id: int, mode: str = "replace"):
        """Load the lines of a quotation template at the customer's prices.

        :param int template_id: id of a ``sale.order.template``
        :param str mode: ``replace`` the lines there are, or ``append`` to them
        :return: ids of the new lines
        :raise OrderTemplateError: if the template or the mode is unknown, or an
            order is no quotation any more
        """
        template = self.env["sale.order.template"].browse(template_id).exists()
        self._check_template(template, mode)
        lines = self.env["sale.order.line"]
        for order in self:
            lines |= order._apply_template(template, mode)
        return lines.ids

    def _check_template(self, template, mode):
        if mode not in ("replace", "append"):
            raise OrderTemplateError(
                self.env._("mode: use “replace” or “append”."), field="mode"
            )
        if not template or not template.active:
            raise OrderTemplateError(
                self.env._(
                    "template_id: there is no such template, or it is archived."
                ),
                field="template_id",
            )
        template.check_access("read")
        for order in self.filtered(lambda one: one.state not in ("draft", "sent")):
            raise OrderTemplateError(
                self.env._(
                    "%(order)s: templates are for quotations. Add the lines by hand, "
                    "or set the order back to quotation.",
                    order=order.display_name,
                )
            )

    def _apply_template(self, template, mode):
        self.ensure_one()
        before = self.order_line
        template = template.with_context(lang=self.partner_id.lang)
        commands = [
            Command.create(line._prepare_order_line_values())
            for line in template.sale_order_template_line_ids
        ]
        vals = {"order_line": commands}
        if mode == "replace":
            vals["sale_order_template_id"] = template.id
            vals["order_line"] = [Command.clear(), *commands]
            if template.order_type_id:
                vals["order_type_id"] = template.order_type_id.id
        self.write(vals)
        return self.order_line - before

    @api.onchange("sale_order_template_id")
    def _onchange_sale_order_template_id(self):
        result = super()._onchange_sale_order_template_id()
        given = self.sale_order_template_id.order_type_id
        if given and given != self.order_type_id:
            self.order_type_id = given
            self._sync_sample_prices()
        return result


class SalesOrderApi(models.AbstractModel):
    _inherit = "sales.order.api"

    @api.model
    def apply_template(self, *, name: str, template: str, mode: str = "replace"):
        """Load the lines of a quotation template into a quotation.

        :param str name: number of the quotation
        :param str template: name of the template
        :param str mode: ``replace`` the lines there are, or ``append`` to them
        :return: the order as :meth:`get_order` gives it
        :raise OrderTemplateError: if no template, or more than one, has the name
        """
        order = self._get_order_by_name(name)
        found = self.env["sale.order.template"].search([("name", "=", template)])
        if len(found) != 1:
            raise OrderTemplateError(
                self.env._(
                    "template: %(count)s templates have the name “%(name)s”.",
                    count=len(found),
                    name=template,
                ),
                field="template",
            )
        order.action_apply_template(template_id=found.id, mode=mode)
        return self._prepare_order_data(order)
