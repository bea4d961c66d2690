from collections import namedtuple

from odoo import api, models
from odoo.tools import SQL, Query, ormcache

# How some fields of a model are read: the columns; those of them that are like any
# other; what is selected, in the same order, as SQL that is ready or fields whose SQL
# is not the same for everybody; and the fields with a query of their own.
Plan = namedtuple("Plan", "columns plain terms others")


def get_terms(table, columns, plain):
    """Return what is selected; plain columns beside each other are one term.

    :param columns: fields
    :param plain: those of them whose SQL is their name
    :return: tuple of SQL, and of the other fields at their place
    """
    ready, terms = [SQL.identifier(table, "id")], []
    for field in columns:
        if field in plain:
            ready.append(SQL.identifier(table, field.name))
            continue
        terms += [SQL(", ").join(ready), field] if ready else [field]
        ready = []
    return (*terms, SQL(", ").join(ready)) if ready else tuple(terms)


class Base(models.AbstractModel):
    """Every model: what is read of a row, and its SQL, is worked out once.

    To create and confirm one order, some 2,500 columns are read of customers, products,
    companies and so on. Odoo makes three SQL objects for each of them every time, and
    goes through all fields of a model to find those that are read together.
    """

    _inherit = "base"

    def _fetch_field(self, field):
        alone = not self.env.context.get("prefetch_fields", True)
        # Users may read more of themselves than of others, for example.
        differs = type(self)._has_field_access is not models.BaseModel._has_field_access
        if alone or differs or field.prefetch is not True:
            return super()._fetch_field(field)
        names = self._get_prefetched_names()
        return self.fetch(names if field.name in names else [*names, field.name])

    def _fetch_query(self, query, fields):
        plan = self._plan_fetching(tuple(fields))
        if plan is None:
            return super()._fetch_query(query, fields)
        for field in () if self.env.su else plan.plain:
            self._check_field_access(field, "read")
        terms = [
            term if isinstance(term, SQL) else self._get_fetched_column(term, query)
            for term in plan.terms
        ]
        rows = self.env.execute_query(query.select(*terms))
        if not rows:
            return self.browse()
        ids, *values = zip(*rows, strict=True)
        fetched = self.browse(ids)
        for field, found in zip(plan.columns, values, strict=True):
            # Without overwriting: what is known may wait to be written.
            field._insert_cache(fetched, found)
        for field in plan.others:
            field.read(fetched)
        return fetched

    def _get_fetched_column(self, field, query):
        """Return SQL that Odoo makes for this user and language."""
        sql = self._field_to_sql(self._table, field.name, query)
        if field.translate:
            # A value in English may wait to be written that others fall back to.
            return sql
        to_flush = [one for one in sql.to_flush if one != field]
        return SQL(sql.code, *sql.params, to_flush=to_flush)

    @api.model
    @ormcache("fields")
    def _plan_fetching(self, fields):
        """Return how to read these fields, None if that is left to Odoo."""
        known = dict.fromkeys(field for field in fields if field.name != "id")
        columns = tuple(field for field in known if field.column_type)
        plain = frozenset(filter(self._is_plain_column, columns))
        # Of files some callers want the size only.
        if not plain or any(field.type == "binary" for field in columns):
            return None
        others = tuple(field for field in known if not field.column_type)
        terms = get_terms(self._table, columns, plain)
        return Plan(columns, plain, terms, others)

    @api.model
    def _is_plain_column(self, field):
        """Return whether it is read as it is, by everybody and in every language."""
        if not field.column_type or field.company_dependent or field.type == "binary":
            return False
        # sudo: what a user may read is looked at with each reading.
        query = Query(self.env, self._table)
        sql = self.sudo()._field_to_sql(self._table, field.name, query)
        return sql == SQL.identifier(self._table, field.name)
