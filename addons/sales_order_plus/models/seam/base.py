from odoo import api, models
from odoo.tools import frozendict, ormcache

from .lookups import forget_lookups, is_tested, keep_lookups


class Base(models.AbstractModel):
    """Every model: what is asked of it thousands of times."""

    _inherit = "base"

    @classmethod
    def mro(cls):
        """Return the classes of the model in the order methods are looked up.

        Odoo asks this twice in every call over RPC to see whether a method is private.
        ``type.mro`` works the order out anew each time, which for a model extended by
        many addons takes milliseconds; Python keeps the very same list.

        :return: list of classes, the one of the model first
        """
        return list(cls.__mro__)

    @api.model
    @ormcache("self.env.su or self.env.user._get_group_ids()")
    def _get_prefetched_names(self):
        """Return the names of the fields that reading one of them fetches with it.

        :return: frozendict with the names as keys, in Odoo's order; the same for all
            users in the same groups
        """
        names = (
            name
            for name, field in self._fields.items()
            if field.prefetch is True and self._has_field_access(field, "read")
        )
        return frozendict(dict.fromkeys(names))

    def _register_hook(self):
        """Keep the methods of the model at hand (see ``lookups``)."""
        super()._register_hook()
        if not is_tested():
            keep_lookups(type(self))

    def _unregister_hook(self):
        """Let the bases speak while the model is set up anew."""
        super()._unregister_hook()
        forget_lookups(type(self))
