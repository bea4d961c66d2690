from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from odoo import fields
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ...models.seam.granted import granted

# What the list that is being made is narrowed to; no client can reach it.
_CHOICE = ContextVar("sales_portal_list_choice", default=None)
MAX_SEARCH_LENGTH = 100
# What a row of the lists shows; an order has many times as many columns.
ROW_FIELDS = (
    "access_token",
    "amount_total",
    "client_order_ref",
    "company_id",
    "currency_id",
    "date_order",
    "delivery_status",
    "hold_since",
    "lifecycle_stage",
    "name",
    "reordered_on",
    "revision_number",
    "state",
    "validity_date",
)


@dataclass(frozen=True)
class Choice:
    """What the customer chose above the list."""

    search: str
    search_in: str
    filterby: str
    sortby: str
    domain: Domain
    filters: dict
    inputs: dict
    sortings: dict


class SalePortalList(CustomerPortal):
    """Search, filter and sort the lists of orders and quotations."""

    # === What can be chosen === #

    def _get_sale_searchbar_sortings(self):
        sortings = super()._get_sale_searchbar_sortings()
        sortings["date"] = {**sortings["date"], "label": request.env._("Newest")}
        return {
            **sortings,
            "oldest": {"label": request.env._("Oldest"), "order": "date_order, id"},
            "number": {"label": request.env._("Number"), "order": "name desc, id desc"},
            "total": {"label": request.env._("Total"), "order": "amount_total desc"},
            "stage": {
                "label": request.env._("Status"),
                "order": "lifecycle_stage, date_order desc",
            },
        }

    def _get_sale_searchbar_inputs(self):
        """Return what can be searched in; ``domain`` makes a domain of the words."""
        labels = {
            "all": request.env._("Search in all"),
            "number": request.env._("Search in numbers"),
            "reference": request.env._("Search in your references"),
            "product": request.env._("Search in products"),
        }
        return {key: {"input": key, "label": label} for key, label in labels.items()}

    def _get_sale_search_domain(self, search, search_in):
        columns = {
            "number": ["name"],
            "reference": ["client_order_ref"],
            # The text of a line starts with code and name of the product.
            "product": ["order_line.name"],
        }
        names = columns.get(search_in) or [
            n for group in columns.values() for n in group
        ]
        return Domain.OR(Domain(name, "ilike", search) for name in names)

    def _get_sale_searchbar_filters(self, quotation_page):
        """Return the filters of the list: a label and a domain each."""
        everything = {"all": {"label": request.env._("All"), "domain": Domain.TRUE}}
        if quotation_page:
            return {**everything, **self._get_quotation_filters()}
        stages = request.env["sale.order"]._get_customer_stages()
        filters = {
            "open": {
                "label": request.env._("Not delivered yet"),
                "domain": Domain(
                    "lifecycle_stage", "in", ("approved", "processing", "shipped")
                ),
            }
        }
        for stage in ("approved", "processing", "shipped", "delivered", "returned"):
            filters[stage] = {
                "label": stages[stage],
                "domain": Domain("lifecycle_stage", "=", stage),
            }
        return {**everything, **filters}

    def _get_quotation_filters(self):
        today = fields.Date.context_today(request.env.user)
        valid = Domain("validity_date", "=", False) | Domain(
            "validity_date", ">=", today
        )
        pending = Domain("lifecycle_stage", "=", "pending")
        return {
            "to_accept": {
                "label": request.env._("Waiting for you"),
                "domain": valid & ~pending,
            },
            "pending": {"label": request.env._("Under review"), "domain": pending},
            "requested": {
                "label": request.env._("Asked for by you"),
                "domain": Domain("reordered_on", "!=", False),
            },
            "expired": {
                "label": request.env._("Expired"),
                "domain": Domain("validity_date", "<", today) & ~pending,
            },
        }

    # === The list === #

    def _prepare_quotations_domain(self, partner):
        domain = super()._prepare_quotations_domain(partner)
        choice = _CHOICE.get()
        if not choice:
            return domain
        # A quotation the customer asked for is his, though it was not sent yet. Beside
        # the state, so that whose they are is asked once.
        asked = Domain("state", "=", "draft") & Domain("reordered_on", "!=", False)
        shown = Domain(domain).map_conditions(
            lambda one: one | asked if one.field_expr == "state" else one
        )
        return list(shown & choice.domain)

    def _prepare_orders_domain(self, partner):
        domain = super()._prepare_orders_domain(partner)
        choice = _CHOICE.get()
        return list(Domain(domain) & choice.domain) if choice else domain

    def _prepare_sale_portal_rendering_values(
        self,
        page=1,
        sortby=None,
        quotation_page=False,
        search=None,
        search_in="all",
        filterby="all",
        **kwargs,
    ):
        choice = self._get_sale_choice(
            quotation_page, search, search_in, filterby, sortby
        )
        with granted(_CHOICE, choice):
            values = super()._prepare_sale_portal_rendering_values(
                page=page, sortby=choice.sortby, quotation_page=quotation_page, **kwargs
            )
        for orders in (values["orders"], values["quotations"]):
            orders.fetch(ROW_FIELDS)
        self._keep_choice(values["pager"], choice)
        return {**values, **self._get_searchbar_values(choice)}

    def _get_sale_choice(self, quotation_page, search, search_in, filterby, sortby):
        """Return what was chosen; what is not known counts as not chosen."""
        filters = self._get_sale_searchbar_filters(quotation_page)
        search = (search or "").strip()[:MAX_SEARCH_LENGTH]
        inputs = self._get_sale_searchbar_inputs()
        search_in = search_in if search_in in inputs else "all"
        filterby = filterby if filterby in filters else "all"
        sortings = self._get_sale_searchbar_sortings()
        domain = filters[filterby]["domain"]
        if search:
            domain &= self._get_sale_search_domain(search, search_in)
        sortby = sortby if sortby in sortings else "date"
        return Choice(
            search, search_in, filterby, sortby, domain, filters, inputs, sortings
        )

    def _keep_choice(self, pager, choice):
        """Let the links to the other pages keep what was chosen."""
        chosen = {
            "sortby": choice.sortby,
            "filterby": choice.filterby,
            "search": choice.search,
            "search_in": choice.search_in,
        }
        links = [part for part in pager.values() if isinstance(part, dict)]
        for link in filter(lambda one: one["url"], [*links, *pager["pages"]]):
            url = urlsplit(link["url"])
            query = urlencode({**dict(parse_qsl(url.query)), **chosen})
            link["url"] = url._replace(query=query).geturl()

    def _get_searchbar_values(self, choice):
        return {
            "search": choice.search,
            "search_in": choice.search_in,
            "searchbar_inputs": choice.inputs,
            "filterby": choice.filterby,
            "searchbar_filters": choice.filters,
            "sortby": choice.sortby,
            "searchbar_sortings": choice.sortings,
            "narrowed": bool(choice.search) or choice.filterby != "all",
        }
