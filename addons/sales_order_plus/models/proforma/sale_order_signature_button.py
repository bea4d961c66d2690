from odoo import api, fields, models

from ...exceptions import SignatureError


class SaleOrder(models.Model):
    """The button that has a quotation signed outside, and how far that is."""

    _inherit = "sale.order"

    can_request_signature = fields.Boolean(
        compute="_compute_signature_request",
        groups="base.group_user",
        help="The quotation waits for a signature, and the company has a provider.",
    )
    signature_request_state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("signed", "Signed"),
            ("declined", "Declined"),
            ("outdated", "Outdated"),
        ],
        string="Signature Request",
        compute="_compute_signature_request",
        groups="base.group_user",
        help="How far the last request for a signature is. Outdated: the quotation was "
        "changed, or the request taken back, before it was signed.",
    )
    signature_request_text = fields.Char(
        compute="_compute_signature_request",
        groups="base.group_user",
        help="The last request for a signature in words.",
    )

    @api.depends(
        "company_id",
        "is_expired",
        "require_signature",
        "signature",
        "signature_request_ids.state",
        "state",
    )
    def _compute_signature_request(self):
        any_asked = self.env["sales.signature.request"]._has_records()
        for order in self:
            company = order.company_id
            provider = company and company._get_signature_provider()
            asked = any_asked and order._get_last_signature_request()
            order.can_request_signature = bool(provider and order._has_to_be_signed())
            order.signature_request_state = asked and asked.state
            order.signature_request_text = asked and asked._get_text()

    def _get_last_signature_request(self):
        """Return the last request with the rights of the system, empty without one.

        Who may read the order may know how far its signature is.
        """
        self.ensure_one()
        return self.sudo().signature_request_ids.sorted("id")[-1:]

    def action_ask_for_signature(self):
        """Send the quotation to the company's provider to be signed.

        A request that waits is taken back first.

        :return: client action that tells so and reads the order again
        :raise SignatureError: if the company has no provider, or there is nothing to
            sign
        """
        self.ensure_one()
        provider = self.company_id._get_signature_provider()
        if not provider:
            raise SignatureError(
                self.env._(
                    "Signature Provider: %(company)s has none. Choose one in Settings, "
                    "or let the customer sign on his page.",
                    company=self.company_id.name,
                ),
                field="signature_provider",
            )
        self.action_request_signature(provider=provider)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.signature_request_text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_withdraw_signature_request(self):
        """Take the request back that waits at the provider.

        :return: True
        :raise SignatureError: if none waits
        """
        self.check_access("write")
        for order in self:
            # sudo: see _set of the requests.
            requests = order.sudo().signature_request_ids
            waiting = requests.filtered(lambda one: one.state == "waiting")
            if not waiting:
                raise SignatureError(
                    self.env._(
                        "Signature Request: none of %(order)s waits. Use Request "
                        "Signature to send one.",
                        order=order.display_name,
                    ),
                    field="signature_request_state",
                )
            order._cancel_signature_requests()
            order._log_event("signature.withdrawn", **waiting._get_event_data())
        return True

    def action_open_signing_page(self):
        """Open the page of the provider where the customer signs.

        :return: URL action
        :raise SignatureError: if the provider gave none
        """
        self.ensure_one()
        self.check_access("read")
        url = self._get_last_signature_request().url
        if not (url or "").startswith(("https://", "http://")):
            raise SignatureError(
                self.env._(
                    "Signing Page: the provider gave no address for %(order)s. Ask the "
                    "provider to send the customer its e-mail again.",
                    order=self.display_name,
                )
            )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}


class SalesSignatureRequest(models.Model):
    _inherit = "sales.signature.request"

    def _get_text(self):
        """Return what happened to the request, for the order's banner."""
        self.ensure_one()
        providers = self.env["sales.signature.provider"]._get_providers()
        name = providers.get(self.provider, self.provider)
        if self.state == "waiting":
            return self.env._("Waits for a signature at %s.", name)
        if self.state == "signed":
            return self.env._("Signed at %s.", name)
        if self.state == "declined":
            return self.env._(
                "The customer did not sign at %(name)s: %(reason)s",
                name=name,
                reason=self.reason or "-",
            )
        return self.env._("The request at %s no longer counts.", name)
