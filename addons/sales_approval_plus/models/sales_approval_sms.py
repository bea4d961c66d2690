from odoo import api, fields, models


class SalesApprovalStep(models.Model):
    """Steps whose people get a text message; needs Odoo's SMS app."""

    _inherit = "sales.approval.step"

    notify_sms = fields.Boolean(
        string="Text Message",
        help="Those who are asked get an SMS with a link as well, on the phone number "
        "of their contact. Sending costs credits of the SMS app.",
    )
    can_sms = fields.Boolean(
        compute="_compute_can_sms", help="Whether the SMS app is installed."
    )

    def _compute_can_sms(self):
        self.can_sms = "sms.sms" in self.env

    def _prepare_schedule(self):
        schedule = super()._prepare_schedule()
        return {**schedule, "sms": True} if any(self.mapped("notify_sms")) else schedule


class SalesApprovalRequest(models.Model):
    _inherit = "sales.approval.request"

    def _tell_asked(self, users):
        super()._tell_asked(users)
        wanted = self.line_ids.filtered(
            lambda line: line.state == "open" and (line.schedule or {}).get("sms")
        )
        asked = self.env["res.users"].union(
            *(line._get_waiting_users() for line in wanted)
        )
        self._send_sms(users & asked)

    def _send_sms(self, users):
        """Queue a text message to each of ``users`` who has a number."""
        if "sms.sms" not in self.env:
            return
        vals_list = self._prepare_sms_vals_list(users)
        # sudo: text messages are for administrators to create.
        self.env["sms.sms"].sudo().create(vals_list)

    @api.model
    def _get_sms_number(self, user):
        # sudo: whoever submits need not read the contacts of approvers.
        partner = user.sudo().partner_id
        return partner.phone_sanitized or partner.phone

    def _prepare_sms_vals_list(self, users):
        self.ensure_one()
        return [
            {
                "partner_id": user.sudo().partner_id.id,
                "number": number,
                "body": self.with_context(lang=user.sudo().lang)._get_sms_text(),
            }
            for user in users
            if (number := self._get_sms_number(user))
        ]

    def _get_sms_text(self):
        return self.env._(
            "%(request)s: your decision is needed. %(link)s",
            request=self.display_name,
            link=self._get_link(),
        )
