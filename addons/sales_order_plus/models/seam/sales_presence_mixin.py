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
        unconditional = self._get_presence_condition() == SQL("TRUE")
        return unconditional and not self._has_records()

    @api.model
    def _get_presence(self):
        """Return {name: version} of the models that have records."""
        memory = self.env.cr.cache
        if KEY not in memory:
            memory[KEY] = self._find_filled_models()
        return memory[KEY]

    @api.model
    def _find_filled_models(self):
        """One query for all; the transaction sees one snapshot, so it stays true."""
        asked = self.env[KEY]._get_presence_columns()
        # One row: PostgreSQL plans many selects six times as long as many columns.
        query = SQL("SELECT %s", SQL(", ").join(asked.values()))
        [row] = self.env.execute_query(query)
        found = zip(asked, row, strict=True)
        return {name: None if v is True else v for name, v in found if v}

    @api.model
    def _get_presence_columns(self):
        """Return {name of the model: SQL of its version, or of whether it has records}."""
        names = self.env[KEY]._get_written_models()
        return {name: self.env[name]._get_presence_column() for name in names}

    @api.model
    @ormcache()
    def _get_written_models(self):
        """Return the names of the models whose tables ever had a row.

        The file of a table grows with its first row, for everybody and before anything
        is committed. So this never lags behind what a transaction sees, unlike records
        that are kept; what was deleted, or never committed, the query tells.
        """
        names = self.env.registry.descendants([KEY], "_inherit")
        models_ = [self.env[name] for name in names if not self.env[name]._abstract]
        query = SQL(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s)"
            " AND relnamespace = current_schema::regnamespace"
            " AND pg_relation_size(oid) > 0",
            [model._table for model in models_],
        )
        written = {table for [table] in self.env.execute_query(query)}
        return tuple(model._name for model in models_ if model._table in written)

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

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # Of a table that has rows already, one more tells nothing new.
        if self._name not in self.env.cr.cache.get(KEY, ()):
            self._forget_presence()
            self._announce_first()
        return records

    @api.model
    def _announce_first(self):
        """Have every process look again which tables have rows, before it is committed.

        Whoever begins later sees the record, and looks; whoever began earlier does not.
        """
        if self._name in self.env[KEY]._get_written_models():
            return
        self.env.registry.clear_cache()
        # Nobody serves yet while addons are installed.
        if self.env.registry.ready:
            self.env.registry.signal_changes()

    @api.model
    def _forget_presence(self):
        self.env.cr.cache.pop(KEY, None)
