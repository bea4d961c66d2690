from odoo import api, models

CHANGED = "sales_approval/updated"


class SalesApprovalRequest(models.Model):
    """The counters of approvers, in every tab they have open."""

    _inherit = "sales.approval.request"

    @api.model
    @api.readonly
    def get_counters(self):
        """Return how much waits for the calling user, with one query.

        :return: dictionary with ``to_approve`` (all) and ``overdue`` (of these)
        """
        if not self.has_access("read"):
            return {"to_approve": 0, "overdue": 0}
        counts = dict(
            self._read_group(
                self._get_votable_domain(),
                groupby=["due_state"],
                aggregates=["__count"],
            )
        )
        return {
            "to_approve": sum(counts.values()),
            "overdue": counts.get("overdue", 0),
        }

    @api.model
    def _announce(self, users):
        """Have the tabs of ``users`` count again once this transaction is committed.

        Many changes of one transaction become one message a user. It holds nothing:
        each tab asks with the rights of its user.
        """
        if not users:
            return
        delegations = self.env["sales.approval.delegation"]._get_current(users=users)
        data = self.env.cr.precommit.data
        if CHANGED not in data:
            data[CHANGED] = set()
            self.env.cr.precommit.add(self._send_announcements)
        data[CHANGED].update((users | delegations.delegate_id).ids)

    @api.model
    def _send_announcements(self):
        ids = self.env.cr.precommit.data.pop(CHANGED, ())
        # sudo: whoever decides need not read the users whose counters change.
        self.env["res.users"].sudo().browse(ids)._bus_send(CHANGED, {})


class SalesApprovalLine(models.Model):
    _inherit = "sales.approval.line"

    def write(self, vals):
        if {"state", "approver_ids"}.isdisjoint(vals):
            return super().write(vals)
        before = self._get_asked_users()
        result = super().write(vals)
        self.env["sales.approval.request"]._announce(before | self._get_asked_users())
        return result

    def _get_asked_users(self):
        return self.filtered(lambda line: line.state == "open").approver_ids


class SalesApprovalVote(models.Model):
    _inherit = "sales.approval.vote"

    @api.model_create_multi
    def create(self, vals_list):
        votes = super().create(vals_list)
        self.env["sales.approval.request"]._announce(
            votes.user_id | votes.on_behalf_of_id
        )
        return votes


class SalesApprovalDelegation(models.Model):
    _inherit = "sales.approval.delegation"

    def _ask_delegates(self):
        result = super()._ask_delegates()
        self.env["sales.approval.request"]._announce(self.delegate_id)
        return result
