from odoo import api, models

from ...exceptions import AppendOnlyError


class SalesAppendOnlyMixin(models.AbstractModel):
    """Rows that are only ever added: by code alone, for everybody, also as superuser."""

    _name = "sales.append.only.mixin"
    _description = "Append-only Records"

    @api.model
    def _get_append_only_texts(self):
        """Return what is said to who wants to change, and to delete a row."""
        return (
            self.env._("What is kept here cannot be changed; add a new one."),
            self.env._("What is kept here cannot be deleted."),
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise AppendOnlyError(self._get_append_only_texts()[0])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise AppendOnlyError(self._get_append_only_texts()[1])
