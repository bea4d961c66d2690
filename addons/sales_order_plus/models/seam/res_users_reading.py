from odoo import models

from .reading import is_reading, once


class ResUsers(models.Model):
    """Groups are looked up once while a screen is read, not once a value.

    Odoo asks for the groups of a field each time it reads one of its values; most
    fields of ours have groups, and a list shows them for eighty orders.
    """

    _inherit = "res.users"

    def has_groups(self, group_spec):
        has_groups = super().has_groups
        if not is_reading():
            return has_groups(group_spec)
        key = ("groups", self._ids, group_spec)
        return once(key, lambda: has_groups(group_spec))
