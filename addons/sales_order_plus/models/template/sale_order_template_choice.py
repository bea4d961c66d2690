from odoo import api, fields, models
from odoo.fields import Domain

from .sale_order_template_scope import RANKS


class SaleOrder(models.Model):
    """Which template a new quotation begins with.

    In this order: the customer's own, one made for him, for his class, for his
    industry, for the products there are, then what Odoo proposes (the company's).
    """

    _inherit = "sale.order"

    def _compute_sale_order_template_id(self):
        result = super()._compute_sale_order_template_id()
        for order in self:
            if "website_id" in order._fields and order.website_id:
                continue
            template = order._get_proposed_template()
            if template:
                order.sale_order_template_id = template
        return result

    def _get_proposed_template(self):
        """Return the most personal template that is offered today, or none."""
        self.ensure_one()
        if not self.partner_id and not self.order_line:
            # Nothing yet that a template could be made for.
            return self.env["sale.order.template"]
        # sudo: what is proposed does not depend on who may edit customers.
        partner = self.partner_id.sudo().with_company(self.company_id)
        own = (
            partner.sale_order_template_id
            or partner.commercial_partner_id.sale_order_template_id
        )
        if self._is_template_usable(own):
            return own.sudo(False)
        ranked = [
            (rank, template.sequence, template.id)
            for template in self._get_scoped_templates()
            for rank in (template._get_scope_rank(self),)
            if rank is not None
        ]
        best = min(ranks for ranks in [*ranked, (len(RANKS), 0, 0)])
        return self.env["sale.order.template"].browse(best[2] or [])

    def _is_template_usable(self, template):
        return bool(
            template
            and template.active
            and template.in_season
            and template.company_id in (self.company_id, self.env["res.company"])
        )

    def _get_scoped_templates(self):
        """Return the templates made for somebody that are offered today."""
        templates = self.env["sale.order.template"]
        if not templates._has_records():
            return templates
        company = Domain("company_id", "in", [False, self.company_id.id])
        offered = Domain("is_scoped", "=", True) & Domain("in_season", "=", True)
        return templates.search(offered & company)

    # === While somebody types === #

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Begin with the template of the customer, unless lines were typed already."""
        result = super()._onchange_partner_id()
        if self._origin or not self.partner_id or self._has_own_lines():
            return result
        template = self._get_proposed_template()
        if template and template != self.sale_order_template_id:
            self.sale_order_template_id = template
            self._onchange_sale_order_template_id()
        return result

    def _has_own_lines(self):
        """Whether there are lines that did not come from the template."""
        loaded = self.sale_order_template_id.sale_order_template_line_ids
        return len(self.order_line) != len(loaded) or (
            self.order_line.product_id != loaded.product_id
        )

    template_proposal_id = fields.Many2one(
        "sale.order.template",
        compute="_compute_template_proposal_id",
        groups="base.group_user",
        help="A template made for products like those of this quotation.",
    )

    @api.depends("order_line.product_id", "sale_order_template_id", "state")
    def _compute_template_proposal_id(self):
        """Propose by category as products are added; nothing is changed by it."""
        templates = self.env["sale.order.template"]
        goods = self.filtered(lambda one: one.state in ("draft", "sent"))
        if goods.order_line.product_id and templates._has_records():
            templates = templates.search(
                [("categ_ids", "!=", False), ("in_season", "=", True)]
            )
        for order in self:
            fitting = templates.filtered(
                lambda template, order=order: (
                    template.company_id in (order.company_id, self.env["res.company"])
                    and template._is_for_categories(order)
                )
            )
            has_one = order.sale_order_template_id in fitting
            useful = order.state in ("draft", "sent") and not has_one
            order.template_proposal_id = fitting[:1] if useful else False
