from markupsafe import Markup

from odoo import api, fields, models

ASKED = "sales_approval_plus.mail_template_approval_asked"
REMINDER = "sales_approval_plus.mail_template_approval_reminder"
OVERDUE = "sales_approval_plus.mail_template_approval_overdue"


class SalesApprovalRequest(models.Model):
    """Telling approvers that something waits for them, and until when."""

    _name = "sales.approval.request"
    _inherit = ["sales.approval.request", "sales.due.mixin"]

    due_at = fields.Datetime(
        string="Due",
        compute="_compute_due_at",
        store=True,
        index="btree_not_null",
        help="When the first of the open steps should be decided (UTC).",
    )

    @api.depends("line_ids.state", "line_ids.due_at")
    def _compute_due_at(self):
        for request in self:
            lines = request.line_ids.filtered(lambda one: one.state == "open")
            moments = [moment for moment in lines.mapped("due_at") if moment]
            request.due_at = min(moments) if moments else False

    # === Texts === #

    def _get_pending_message(self, why):
        message = super()._get_pending_message(why)
        if not self.due_at:
            return message
        due = self.env._("Due %s.", self._format_date(self.due_at))
        return f"{message} {due}"

    def _get_rejected_message(self):
        if self._get_refusers():
            return super()._get_rejected_message()
        return self.env._(
            "Rejected on %(date)s: %(reason)s. Change the order and submit it for "
            "approval again.",
            date=self._format_date(self.decided_on),
            reason=(self.note or "").rstrip("."),
        )

    def _get_link(self):
        """Return the address that opens the request; it never decides anything."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/approvals/{self.id}"

    # === Messages === #

    def _ask_approvers(self, tell=True):
        """Put the request on the lists of those it waits for.

        :param bool tell: whether those to whom it is new get a message as well
        """
        asked = super()._ask_approvers()
        for user, requests in asked.items() if tell else ():
            requests._tell_asked(user)
        return asked

    def _tell_asked(self, user):
        """Tell ``user`` that these requests wait for him: in one message."""
        if len(self) == 1:
            self._send_to(user, ASKED)
        elif self:
            user._ask_for_approval_digest()

    def _remind(self, users):
        """Remind each of ``users``, now or in his next digest."""
        digest = users.filtered(lambda user: user.approval_reminders == "digest")
        digest._wait_for_approval_digest()
        self._send_to(users - digest, REMINDER)

    def _tell_overdue(self, users):
        self._send_to(users, OVERDUE)

    def _send_to(self, users, xmlid):
        """Send each of ``users`` a message of his own, in his language.

        It goes to his inbox or as an e-mail, as he has chosen, and to his devices.
        """
        # sudo: templates are for administrators to read.
        template = self.env.ref(xmlid, raise_if_not_found=False)
        for user in users if template else ():
            self._send_one(user.sudo(), template.sudo())

    def _send_one(self, user, template):
        self.ensure_one()
        texts = {
            name: template._render_field(
                name, self.ids, set_lang=user.lang, add_context={"recipient": user}
            )[self.id]
            for name in ("subject", "body_html")
        }
        self.with_context(lang=user.lang).message_notify(
            partner_ids=user.partner_id.ids,
            subject=texts["subject"],
            body=Markup(texts["body_html"]),
            email_layout_xmlid="mail.mail_notification_light",
        )
