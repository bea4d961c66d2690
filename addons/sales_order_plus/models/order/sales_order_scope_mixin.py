from odoo import api, fields, models

from .res_partner_class import CUSTOMER_CLASSES


class SalesOrderScopeMixin(models.AbstractModel):
    """Policies that hold for some customers and orders: the first that fits, holds."""

    _name = "sales.order.scope.mixin"
    _description = "Policy for Some Orders"
    _inherit = ["sales.ranked.mixin"]

    order_type_ids = fields.Many2many(
        "sales.order.type", string="Order Types", help="Empty: all."
    )
    sales_channel_ids = fields.Many2many(
        "sales.channel", string="Channels", help="Empty: all."
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES, string="Customer Type", help="Empty: all."
    )
    grade_ids = fields.Many2many(
        "res.partner.grade", string="Customer Levels", help="Empty: all."
    )
    partner_category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="One of them is enough; empty: all.",
    )

    @api.model
    def _get_for(self, order):
        """Return the policy that holds for ``order``, as superuser; empty: none does.

        No query where the company has no policy.
        """
        return self._get_for_each(order)[order]

    @api.model
    def _get_for_each(self, orders):
        """Return {order: policy that holds for it}; those alike are asked about once."""
        found, known = {}, {}
        for order in orders:
            company = order.company_id.id
            # Where there is no policy, nobody's traits matter.
            asked = self._get_active_ids(company)
            key = (company, *(self._get_traits(order) if asked else ()))
            if key not in known:
                known[key] = self._find_first(*key)
            found[order] = known[key]
        return found

    @api.model
    def _find_first(self, company_id, *traits):
        # sudo: they hold for everybody, also for who may not read them.
        policies = self.sudo().browse(self._get_active_ids(company_id))
        first = (one for one in policies if one._fits_traits(*traits))
        return next(first, policies.browse())

    @api.model
    def _get_traits(self, order):
        """Return what decides whether a policy is meant for ``order``."""
        order = order.sudo()
        tags = order.partner_id.category_id
        return (
            order.order_type_id,
            order.sales_channel_id,
            order.customer_grade_id,
            tags | order.partner_id.commercial_partner_id.category_id,
            order.customer_class,
        )

    def _fits(self, order):
        """Return whether the policy is meant for ``order``."""
        return self._fits_traits(*self._get_traits(order))

    def _fits_traits(self, order_type, channel, grade, tags, customer_class):
        self.ensure_one()
        pairs = (
            (self.order_type_ids, order_type),
            (self.sales_channel_ids, channel),
            (self.grade_ids, grade),
            (self.partner_category_ids, tags),
        )
        return self.customer_class in (False, customer_class) and all(
            not wanted or wanted & found for wanted, found in pairs
        )
