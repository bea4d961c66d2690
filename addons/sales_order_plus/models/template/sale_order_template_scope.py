from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..order.res_partner_class import CUSTOMER_CLASSES

# From the most to the least personal reason; the first one that holds decides.
RANKS = ("partner", "class", "industry", "category")
SCOPE_FIELDS = frozenset({"partner_ids", "customer_class", "industry_id", "categ_ids"})


class SaleOrderTemplate(models.Model):
    """For whom a template is, and when.

    A template without any of it is for everybody and always: it is offered, and
    never proposed before another one.
    """

    _name = "sale.order.template"
    _inherit = ["sale.order.template", "sales.presence.mixin"]
    _presence_field = "is_scoped"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        help="Proposed for these customers and their contacts first.",
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES, help="Proposed for customers of this class."
    )
    industry_id = fields.Many2one(
        "res.partner.industry", help="Proposed for customers of this industry."
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Proposed when most products of the quotation are of these categories or "
        "of one below them.",
    )
    date_from = fields.Date(
        string="Offered From", help="Not offered before this day; empty: always."
    )
    date_to = fields.Date(
        string="Offered Until", help="Not offered after this day; empty: always."
    )
    is_scoped = fields.Boolean(
        string="Proposed to Some",
        compute="_compute_is_scoped",
        store=True,
        help="Whether customers, a class, an industry or categories are named.",
    )
    in_season = fields.Boolean(
        compute="_compute_in_season",
        search="_search_in_season",
        help="Whether it is offered today.",
    )

    _season_sane = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "Offered Until: choose a day that is not before “Offered From”.",
    )

    @api.depends("partner_ids", "customer_class", "industry_id", "categ_ids")
    def _compute_is_scoped(self):
        for template in self:
            template.is_scoped = bool(
                template.partner_ids
                or template.customer_class
                or template.industry_id
                or template.categ_ids
            )

    def write(self, vals):
        result = super().write(vals)
        if not SCOPE_FIELDS.isdisjoint(vals):
            self._forget_presence()
        return result

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_in_season(self):
        today = fields.Date.context_today(self)
        for template in self:
            template.in_season = template._is_offered_on(today)

    def _is_offered_on(self, day):
        self.ensure_one()
        begun = not self.date_from or self.date_from <= day
        return begun and (not self.date_to or day <= self.date_to)

    @api.model
    def _search_in_season(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        begun = Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        domain = begun & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        )
        return domain if True in value else ~domain

    @api.constrains("partner_ids", "company_id")
    def _check_partner_ids(self):
        for template in self.filtered("company_id"):
            foreign = template.partner_ids.filtered("company_id").filtered(
                lambda partner, own=template.company_id: partner.company_id != own
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "Customers: %(names)s belong to another company than the "
                        "template. Take them out, or choose their company.",
                        names=", ".join(foreign.mapped("display_name")),
                    )
                )

    # === Ranking === #

    def _get_scope_rank(self, order):
        """Return how personal the template is to the order.

        :return: 0 for the customer's own, up to ``len(RANKS)`` for everybody's, or
            None if it is meant for others
        """
        self.ensure_one()
        scope = {
            "partner": (self.partner_ids, self._is_for_partner),
            "class": (self.customer_class, self._is_for_class),
            "industry": (self.industry_id, self._is_for_industry),
            "category": (self.categ_ids, self._is_for_categories),
        }
        given = [rank for rank in RANKS if scope[rank][0]]
        if not given:
            return len(RANKS)
        holding = [rank for rank in given if scope[rank][1](order)]
        return RANKS.index(holding[0]) if holding else None

    def _is_for_partner(self, order):
        partner = order.partner_id
        return bool(self.partner_ids & (partner | partner.commercial_partner_id))

    def _is_for_class(self, order):
        return self.customer_class == order.customer_class

    def _is_for_industry(self, order):
        return self.industry_id == order.partner_id.commercial_partner_id.industry_id

    def _is_for_categories(self, order):
        """Whether more than half of the products are of the categories."""
        categories = [
            line.product_id.categ_id
            for line in order.order_line
            if line.product_id and not line.is_delivery and not line.is_reward_line
        ]
        own = [c for c in categories if c._is_within(self.categ_ids.ids)]
        return 2 * len(own) > len(categories)

    # === Choosing by hand === #

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """List the templates that fit the customer of the quotation first.

        The context key ``template_partner_id`` only sorts; it shows nothing more.
        """
        partner_id = self.env.context.get("template_partner_id")
        if not partner_id:
            return super().name_search(name, domain, operator, limit)
        found = super().name_search(name, domain, operator, None)
        order = self.env["sale.order"].new({"partner_id": partner_id})
        last = len(RANKS) + 1
        ranks = {
            template.id: last if rank is None else rank
            for template in self.browse([id_ for id_, _name in found])
            for rank in (template._get_scope_rank(order),)
        }
        return sorted(found, key=lambda pair: ranks[pair[0]])[:limit]
