from odoo import api, fields, models


class SalesTerritory(models.Model):
    """A region with the people who sell there, told from the delivery address."""

    _name = "sales.territory"
    _inherit = ["sales.presence.mixin", "sales.area.mixin"]
    _description = "Sales Territory"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="Such as South.")
    sequence = fields.Integer(
        default=10, help="The first territory that fits an address is taken."
    )
    active = fields.Boolean(default=True, help="Archived territories fit no address.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        domain=[("share", "=", False)],
        help="Salesperson of new quotations for this territory; empty: as usual.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        help="Team of new quotations for this territory; empty: as usual.",
    )

    @api.model
    def _get_by_address(self, address, company, territories):
        """Return the first of ``territories`` that ``company`` has at ``address``."""
        return next(
            (
                territory
                for territory in territories
                if (not territory.company_id or territory.company_id == company)
                and territory._covers(address)
            ),
            self.browse(),
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    territory_id = fields.Many2one(
        "sales.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Where the order is delivered to; brings its salesperson and team.",
    )
    order_owner_id = fields.Many2one(
        "res.users",
        string="Inside Sales",
        default=lambda self: self.env.user if self.env.user._is_internal() else False,
        copy=False,
        index="btree_not_null",
        domain=[("share", "=", False)],
        groups="base.group_user",
        help="Who looks after the order in the office, beside the salesperson.",
        prefetch="sales_rare",
    )

    @api.depends("partner_shipping_id", "company_id")
    def _compute_territory_id(self):
        model = self.env["sales.territory"]
        territories = model
        if self.partner_shipping_id and model._has_records():
            companies = [False, *self.company_id.ids]
            territories = model.search_fetch(
                [("company_id", "in", companies)], ["company_id", "zip_prefixes"]
            )
        for order in self:
            order.territory_id = model._get_by_address(
                order.partner_shipping_id, order.company_id, territories
            )

    @api.depends("territory_id")
    def _compute_user_id(self):
        """Give new quotations to who sells there; never take one from somebody."""
        result = super()._compute_user_id()
        for order in self.filtered("territory_id.user_id"):
            if not (order._origin.id and order.user_id):
                order.user_id = order.territory_id.user_id
        return result
