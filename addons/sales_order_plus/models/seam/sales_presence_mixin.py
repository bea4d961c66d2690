from odoo import api, models
from odoo.tools import SQL, ormcache

KEY = "sales.presence.mixin"


class SalesPresenceMixin(models.AbstractModel):
    """Records that most companies never have, such as territories.

    They are asked for with every order. Where there are none at all, it costs
    nothing to find out: the first question of a transaction answers all of them.
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
        mixin = self.env[KEY]
        for name in mixin._get_presence_models():
            self.env[name]._flush_presence()
        names, query = mixin._get_presence_query()
        [row] = self.env.execute_query(query)
        found = zip(names, row, strict=True)
        return {name: None if v is True else v for name, v in found if v}

    @api.model
    @ormcache()
    def _get_presence_query(self):
        """Return (names, SQL of the values they have in this transaction)."""
        asked = self._get_presence_columns()
        # One row: PostgreSQL plans fifty selects six times as long as fifty columns.
        return tuple(asked), SQL("SELECT %s", SQL(", ").join(asked.values()))

    @api.model
    @ormcache()
    def _get_presence_models(self):
        names = self.env.registry.descendants([KEY], "_inherit")
        return tuple(name for name in names if not self.env[name]._abstract)

    @api.model
    def _get_presence_columns(self):
        """Return {name of the model: SQL of its version, or of whether it has records}.

        The SQL is the same in every transaction.
        """
        names = self._get_presence_models()
        return {name: self.env[name]._get_presence_column() for name in names}

    @api.model
    def _flush_presence(self):
        """Write what is pending and decides which rows count, or their version."""

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
        return records

    @api.model
    def _forget_presence(self):
        self.env.cr.cache.pop(KEY, None)
