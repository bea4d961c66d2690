from contextlib import suppress

from odoo import api, models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import SQL, ormcache

from .reading import is_reading, once, reading, recall, same_groups

# What a new order without customer and lines does not have yet. Nobody types it, so that
# it has no defaults of users either.
LATER = frozenset(
    {
        "amount_options",
        "amount_total_company",
        "customer_email",
        "customer_phone",
        "customer_ref",
        "customs_notice",
        "delivery_set",
        "duty_breakdown",
        "duty_estimate",
        "effective_date",
        "gift_card_count",
        "has_archived_products",
        "has_authorized_transaction_ids",
        "has_hazardous",
        "has_mixed_temperatures",
        "hazmat_labels",
        "invoice_count",
        "is_international",
        "margin",
        "margin_percent",
        "tax_breakdown",
        "tax_notice",
        "temperature_requirement",
        "template_proposal_id",
    }
)
NUMBERS = ("integer", "float", "monetary")


class SaleOrder(models.Model):
    """Reading the form of an order: nothing twice, and nothing where there is nothing.

    One query says what lies beside the order (see :meth:`_count_beside`). Lists of
    which it says that they are empty are not asked for one by one.
    """

    _inherit = "sale.order"

    def web_read(self, specification):
        with reading(), same_groups():
            # A list of orders shows next to nothing of what lies beside them, the line
            # that names its order nothing; what is being changed was read before.
            if len(self) == 1 and self.id and specification:
                self._prepare_page(specification)
            return super().web_read(specification)

    def onchange(self, values, field_names, fields_spec):
        with same_groups():
            if self:
                # Odoo compares with what is saved, and would read it field by field.
                self._read_page(fields_spec)
            elif not field_names and not values and not self._is_started():
                later = self._get_later_values()
                asked = {n: one for n, one in fields_spec.items() if n not in later}
                result = super().onchange({}, [], asked)
                left_out = {name: later[name] for name in fields_spec if name in later}
                if self._start_page(result["value"], left_out):
                    return result
            return super().onchange(values, field_names, fields_spec)

    @api.model
    def _is_started(self):
        """Return whether customer or lines come with a new order, so all is computed."""
        told = {"default_partner_id", "default_order_line"} & self.env.context.keys()
        return bool(told or self.env.company.sale_order_template_id)

    @api.model
    def _start_page(self, value, left_out):
        """Add what needs no computing; return whether the answer is complete now."""
        if value.get("partner_id") or value.get("order_line"):
            return False
        value.update(left_out)
        return True

    @api.model
    def _get_later_values(self):
        """Return {name: value without customer and lines} of what is computed later."""
        return {n: 0 if self._fields[n].type in NUMBERS else False for n in LATER}

    def new(self, values=None, origin=None, ref=None):
        record = super().new(values, origin, ref)
        if origin is None:
            record._start_blank_fields(values or {})
        return record

    def _start_blank_fields(self, values):
        """Say of fields that they are empty; Odoo asks each of them for its default."""
        given = self.env["ir.default"]._get_model_defaults(self._name)
        context = self.env.context
        for name, blank in self._get_blank_fields():
            if name not in values and name not in given:
                if f"default_{name}" not in context:
                    self._fields[name]._insert_cache(self, [blank])

    @api.model
    @ormcache()
    def _get_blank_fields(self):
        """Return [(name, cached value of nothing)] of what has no default.

        Other addons may count on defaults of theirs, but not for lists of what belongs
        to a saved order.
        """
        empty = self.browse()
        return [
            (name, field.convert_to_cache(False, empty, validate=False))
            for name, field in self._fields.items()
            if self._is_ours(field)
            or (field.type == "one2many" and name != "order_line")
            if not (field.compute or field.default or field.inherited)
        ]

    def _read_page(self, specification):
        with reading():
            self._prepare_page(specification)
            for name in specification:
                self.mapped(name)  # into the cache

    def _prepare_page(self, specification):
        """Read at once what the form of an order asks for bit by bit.

        :param dict specification: the fields of the form, as in ``web_read``
        """
        counts = once(("order.lists", self._origin._ids), self._count_beside)
        self._skip_empty_lists(counts)
        lines = specification.get("order_line", {}).get("fields", {})
        # What is gone, or not his to read, is refused where he asks for it.
        with suppress(AccessError, MissingError):
            _fetch_shown(self._origin, specification)
            if lines:
                _fetch_shown(self._origin.order_line, lines)
            self._read_people_together(specification)

    def _prepare_customer_page(self):
        """Read at once what the customer's page asks for; it counts nothing."""
        with reading():
            queries = self._get_list_queries()
        self._skip_empty_lists(self._find_numbers(queries))
        self._read_people_together()

    def _read_people_together(self, shown=()):
        """Read the partners whom several fields ask for in one query, not one by one.

        Who may not read one of them does not get him that way either.

        :param shown: names of the fields on the page; the users among them count too
        """
        order = self._origin
        people = order.partner_id | order.partner_invoice_id | order.partner_shipping_id
        # sudo: of companies and users only the id of the partner is taken.
        known = order.sudo()
        companies = known.company_id | self.env.companies
        users = known.user_id
        for name in self._get_user_fields():
            users |= known[name] if name in shown else users
        people |= known.company_id.with_prefetch(companies._ids).partner_id
        people |= users.partner_id
        order.partner_id.with_prefetch(people.ids).mapped("name")

    @api.model
    @ormcache()
    def _get_user_fields(self):
        """Return the names of the stored fields that hold a user."""
        return tuple(
            name
            for name, field in self._fields.items()
            if field.comodel_name == "res.users" and field.type == "many2one"
            if field.store
        )

    def _skip_empty_lists(self, counts):
        """Put the lists that are empty into the cache: they are so for everybody."""
        for name in self._get_lists_beside():
            field = self._fields[name]
            empty = self._origin.filtered(
                lambda order, name=name: not counts.get((name, order.id))
            )
            field._insert_cache(empty, [()] * len(empty))

    @api.model
    @ormcache()
    def _get_lists_beside(self):
        """Return the names of the fields that list records of ours."""
        kind = self.env.registry["sales.presence.mixin"]
        return tuple(
            name
            for name, field in self._fields.items()
            if field.type in ("one2many", "many2many")
            and not field.compute
            and isinstance(self.env[field.comodel_name], kind)
            and (field.type == "many2many" or self._has_stored_inverse(field))
        )

    @api.model
    def _has_stored_inverse(self, field):
        others = self.env[field.comodel_name]
        return others._fields[field.inverse_name].store

    def _has_beside(self, key):
        """Return False if the form that is read has no such record at all."""
        counts = recall(("order.lists", self._origin._ids))
        return counts is None or any((key, id_) in counts for id_ in self._origin._ids)

    def _get_count_queries(self):
        return [*super()._get_count_queries(), *self._get_list_queries()]

    def _get_list_queries(self):
        """Return a SELECT of name, order id and number for each list.

        Whoever may read them: they only tell which lists are empty for everybody.
        """
        queries = []
        for name in self._get_lists_beside() if is_reading() else ():
            field = self._fields[name]
            others = self.env[field.comodel_name]
            if not others._is_empty_table():
                queries.append(self._get_list_query(field, others))
        return queries

    def _get_list_query(self, field, others):
        if field.type == "many2many":
            self.flush_model([field.name])
            return self._get_beside_query(field.name, field.relation, field.column1)
        others.flush_model([field.inverse_name])
        return self._get_beside_query(field.name, others._table, field.inverse_name)

    def _get_beside_query(self, key, table, link):
        return SQL(
            "SELECT %(key)s, %(link)s, COUNT(*) FROM %(table)s "
            "WHERE %(link)s = ANY(%(ids)s) GROUP BY %(link)s",
            key=key,
            link=SQL.identifier(link),
            table=SQL.identifier(table),
            ids=self._origin.ids,
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def onchange(self, values, field_names, fields_spec):
        with same_groups():
            return super().onchange(values, field_names, fields_spec)


def _fetch_shown(records, specification):
    """Fetch what a view shows together with what any reading of a record fetches."""
    shown = {name for name in specification if name in records._fields}
    records.fetch(shown | records._get_prefetched_names().keys())
