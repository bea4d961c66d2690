from odoo import api, models
from odoo.tools import SQL, ormcache

KEY = "sales.presence.mixin"
NOTES = "ARRAY(SELECT name FROM sales_presence)"


class SalesPresenceMixin(models.AbstractModel):
    """Records that most companies never have, such as territories.

    They are asked for with every order. Where there never were any, it costs nothing
    to find out: the database notes the first record of each kind, whoever writes it,
    and the first question of a transaction reads all of these notes.
    """

    _name = "sales.presence.mixin"
    _description = "Optional Records"

    # The yes/no field that must be set for a record to count; all of them do without.
    _presence_field = None

    def init(self):
        super().init()
        if not self._abstract:
            presence = self.env["sales.presence"]
            presence._watch(self._name, self._table, self._presence_field)

    @api.model
    def _has_records(self):
        """Return whether there may be a record that counts, of whatever company.

        The note of the database stays when they are deleted; kinds with a version (see
        :meth:`_get_presence_version`) are looked at besides.
        """
        return self._name in self._get_presence()

    @api.model
    def _is_empty_table(self):
        """Return whether there is no row at all, not only none that counts."""
        return not (self._presence_field or self._has_records())

    @api.model
    def _get_presence(self):
        """Return {name: version} of the models that have records.

        The transaction sees one snapshot, so it stays true.
        """
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
        for name, fields in self._get_pending_fields():
            self.env[name].flush_model(fields)
        versions, query = self._get_presence_query()
        [(notes, *found)] = self.env.execute_query(query)
        if not self._get_versioned_models().intersection(notes) <= versions.keys():
            self.env.registry.clear_cache()
            return self._find_filled_models()
        filled = dict.fromkeys(notes)
        for name, version in zip(versions, found, strict=True):
            if version is None:
                filled.pop(name, None)
            else:
                filled[name] = version
        return filled

    @api.model
    @ormcache()
    def _get_presence_query(self):
        """Return ({model: SQL of its version}, SQL of all notes and these versions).

        Only models with records are asked for their version; when another one gets
        its first record, the query is made anew.
        """
        [(notes,)] = self.env.execute_query(SQL("SELECT %s", SQL(NOTES)))
        names = sorted(self._get_versioned_models() & set(notes))
        versions = {name: self.env[name]._get_presence_version() for name in names}
        return versions, SQL(
            "SELECT %s", SQL(", ").join([SQL(NOTES), *versions.values()])
        )

    @api.model
    @ormcache()
    def _get_versioned_models(self):
        return {
            name
            for name in self._get_presence_models()
            if self.env[name]._get_presence_version()
        }

    @api.model
    @ormcache()
    def _get_pending_fields(self):
        """Return [(model, fields)] whose pending changes decide what is found.

        None for the fields: all of them.
        """
        pending = []
        for name in self._get_presence_models():
            model = self.env[name]
            if model._presence_field:
                pending.append((name, [model._presence_field]))
            elif model._get_presence_version():
                pending.append((name, None))
        return pending

    @api.model
    @ormcache()
    def _get_presence_models(self):
        names = self.env.registry.descendants([KEY], "_inherit")
        return tuple(name for name in names if not self.env[name]._abstract)

    @api.model
    def _get_presence_version(self):
        """Return SQL of what tells one content of the table from another; or nothing.

        It is NULL where there is no row that counts.
        """
        if not self._presence_field:
            return None
        table, counts = (
            SQL.identifier(self._table),
            SQL.identifier(self._presence_field),
        )
        return SQL("(SELECT TRUE FROM %s WHERE %s LIMIT 1)", table, counts)

    # === What changes it === #

    @api.model
    def _create(self, data_list):
        # Before the constraints look at what is created.
        if self._get_presence_version() is None:
            self.env.cr.cache.get(KEY, {}).setdefault(self._name)
        else:
            self._forget_presence()
        return super()._create(data_list)
