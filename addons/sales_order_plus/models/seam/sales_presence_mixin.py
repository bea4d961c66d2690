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
        if self._has_records():
            return False
        return self._get_presence_condition() == SQL("TRUE")

    @api.model
    def _get_presence(self):
        """Return {name: version} of the models that have records."""
        # Cleared by Odoo with each commit and rollback, unlike the cursor's cache.
        memory = self.env.cr.postcommit.data
        if KEY not in memory:
            memory[KEY] = self._find_filled_models()
        return memory[KEY]

    @api.model
    def _find_filled_models(self):
        """One query for all; the transaction sees one snapshot, so it stays true."""
        asked = self.env[KEY]._get_presence_columns()
        # One row: PostgreSQL plans fifty selects six times as long as fifty columns.
        query = SQL("SELECT %s", SQL(", ").join(asked.values()))
        [row] = self.env.execute_query(query) if asked else [()]
        found = zip(asked, row, strict=True)
        return {name: None if v is True else v for name, v in found if v}

    @api.model
    def _get_presence_columns(self):
        """Return {name of the model: SQL of its version, or of whether it has records}.

        Models whose table has no page are left out: there is no row in it, whoever
        looks. To ask for the size is much cheaper than to plan a search.
        """
        names = self._get_presence_tables()
        query = SQL(
            "SELECT name FROM unnest(%s) AS name"
            " WHERE pg_relation_size(to_regclass(name)) > 0",
            list(names),
        )
        rows = self.env.execute_query(query)
        models_ = [self.env[names[table]] for (table,) in rows]
        return {model._name: model._get_presence_column() for model in models_}

    @api.model
    @ormcache()
    def _get_presence_tables(self):
        """Return {table: name of its model} of all models that are asked about."""
        names = self.env.registry.descendants([KEY], "_inherit")
        models_ = [self.env[name] for name in names if not self.env[name]._abstract]
        return {model._table: model._name for model in models_}

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
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        """Where there is no row, nothing is searched; who may not read is refused."""
        if not self._is_empty_table():
            return super()._search(
                domain,
                offset,
                limit,
                order,
                active_test=active_test,
                bypass_access=bypass_access,
            )
        if not (self.env.su or bypass_access):
            self.browse().check_access("read")
        return self.browse()._as_query()

    @api.model
    def _create(self, data_list):
        # Before the constraints look at what is created.
        self.env.cr.postcommit.data.get(KEY, {}).setdefault(self._name)
        return super()._create(data_list)

    @api.model
    def _forget_presence(self):
        self.env.cr.postcommit.data.pop(KEY, None)
