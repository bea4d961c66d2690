import hashlib
import hmac
import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang


class SalesApprovalChannel(models.Model):
    """A room in Slack or Teams, or a program, that is told of approvals.

    It is only told: nobody decides through it. What it is told lies in the outbox
    first, so that nothing goes out that was not committed.
    """

    _name = "sales.approval.channel"
    _inherit = ["sales.presence.mixin"]
    _presence_field = "active"
    _description = "Approval Channel"
    _order = "name, id"

    name = fields.Char(required=True, help="Such as the name of the room.")
    active = fields.Boolean(default=True, help="An archived channel is told nothing.")
    kind = fields.Selection(
        selection=[("slack", "Slack"), ("teams", "Teams"), ("generic", "Signed JSON")],
        string="Type",
        required=True,
        default="slack",
        help="Slack: an incoming webhook. Teams: a workflow that posts cards when a "
        "webhook request is received. Signed JSON: any program of your own.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Only orders of this company are told.",
    )
    url = fields.Char(
        string="Address",
        required=True,
        copy=False,
        groups="base.group_system",
        help="Webhook address. Whoever knows it can post there, so only administrators "
        "read it and it appears in no log.",
    )
    secret = fields.Char(
        copy=False,
        groups="base.group_system",
        help="Signed JSON: the header X-Sales-Signature is the HMAC-SHA256 with this "
        "secret of X-Sales-Timestamp, a dot and the body.",
    )
    on_submitted = fields.Boolean(
        string="Submitted", default=True, help="Tell when approval is asked for."
    )
    on_escalated = fields.Boolean(
        string="Late", default=True, help="Tell when the time to decide is over."
    )
    on_decided = fields.Boolean(
        string="Decided",
        default=True,
        help="Tell when it is approved, rejected, sent back, overridden or withdrawn, "
        "or when it expires.",
    )
    outbox_ids = fields.One2many(
        "sales.approval.outbox", "channel_id", string="Messages", help="What was told."
    )

    @api.constrains("url", "kind", "secret")
    def _check_address(self):
        for channel in self:
            # sudo: a sales manager may change the name without reading the address.
            own = channel.sudo()
            if not own.url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "Address: give the whole web address of the webhook, beginning "
                        "with https://."
                    )
                )
            if own.kind == "generic" and not own.secret:
                raise ValidationError(
                    self.env._(
                        "Secret: signed JSON needs one. Give a long random text and "
                        "the same to the program that receives it."
                    )
                )

    def write(self, vals):
        if "active" in vals:
            self._forget_presence()
        return super().write(vals)

    # === Telling === #

    @api.model
    def _tell(self, event, requests):
        """Put ``event`` of each of ``requests`` into the outbox of every channel.

        :param str event: submitted, escalated or decided
        """
        if not requests or not self._has_records():
            return
        # sudo: what is told does not depend on who acts.
        channels = self.sudo().search(
            [
                (f"on_{event}", "=", True),
                ("company_id", "in", requests.sudo().company_id.ids),
            ]
        )
        self.env["sales.approval.outbox"]._put(
            (channel, request, channel._prepare_payload(event, request))
            for request in requests.sudo()
            for channel in channels
            if channel.company_id == request.company_id
        )

    def action_test(self):
        """Send a message without an order, within a minute.

        :return: notification for the web client
        """
        self.check_access("write")
        for channel in self:
            payload = channel._shape(channel._prepare_test_facts())
            empty = self.env["sales.approval.request"]
            self.env["sales.approval.outbox"]._put([(channel, empty, payload)])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "A test message is on its way. See Messages in a minute."
                ),
            },
        }

    # === Payload === #

    def _prepare_payload(self, event, request):
        # In the language of the company: it is no user who reads it.
        lang = self.company_id.partner_id.lang or "en_US"
        channel, request = (one.with_context(lang=lang) for one in (self, request))
        return channel._shape(channel._prepare_facts(event, request))

    def _prepare_facts(self, event, request):
        """Return what is told, as plain data."""
        self.ensure_one()
        states = dict(request._fields["state"]._description_selection(self.env))
        titles = {
            "submitted": self.env._(
                "%s waits for approval", request.sale_order_id.name
            ),
            "escalated": self.env._("%s is late", request.sale_order_id.name),
            "decided": f"{request.sale_order_id.name}: {states[request.state]}",
        }
        return {
            "event": event,
            "title": titles[event],
            "id": request.id,
            "order": request.sale_order_id.name,
            "customer": request.partner_id.display_name,
            "salesperson": request.user_id.name or "",
            "amount": request.amount,
            "currency": request.currency_id.name,
            "state": request.state,
            "reasons": request._get_reasons(),
            "waiting_for": request.open_approver_ids.mapped("name"),
            "due_at": request.due_at and request.due_at.isoformat(),
            "link": request._get_link(),
        }

    def _prepare_test_facts(self):
        return {
            "event": "test",
            "title": self.env._("Test message of %s", self.company_id.name),
            "link": f"{self.get_base_url()}/odoo/approvals",
        }

    def _shape(self, facts):
        """Return ``facts`` as the service behind this channel wants them."""
        self.ensure_one()
        shapes = {"slack": self._shape_slack, "teams": self._shape_teams}
        return shapes.get(self.kind, lambda facts: facts)(facts)

    def _get_text_lines(self, facts):
        lines = []
        if "order" in facts:
            # sudo: the currency of the company.
            amount = formatLang(
                self.env,
                facts["amount"],
                currency_obj=self.sudo().company_id.currency_id,
            )
            lines = [f"{facts['customer']}, {amount}", *facts["reasons"]]
        if waiting := facts.get("waiting_for"):
            lines.append(self.env._("Waiting for %s", ", ".join(waiting)))
        return lines

    def _shape_slack(self, facts):
        """Return a message for an incoming webhook of Slack."""

        def escape(text):
            # Nobody's name makes a link or calls everybody in the room.
            for char, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
                text = text.replace(char, safe)
            return text

        title = escape(facts["title"])
        lines = [escape(line) for line in self._get_text_lines(facts)]
        text = "\n".join([f"<{facts['link']}|{title}>", *lines])
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        return {"text": title, "blocks": [section]}

    def _shape_teams(self, facts):
        """Return an adaptive card for a workflow of Teams."""

        def block(text, **style):
            # Cards read Markdown: what people are called must not become a link.
            for char in "\\`*_[]()#":
                text = text.replace(char, f"\\{char}")
            return {"type": "TextBlock", "text": text, "wrap": True, **style}

        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [
                block(facts["title"], weight="Bolder", size="Medium"),
                *(block(line) for line in self._get_text_lines(facts)),
            ],
            "actions": [
                {
                    "type": "Action.OpenUrl",
                    "title": self.env._("Open the request"),
                    "url": facts["link"],
                }
            ],
        }
        content_type = "application/vnd.microsoft.card.adaptive"
        return {
            "type": "message",
            "attachments": [{"contentType": content_type, "content": card}],
        }

    def _get_signed(self, delivery, payload, timestamp):
        """Return (headers, body) of a delivery.

        :param str delivery: number that stays the same when it is sent again
        :param str timestamp: seconds since 1970, part of what is signed
        """
        self.ensure_one()
        body = json.dumps(payload, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        # sudo: the job that sends acts for no administrator.
        if self.kind == "generic":
            signed = timestamp.encode() + b"." + body
            key = (self.sudo().secret or "").encode()
            headers |= {
                "X-Sales-Delivery": delivery,
                "X-Sales-Timestamp": timestamp,
                "X-Sales-Signature": hmac.new(key, signed, hashlib.sha256).hexdigest(),
            }
        return headers, body
