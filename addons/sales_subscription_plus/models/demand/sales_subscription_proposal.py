from markupsafe import Markup

from odoo import fields, models

from ...exceptions import SelfServiceRefusedError
from ..grants import billing
from ..sales_subscription_state import LIVE_STATES


class SalesSubscriptionChange(models.Model):
    """Changes that are proposed to the customer, and made only if he says so."""

    _inherit = "sales.subscription.change"

    state = fields.Selection(
        selection_add=[("proposed", "Proposed")],
        ondelete={"proposed": "set default"},
    )

    def _propose(self):
        """Ask the customer; what was proposed for the line before holds no more."""
        self.ensure_one()
        # sudo: who proposes may prepare changes; states are set by code alone.
        change = self.sudo()
        older = change.subscription_id.change_ids.filtered(
            lambda one: one.state == "proposed" and one.line_id == change.line_id
        )
        with billing():
            older.state = "undone"
            change.state = "proposed"
        change._log("subscription.change_proposed", reason=change.reason or "")
        change.subscription_id._post_proposal(change)

    def _answer(self, accepted):
        """Do what the customer decided."""
        self.ensure_one()
        with billing():
            self.state = "draft" if accepted else "undone"
        if accepted:
            self.action_confirm()
        else:
            self._log("subscription.change_undone")


class SalesSubscription(models.Model):
    """The customer's answers to what is proposed to him."""

    _inherit = "sales.subscription"

    def _get_self_service(self):
        may = super()._get_self_service()
        if self.state in LIVE_STATES and self._get_proposals():
            may.add("proposal")
        return may

    def _get_proposals(self):
        return self.sudo().change_ids.filtered(lambda one: one.state == "proposed")

    def _customer_answer(self, change_id, accepted):
        """Take over the customer's answer to a proposal.

        :raise SelfServiceRefusedError: if it does not hold any more
        """
        self._check_self_service("proposal")
        change = self._get_proposals().filtered(lambda one: one.id == change_id)
        if not change:
            raise SelfServiceRefusedError(
                self.env._("This proposal does not hold any more.")
            )
        change._answer(accepted)

    def _post_proposal(self, change):
        """Send the customer a mail with the way to his answer."""
        lang = self._in_language().sudo()
        change = change.with_context(lang=lang.env.lang)
        text = lang.env._(
            "We suggest a change of your subscription %(name)s: %(change)s",
            name=self.name,
            change=change._get_alert_text(),
        )
        url = lang.get_base_url() + lang.get_portal_url()
        lang.message_post(
            subject=lang.env._("A suggestion for %(name)s", name=self.name),
            body=Markup("<p>%s</p><p>%s</p><p><a href='%s'>%s</a></p>")
            % (text, change.reason or "", url, lang.env._("Accept or decline")),
            partner_ids=self.partner_id.ids,
            subtype_xmlid="sales_subscription_plus.mt_subscription_change",
            email_layout_xmlid="mail.mail_notification_layout",
        )
