from odoo import models

from .reading import reading


class SaleOrder(models.Model):
    """Reading the form of an order: nothing twice, and nothing of empty tables."""

    _inherit = "sale.order"

    def web_read(self, specification):
        self._skip_empty_tables(specification)
        with reading():
            return super().web_read(specification)

    def _skip_empty_tables(self, names):
        """Give fields that list records of ours the answer where there are none."""
        presence = self.env.registry["sales.presence.mixin"]
        orders = self.browse(self._origin._ids)
        for name in names:
            field = self._fields.get(name)
            if field is None or field.type not in ("one2many", "many2many"):
                continue
            others = self.env[field.comodel_name]
            stored = field.store or field.type == "one2many" and not field.compute
            if stored and isinstance(others, presence) and others._is_empty_table():
                field._insert_cache(orders, [()] * len(orders))
