from collections import defaultdict

from odoo import fields, models

from ..seam.sales_guard_mixin import Finding
from .sale_order_quotation import OPEN_STATES


class SaleOrder(models.Model):
    """Alternatives: several quotations of which the customer takes one.

    Orders are alternatives when they are linked, directly or over others. The guard
    lets only one of them become an order, whoever tries and by whatever way.
    """

    _inherit = "sale.order"

    alternative_count = fields.Integer(
        string="Alternatives",
        compute="_compute_order_links",
        groups="base.group_user",
        help="Other quotations of which the customer takes only one.",
    )

    def _count_links(self, rows):
        super()._count_links(rows)
        alternatives = self._get_alternatives(rows)
        for order in self:
            order.alternative_count = len(alternatives[order])

    def _get_alternatives(self, rows=None):
        """Return {order: the other orders of its group}, whoever may read them.

        An alternative of a colleague is an alternative nevertheless.

        :param rows: what ``_get_link_rows`` returned for these orders already
        """
        if rows is None:
            rows = self._get_link_rows(family=False)
        neighbours = defaultdict(set)
        for one, two, kind in rows:
            if kind == "alternative":
                neighbours[one].add(two)
                neighbours[two].add(one)
        return {
            order: self.browse(_get_component(order._origin.id, neighbours))
            for order in self
        }

    # === The gate === #

    def _get_guard_findings(self, operation, baseline=None):
        findings = dict(super()._get_guard_findings(operation, baseline))
        if operation != "confirm":
            return findings
        for order, alternatives in self._get_alternatives().items():
            # sudo: it may be the order of a colleague.
            taken = alternatives.sudo().filtered(lambda other: other.state == "sale")
            if taken:
                finding = self._get_alternative_finding(taken[0])
                findings[order.id] = [*findings.get(order.id, ()), finding]
        return findings

    def _get_alternative_finding(self, taken):
        message = self.env._(
            "The customer took the alternative %(name)s. Cancel that order before you "
            "confirm this one.",
            name=taken.name,
        )
        return Finding("alternative_taken", message, "block")

    def _after_state(self, state):
        super()._after_state(state)
        if state == "sale":
            self._cancel_alternatives()

    def _cancel_alternatives(self):
        """Cancel what the customer did not take.

        Two alternatives confirmed at the same moment both write both rows: the
        database refuses one of the two, and its second try meets the guard.
        """
        for order, alternatives in self._get_alternatives().items():
            # sudo: they may be the quotations of a colleague.
            others = alternatives.sudo().filtered(lambda o: o.state in OPEN_STATES)
            for other in others:
                other._action_cancel()
                other.message_post(
                    body=self.env._(
                        "Cancelled: the customer took the alternative %(name)s.",
                        name=order.name,
                    )
                )

    # === Actions === #

    def action_new_alternative(self):
        """Make another quotation of which the customer takes either this one or that.

        :return: action that opens the new quotation
        :raise QuotationError: if it is no quotation any more
        """
        self.ensure_one()
        self._ensure_open(self.env._("offer an alternative"))
        other = self.copy()
        self.env["sales.order.link"]._link(self, other, "alternative")
        other._log_event("quotation.alternative", alternative_to=self.name)
        return other._get_form_action()

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_view_alternatives(self):
        """Open the alternatives of this quotation.

        :return: window action
        """
        self.ensure_one()
        others = self._get_alternatives()[self]
        if len(others) == 1:
            return others._get_form_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Alternatives"),
            "res_model": self._name,
            "domain": [("id", "in", others.ids)],
            "views": [
                (self.env.ref("sale.view_quotation_tree").id, "list"),
                (False, "kanban"),
                (False, "form"),
            ],
            "mobile_view_mode": "kanban",
        }


def _get_component(id_, neighbours):
    """Return the ids that can be reached from ``id_``, without itself."""
    seen, waiting = {id_}, [id_]
    while waiting:
        for other in neighbours.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return sorted(seen - {id_})
