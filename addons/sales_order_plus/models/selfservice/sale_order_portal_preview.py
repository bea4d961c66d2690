from odoo import models

from ..seam.hashing import get_hash


class SaleOrder(models.Model):
    """What a request would bring, the same way for all of them."""

    _inherit = "sale.order"

    def _get_self_service(self):
        """Return {what: whether its button is on the customer's page of this order}."""
        self.ensure_one()
        return {}

    def _prepare_portal_preview(self, lines, amounts, texts):
        """Return a preview for the page and for programs.

        :param list lines: dicts with ``what``, ``before`` and ``after``
        :param list amounts: ``(name, label, amount in the currency of the order, and
            whether it matters most)``
        :param list texts: sentences for the customer
        :return: dict with ``lines``, ``amounts``, ``texts``, ``currency`` and
            ``shown``, which is another text as soon as anything of it is
        """
        self.ensure_one()
        rows = [
            {"name": name, "label": label, "amount": amount, "strong": strong}
            for name, label, amount, strong in amounts
        ]
        data = {"lines": lines, "amounts": rows, "texts": texts}
        currency = self.currency_id.name or ""
        return {**data, "currency": currency, "shown": get_hash(data)[:24]}
