from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesSubscriptionChange(models.Model):
    """Moves to another plan that belong to a migration."""

    _inherit = "sales.subscription.change"

    migration_id = fields.Many2one(
        "sales.plan.migration",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="Migration of a plan it belongs to.",
    )

    def _get_plan_refusal(self):
        """A migration says by itself which plans may follow each other."""
        old = self.subscription_id.plan_id
        if self.sudo().migration_id and self.plan_id != old:
            return False
        return super()._get_plan_refusal()

    def _amend_plan(self):
        lines = self.subscription_id.line_ids
        prices = {line: line.price_unit for line in lines}
        super()._amend_plan()
        if self.sudo().migration_id.keep_prices:
            self.env.flush_all()
            for line, price in prices.items():
                line.price_unit = price


class SalesSubscription(models.Model):
    _inherit = "sales.subscription"

    @api.model
    def _parse_domain(self, text):
        """Return the domain that ``text`` is, as a list.

        :raise ValidationError: if it is none
        """
        try:
            domain = literal_eval((text or "").strip() or "[]")
            self._search(domain, limit=1)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(
                self.env._("Which: %(text)s is no filter of subscriptions.", text=text)
            ) from error
        return domain
