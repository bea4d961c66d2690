from odoo import models

from ...exceptions import BundleChoiceError, SelfServiceRefusedError
from ..sales_subscription_state import LIVE_STATES


class SalesSubscription(models.Model):
    """Choosing what is in a bundle, by colleagues and by customers."""

    _inherit = "sales.subscription"

    def choose_bundle(self, *, line_id: int, item_ids: list[int]):
        """Choose what is in a bundle from the next order on.

        :param int line_id: line of the subscription that sells a combo product
        :param list item_ids: ids of ``product.combo.item``, all of them anew
        :return: the unit price from then on, in the subscription's currency
        :raise BundleChoiceError: if it is no bundle, or the plan wants another number
        """
        self.ensure_one()
        self.check_access("write")
        line = self._get_bundle_line(line_id)
        line._choose(self.env["product.combo.item"].browse(item_ids).exists())
        return line.price_unit

    def _get_bundle_line(self, line_id):
        line = self.line_ids.filtered(lambda one: one.id == line_id and one.is_bundle)
        if not line:
            raise BundleChoiceError(
                self.env._("%(name)s: nothing is chosen there.", name=self.name)
            )
        return line

    def _get_self_service(self):
        may = super()._get_self_service()
        plan, live = self.plan_id, self.state in LIVE_STATES
        if plan.allow_bundle and live and any(self.line_ids.mapped("is_bundle")):
            may.add("bundle")
        return may

    def _customer_choose(self, line_id, item_ids):
        """The customer chooses what is in his bundle."""
        self._check_self_service("bundle")
        items = self.env["product.combo.item"].browse(item_ids).exists()
        if len(items) != len(item_ids):
            raise SelfServiceRefusedError(
                self.env._("What you chose is not offered any more. Choose again.")
            )
        self._get_bundle_line(line_id)._choose(items)
