from contextlib import contextmanager

from odoo import api, models

from .scope import get_batch


class SalesIntakeRemembered(models.AbstractModel):
    """Settings that core asks for again with every order of a batch.

    A search is answered from memory if the same one was made before in the same
    environment, and so is whether a record exists; writing to the model makes it
    forget. The transaction sees one snapshot, so nobody else can change the answer
    meanwhile.
    """

    _name = "sales.intake.remembered"
    _description = "Remembered While Orders Are Taken In"

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        batch = get_batch()
        if batch is None or field_names or field_names is None:
            return super().search_fetch(domain, field_names, offset, limit, order)
        core = super().search_fetch
        # The domain is kept: what its text names must not become something else.
        ids, _domain = batch.recall(
            self._name,
            (self.env, repr(domain), offset, limit, order),
            lambda: (core(domain, field_names, offset, limit, order)._ids, domain),
        )
        return self.browse(ids)

    def exists(self):
        batch = get_batch()
        core = super().exists
        if batch is None:
            return core()
        key = ("exists", self._ids)
        return self.browse(batch.recall(self._name, key, lambda: core()._ids))

    @api.model_create_multi
    def create(self, vals_list):
        with self._changing():
            return super().create(vals_list)

    def write(self, vals):
        with self._changing():
            return super().write(vals)

    def unlink(self):
        with self._changing():
            return super().unlink()

    @api.model
    @contextmanager
    def _changing(self):
        """Forget what was found before, and what is found while it changes."""
        batch = get_batch()
        if batch:
            batch.forget(self._name)
        try:
            yield
        finally:
            if batch:
                batch.forget(self._name)
