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
        files, file_of = self._find_files(), self._get_presence_files()
        columns = self._get_presence_columns()
        asked = {n: one for n, one in columns.items() if file_of[n] not in files}
        # A file that is gone, as an index that was built anew, is looked up again.
        has_grown = SQL(
            "EXISTS (SELECT FROM unnest(%s::oid[], %s::int[]) AS t(id, empty)"
            " WHERE (pg_relation_size(id) > empty) IS NOT FALSE)",
            [oid for oid, _empty in files.values()],
            [empty for _oid, empty in files.values()],
            to_flush=[field for one in columns.values() for field in one.to_flush],
        )
        # One row: PostgreSQL plans many selects six times as long as many columns.
        row = SQL(", ").join([has_grown, *asked.values()])
        return tuple(asked), SQL("SELECT %s", row)

    @api.model
    def _get_presence_columns(self):
        """Return {what is asked for: SQL of its version, or of whether there is any}.

        The SQL is the same in every transaction.
        """
        names = self._get_presence_models()
        return {name: self.env[name]._get_presence_column() for name in names}

    @api.model
    def _get_presence_files(self):
        """Return {what is asked for: the table, or the partial index, of its rows}."""
        names = self._get_presence_models()
        return {name: self.env[name]._table for name in names}

    @api.model
    @ormcache()
    def _find_files(self):
        """Return {table or index: (oid, bytes it has now)} of those that had no row yet."""
        # An index begins with a block that tells of itself.
        query = SQL(
            "SELECT relname, oid, empty FROM pg_class, LATERAL (SELECT CASE relkind"
            " WHEN 'i' THEN current_setting('block_size')::int ELSE 0 END) AS t(empty)"
            " WHERE relname = ANY(%s) AND relnamespace = current_schema::regnamespace"
            " AND pg_relation_size(oid) <= empty",
            list(self._get_presence_files().values()),
        )
        rows = self.env.execute_query(query)
        return {name: (oid, empty) for name, oid, empty in rows}

    @api.model
    @ormcache()
    def _get_presence_models(self):
        names = self.env.registry.descendants([KEY], "_inherit")
        return tuple(name for name in names if not self.env[name]._abstract)

    # === What a model tells of itself === #

    @api.model
    def _get_presence_column(self):
        return self._get_presence_version() or SQL(
            "EXISTS (SELECT FROM %s WHERE %s)",
            SQL.identifier(self._table),
            self._get_presence_condition(),
        )

    @api.model
    def _get_presence_condition(self):
        """Return which rows count, in SQL."""
        return SQL("TRUE")

    @api.model
    def _get_presence_version(self):
        """Return SQL of what tells one content of the table from another; or nothing.

        It is NULL where there is no row that counts.
        """
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
