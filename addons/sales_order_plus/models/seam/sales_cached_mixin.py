from odoo import api, models
from odoo.tools import SQL


class SalesCachedMixin(models.AbstractModel):
    """A few records that every order asks for: read once, then kept by ``ormcache``.

    Clearing the cache when they change is not enough. A transaction that began before
    the change was committed still reads the old records and would fill the cache with
    them again, for everybody. So the version of the table that this transaction sees is
    part of the key: ``@ormcache("self._get_version()")``.
    """

    _name = "sales.cached.mixin"
    _inherit = ["sales.presence.mixin"]
    _description = "Cached Records"

    @api.model
    def _get_version(self):
        """Return the version of the table in this transaction, None if it is empty."""
        return self._get_presence().get(self._name)

    @api.model
    def _get_presence_version(self):
        # Every change of a row gives it the number of the transaction that made it,
        # also where two of them end in another order than they began. What is not
        # committed has a version of its own, so nobody else ever meets it.
        return SQL(
            "(SELECT count(*) || ':' || sum(hashint8extended(id, xmin::text::int8))"
            " FROM %s)",
            SQL.identifier(self._table),
        )

    def _read_columns(self, names):
        """Return what the cache keeps of these records, for :meth:`_remember_columns`.

        :param names: fields whose values are the same for everybody
        :return: (ids, {name: values in the order of the ids})
        """
        columns = {}
        for name in names:
            field = self._fields[name]
            columns[name] = tuple(
                field.convert_to_cache(record[name], record) for record in self
            )
        return self._ids, columns

    @api.model
    def _remember_columns(self, ids, columns):
        """Give records the values they have in the database, without asking it.

        Nothing is overwritten: what the cache knows already stays.
        """
        records = self.browse(ids)
        for name, values in columns.items():
            self._fields[name]._insert_cache(records, values)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget_cached()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget_cached()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_cached()
        return result

    @api.model
    def _forget_cached(self):
        """Two changes of one transaction have the same version, so it is cleared too."""
        self._forget_presence()
        self.env.registry.clear_cache()
