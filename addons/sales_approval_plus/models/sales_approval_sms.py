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

    def _tell_asked(self, user):
        result = super()._tell_asked(user)
        if "sms.sms" not in self.env:
            return result
        wanted = self.line_ids.filtered(
            lambda line: line.state == "open" and (line.schedule or {}).get("sms")
        )
        wanted = wanted.filtered(lambda line: user in line._get_waiting_users())
        wanted.request_id._send_sms(user)
        return result

    def _send_sms(self, user):
        """Queue a text message about these requests, if ``user`` has a number."""
        number = self and self._get_sms_number(user)
        if number:
            vals = self._prepare_sms_vals(user, number)
            # sudo: text messages are for administrators to create.
            self.env["sms.sms"].sudo().create(vals)

    @api.model
    def _get_sms_number(self, user):
        # sudo: whoever submits need not read the contacts of approvers.
        partner = user.sudo().partner_id
        return partner.phone_sanitized or partner.phone

    def _prepare_sms_vals(self, user, number):
        return {
            "partner_id": user.sudo().partner_id.id,
            "number": number,
            "body": self.with_context(lang=user.sudo().lang)._get_sms_text(),
        }

    def _get_sms_text(self):
        if len(self) > 1:
            return self.env._(
                "%(count)s requests need your decision. %(link)s",
                count=len(self),
                link=f"{self.browse().get_base_url()}/odoo/approvals",
            )
        return self.env._(
            "%(request)s: your decision is needed. %(link)s",
            request=self.display_name,
            link=self._get_link(),
        )
