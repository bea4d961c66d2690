from odoo import models


class Base(models.AbstractModel):
    """Every model: what each call from outside asks of it."""

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
