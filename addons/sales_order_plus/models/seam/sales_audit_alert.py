from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

AUDITORS = "sales_order_plus.group_sales_auditor"
TOLD_PARAMETER = "sales_order_plus.audit_alert_told"
BATCH = 500
SHOWN = 20


class SalesAuditEvent(models.Model):
    """Security events: auditors are told of them, and of a chain that does not hold."""

    _inherit = "sales.audit.event"

    is_security = fields.Boolean(
        string="Security",
        compute="_compute_is_security",
        search="_search_is_security",
        help="Attempts that were refused, emergencies, and what auditors are told of.",
    )

    @api.model
    def _get_security_codes(self):
        """Return the codes of all security events; addons add theirs."""
        return {"guard.refused", "audit.chain_broken", "audit.purged"}

    @api.model
    def _is_alerting(self, code, data):
        """Return whether auditors are told of such an event; addons add theirs.

        A refused button is daily business; a state written past it is not.
        """
        if code == "guard.refused":
            return bool(data.get("direct"))
        return code == "audit.chain_broken"

    @api.depends("code")
    def _compute_is_security(self):
        codes = self._get_security_codes()
        for event in self:
            event.is_security = event.code in codes

    @api.model
    def _search_is_security(self, operator, values):
        if operator != "in":
            return NotImplemented
        domain = Domain("code", "in", sorted(self._get_security_codes()))
        return domain if True in values else ~domain

    # === Telling auditors === #

    @api.model
    def _cron_alert(self):
        """Tell the auditors of the security events since the last time."""
        while count := self._alert():
            if not self.env["ir.cron"]._commit_progress(count):
                break

    @api.model
    def _alert(self, limit=BATCH):
        """Tell of up to ``limit`` events and return how many were looked at."""
        last, newest = self._get_told(), self.search([], order="id desc", limit=1).id
        if last is None:
            # Nobody is told of what happened before there were alerts.
            self._keep_told(newest)
            return 0
        new = Domain("id", ">", last) & Domain("is_security", "=", True)
        events = self.search(new, order="id", limit=limit)
        events._tell_auditors()
        self._keep_told(events[-1:].id if len(events) == limit else newest)
        return len(events)

    @api.model
    def _get_told(self):
        # sudo: a parameter that only this job writes.
        value = self.env["ir.config_parameter"].sudo().get_param(TOLD_PARAMETER)
        return int(value) if value else None

    @api.model
    def _keep_told(self, number):
        # sudo: see _get_told.
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(TOLD_PARAMETER, str(number or 0))

    def _tell_auditors(self):
        """Send each auditor one message about those of his companies."""
        alerting = self.filtered(
            lambda one: self._is_alerting(one.code, one.data or {})
        )
        if not alerting:
            return
        auditors = self.env.ref(AUDITORS).sudo().all_user_ids
        for user in auditors.filtered(lambda one: one.active and not one.share):
            own = alerting.filtered(
                lambda one, user=user: (
                    not one.company_id or one.company_id in user.company_ids
                )
            )
            if own:
                own.with_context(lang=user.lang)._tell_auditor(user)

    def _tell_auditor(self, user):
        items = [
            Markup("<li>%s</li>") % event._get_alert_text() for event in self[:SHOWN]
        ]
        if len(self) > SHOWN:
            more = self.env._("And %s more.", len(self) - SHOWN)
            items.append(Markup("<li>%s</li>") % more)
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("Security events of sales orders: %s", len(self)),
            body=Markup("<ul>%s</ul>") % Markup().join(items),
        )

    def _get_alert_text(self):
        self.ensure_one()
        return self.env._(
            "%(date)s UTC: %(event)s, %(document)s, by %(user)s. %(details)s",
            date=fields.Datetime.to_string(self.date),
            event=self.name,
            document=self.document_name or "-",
            user=self.user_id.name,
            details=self.details or "",
        )

    @api.model
    def _cron_verify(self):
        """Verify the chain; leave a security event if it does not hold."""
        # sudo: the chain goes through all companies.
        result = self.sudo()._verify_chain()
        if problems := result["problems"]:
            self._log(
                self.env.company,
                "audit.chain_broken",
                problems=len(problems),
                first=problems[0]["chain_no"],
                message=problems[0]["message"],
            )

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "audit.chain_broken": self.env._("Audit trail does not hold"),
            "audit.exported": self.env._("Audit trail exported"),
        }

    # === Export === #

    def export_data(self, fields_to_export):
        """Leave an event: part of the audit trail left the database."""
        result = super().export_data(fields_to_export)
        self._log(
            self.env.company,
            "audit.exported",
            events=len(self),
            fields=", ".join(fields_to_export),
        )
        return result
