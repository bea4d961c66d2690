from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models

_none_apply = ContextVar("sales_no_analytic_distribution", default=False)


class AccountAnalyticDistributionModel(models.Model):
    """Core searches these twice for each line; where there are none, once is enough."""

    _inherit = "account.analytic.distribution.model"

    @api.model
    @contextmanager
    def _remember_none(self):
        """Within the block, do not search again if there is no model at all."""
        # sudo: the stored fields that search them are computed so as well.
        token = _none_apply.set(not self.sudo().search_count([], limit=1))
        try:
            yield
        finally:
            _none_apply.reset(token)

    def _get_applicable_models(self, vals):
        if _none_apply.get():
            return self.browse()
        return super()._get_applicable_models(vals)
