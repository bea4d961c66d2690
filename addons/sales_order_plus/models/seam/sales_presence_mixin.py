from odoo import api, models
from odoo.tools import SQL, ormcache

KEY = "sales.presence.mixin"


class SalesPresenceMixin(models.AbstractModel):
    """Records that most companies never have, such as territories.

    They are asked for with every order. Where there are none at all, it costs
    nothing to find out: the first question of a transaction answers all of them, and
    leaves out the tables that nobody has ever written to.
    """

    _name = "sales.presence.mixin"
    _description = "Optional Records"

    @api.model
    def _has_records(self):
        """Return whether the table holds any record, of whatever company."""
        return self._name in self._get_presence()

    @api.model
    def _is_empty_table(self):
        """Return whether there is no row at all, not only none that counts."""
        if self._has_records():
            return False
        return self._get_presence_condition() == SQL("TRUE")

    @api.model
    def _get_presence(self):
        """Return {name: version} of the models that have records."""
        memory = self.env.cr.cache
        if KEY not in memory:
            memory[KEY] = self.env[KEY]._find_filled_models()
        return memory[KEY]

    @api.model
    def _forget_presence(self):
        self.env.cr.cache.pop(KEY, None)

    # === The question === #

    @api.model
    def _find_filled_models(self):
        """One query for all; the transaction sees one snapshot, so it stays true."""
        for name in self._get_presence_models():
            self.env[name]._flush_presence()
        names, query = self._get_presence_query()
        [(has_grown, *row)] = self.env.execute_query(query)
        if has_grown:
            self.env.registry.clear_cache()
            names, query = self._get_presence_query()
            [(_has_grown, *row)] = self.env.execute_query(query)
        found = zip(names, row, strict=True)
        return {name: None if v is True else v for name, v in found if v}

    @api.model
    @ormcache()
    def _get_presence_query(self):
        """Return (names, SQL of whether another table has rows now, and of their values).

        Whatever a transaction sees is asked about: the file of a table grows with its
        first row, for everybody and before anything is committed. To look at the sizes
        is much cheaper than to plan as many searches.
        """
        asked = self._get_presence_columns()
        others = [oid for oid, written in self._find_tables().values() if not written]
        has_grown = SQL(
            "EXISTS (SELECT FROM unnest(%s::oid[]) AS t(id)"
            " WHERE pg_relation_size(id) > 0)",
            others,
        )
        # One row: PostgreSQL plans many selects six times as long as many columns.
        columns = SQL(", ").join([has_grown, *asked.values()])
        return tuple(asked), SQL("SELECT %s", columns)

    @api.model
    def _get_presence_columns(self):
        """Return {name of the model: SQL of its version, or of whether it has records}.

        The SQL is the same in every transaction.
        """
        names = self._get_written_models()
        return {name: self.env[name]._get_presence_column() for name in names}

    @api.model
    def _get_written_models(self):
        """Return the names of the models whose tables ever had a row."""
        tables = self._find_tables()
        return tuple(
            name
            for name in self._get_presence_models()
            if tables[self.env[name]._table][1]
        )

    @api.model
    @ormcache()
    def _find_tables(self):
        """Return {name of the table: (its oid, whether it ever had a row)}."""
        query = SQL(
            "SELECT relname, oid, pg_relation_size(oid) > 0 FROM pg_class"
            " WHERE relname = ANY(%s) AND relnamespace = current_schema::regnamespace",
            [self.env[name]._table for name in self._get_presence_models()],
        )
        rows = self.env.execute_query(query)
        return {table: (oid, written) for table, oid, written in rows}

    @api.model
    @ormcache()
    def _get_presence_models(self):
        names = self.env.registry.descendants([KEY], "_inherit")
        return tuple(name for name in names if not self.env[name]._abstract)

    # === What a model tells of itself === #

    @api.model
    def _get_presence_column(self):
        exists = SQL(
            "EXISTS (SELECT FROM %s WHERE %s)",
            SQL.identifier(self._table),
            self._get_presence_condition(),
        )
        version = self._get_presence_version()
        return SQL("CASE WHEN %s THEN %s END", exists, version) if version else exists

    @api.model
    def _get_presence_condition(self):
        """Return which rows count, in SQL."""
        return SQL("TRUE")

    @api.model
    def _get_presence_version(self):
        """Return what tells one content of the table from another, in SQL; or nothing."""
        return

    @api.model
    def _flush_presence(self):
        """Write what is pending and decides which rows count, or their version."""

    # === What changes it === #

    @api.model
    def _create(self, data_list):
        # Before the constraints look at what is created.
        if self._get_presence_version() is None:
            self.env.cr.cache.get(KEY, {}).setdefault(self._name)
        else:
            self._forget_presence()
        return super()._create(data_list)
