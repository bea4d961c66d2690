from odoo import models

from .reading import forget_groups, recall_groups


class ResUsers(models.Model):
    """Groups are looked up once while a screen is read, not once a value.

    Odoo asks for the groups of a field each time it reads one of its values; most
    fields of ours have groups, and a list shows them for eighty orders. So it is while
    orders are taken in or confirmed.
    """

    _inherit = "res.users"

    def has_groups(self, group_spec):
        known = recall_groups()
        if known is None:
            return super().has_groups(group_spec)
        key = (self._ids, group_spec)
        found = known.get(key)
        if found is None:
            found = known[key] = super().has_groups(group_spec)
        return found

    def write(self, vals):
        result = super().write(vals)
        forget_groups()
        return result


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        result = super().write(vals)
        forget_groups()
        return result
