from odoo import models
from odoo.fields import Command


class SalesApprovalRequest(models.Model):
    """An approver hands a request to somebody who knows better."""

    _inherit = "sales.approval.request"

    def action_forward(self, user_id, reason=None):
        """Have somebody else decide in your place on these requests.

        :param int user_id: who decides; an approver who is not involved in the order
        :param str reason: why; he reads it
        :return: True
        :raise VoteError: if you are not asked, or he may not decide
        """
        user = self.env["res.users"].browse(user_id).exists()
        for request in self:
            request._forward(user, reason)
        return True

    def _forward(self, user, reason=None, batch=None):
        self.ensure_one()
        self.check_access("read")
        # sudo: nobody may write requests; who is asked is checked below.
        request = self.sudo()
        request._lock()
        request._check_can_vote()
        request._check_can_be_asked(user)
        me = self.env.user
        lines = request.line_ids.filtered(
            lambda line: line.state == "open" and me in line.approver_ids
        )
        if not lines:
            request._refuse_vote(
                "not_asked",
                self.env._("who decides for an absent one does not forward: decide it"),
            )
        lines.write({"approver_ids": [Command.unlink(me.id), Command.link(user.id)]})
        request._get_document()._log_event(
            "approval.forwarded",
            request=request.id,
            to=user.name,
            reason=reason or None,
            **({"batch": batch} if batch else {}),
        )
        request._close_needless_activities()
        request._ask_approvers()
        if reason:
            request.message_post(
                body=self.env._(
                    "Forwarded to %(name)s: %(reason)s", name=user.name, reason=reason
                ),
                subtype_xmlid="mail.mt_note",
            )

    def _check_can_be_asked(self, user):
        """Refuse who may not decide here.

        :raise VoteError: says why
        """
        company = self._get_document().sudo().company_id
        if not user or user not in user._filter_approvers(company):
            self._refuse_vote(
                "forward",
                self.env._(
                    "%s is no approver of this company: choose somebody else",
                    user.name or self.env._("nobody"),
                ),
            )
        if user in self._get_excluded_voters() | self._get_voters():
            self._refuse_vote(
                "forward",
                self.env._(
                    "%s is involved in the order or has voted: choose somebody else",
                    user.name,
                ),
            )
