from odoo import api, models
from odoo.fields import Domain


class SalesApprovalRequest(models.Model):
    """What waits for somebody, as a domain."""

    _inherit = "sales.approval.request"

    @api.model
    def _search_can_vote(self, operator, values):
        if operator != "in":
            return NotImplemented
        domain = self._get_votable_domain()
        return domain if True in values else ~domain

    @api.model
    def _get_votable_domain(self):
        """Return the domain of what :meth:`_get_vote_refusal` does not refuse.

        The few that ask the user are looked for first, and whose they are is asked of
        them alone: what it costs does not grow with the orders of the company.
        """
        # sudo: what waits for somebody does not depend on what else he may read.
        asking = self.sudo()._search(self._get_asking_domain())
        ids = tuple(asking)
        return Domain("id", "in", ids) & self._get_document_domain(
            self._get_not_his_own_domain(ids)
        )

    @api.model
    def _get_asking_domain(self):
        """Return the domain of what asks the user, his own among it."""
        uid = self.env.uid
        current = self._get_delegations(self.env.user)
        asked = Domain("state", "=", "open") & (
            Domain("approver_ids", "in", [uid]) | current._get_line_domain()
        )
        own = Domain("user_id", "=", uid) | Domain("on_behalf_of_id", "=", uid)
        reused = Domain("reused_from_id.vote_ids", "any!", own)
        return (
            Domain("state", "=", "pending")
            & Domain("line_ids", "any!", asked)
            & ~Domain("vote_ids", "any!", own)
            & ~Domain("line_ids", "any!", reused)
            & Domain("requester_id", "!=", uid)
        )

    @api.model
    def _get_not_his_own_domain(self, ids):
        """Return the domain of orders, of those of the requests ``ids``, of others."""
        uid = self.env.uid
        # sudo: as above.
        orders = self.sudo()._search([("id", "in", ids)]).subselect("sale_order_id")
        lines = self.env["sale.order.line"].sudo()
        edited = lines._search([("order_id", "in", orders), ("write_uid", "=", uid)])
        return (
            Domain("user_id", "!=", uid)
            & Domain("create_uid", "!=", uid)
            & Domain("id", "not in", edited.subselect("order_id"))
        )

    @api.model
    def _get_document_domain(self, order_domain):
        """Return the domain of requests whose document is nobody's own."""
        return Domain("sale_order_id", "any!", order_domain)
