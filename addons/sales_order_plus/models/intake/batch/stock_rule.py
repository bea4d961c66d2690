from odoo import api, models

from .scope import get_batch


class StockRule(models.Model):
    """The rules of a product are found once a batch, not once a line."""

    _name = "stock.rule"
    _inherit = ["stock.rule", "sales.intake.remembered"]

    @api.model
    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        batch = get_batch()
        arguments = (groupby, aggregates, having, offset, limit, order)
        core = super()._read_group
        if batch is None:
            return core(domain, *arguments)
        groups, _domain = batch.recall(
            self._name,
            (self.env, repr(domain), repr(arguments)),
            lambda: (core(domain, *arguments), domain),
        )
        return groups
