import base64

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.mimetypes import guess_mimetype

from ...exceptions import SelfServiceError


class SalesCustomerRequestMixin(models.AbstractModel):
    """What a customer sees of what he asked for: never notes meant for colleagues.

    For documents with ``order_id``, ``name``, ``channel``, ``state`` and
    ``requested_on``.
    """

    _name = "sales.customer.request.mixin"
    _description = "Request of a Customer"

    # === Hooks === #

    @api.model
    def _get_request_kind(self):
        """Return ``(code, title)`` of this kind of request."""
        raise NotImplementedError

    @api.model
    def _get_request_looks(self):
        """Return {state: (words, Bootstrap colour, icon)}."""
        raise NotImplementedError

    @api.model
    def _get_open_states(self):
        """Return the states in which the customer may still take it back."""
        return ()

    @api.model
    def _get_staff_states(self):
        """Return the states in which he sees what others asked for, too."""
        return ()

    def _prepare_customer_rows(self):
        """Return dicts with ``what``, ``before`` and ``after``, in words."""
        raise NotImplementedError

    def _get_customer_amount(self):
        """Return ``(label, amount in the currency of the order)``."""
        return "", 0.0

    def _get_customer_note(self):
        """Return what was written for him; never what is meant for colleagues."""
        return ""

    def _is_to_accept(self):
        return False

    # === What follows from them === #

    @api.model
    def _get_shown_to_customer_domain(self):
        asked = Domain("channel", "=", "portal") & Domain("state", "!=", "draft")
        return asked | Domain("state", "in", self._get_staff_states())

    def _is_shown_to_customer(self):
        self.ensure_one()
        return bool(self.filtered_domain(self._get_shown_to_customer_domain()))

    def _can_be_withdrawn(self):
        """Return whether the customer may take it back: it is his, and not decided."""
        self.ensure_one()
        return self.channel == "portal" and self.state in self._get_open_states()

    def _withdraw_as_customer(self, name):
        """Take the request back for a customer called ``name``."""
        self.ensure_one()
        self.action_withdraw(reason=self.env._("Withdrawn by %s", name))

    def _accept_as_customer(self, name, signature):
        """Take the customer's signature under what it costs him.

        :param str name: who signs
        :param str signature: picture, in base64
        """
        self.ensure_one()
        if not (name or "").strip() or not signature:
            raise SelfServiceError(
                self.env._("Signature: write your name and sign."),
                field="signature",
                rule="required",
            )
        self._keep_signature(name, signature)
        self.action_accept(accepted_by=name[:200], evidence=self.env._("Signed online"))

    def _keep_signature(self, name, signature):
        try:
            content = base64.b64decode(signature.rpartition(",")[2], validate=True)
        except (ValueError, TypeError):
            content = b""
        if guess_mimetype(content) != "image/png":
            raise SelfServiceError(
                self.env._("Signature: sign again, the picture did not arrive."),
                field="signature",
                rule="picture",
            )
        self.env["ir.attachment"].create(
            {
                "name": self.env._("Signature of %s.png", name[:80]),
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _prepare_customer_request(self):
        """Return what the customer, or a program of his, sees of the request.

        :return: dict with ``kind``, ``id``, ``number``, ``title``, ``state``,
            ``label``, ``date`` (UTC), ``lines`` (``what``, ``before``, ``after``),
            ``amount``, ``amount_label``, ``note``, ``can_withdraw``, ``to_accept``,
            ``tone`` and ``icon``
        """
        self.ensure_one()
        kind, title = self._get_request_kind()
        label, tone, icon = self._get_request_looks()[self.state]
        amount_label, amount = self._get_customer_amount()
        return {
            "kind": kind,
            "id": self.id,
            "number": self.name,
            "title": title,
            "state": self.state,
            "label": label,
            "date": fields.Datetime.to_string(self.requested_on or self.create_date),
            "lines": self._prepare_customer_rows(),
            "amount": amount,
            "amount_label": amount_label,
            "note": self._get_customer_note(),
            "can_withdraw": self._can_be_withdrawn(),
            "to_accept": self._is_to_accept(),
            "tone": tone,
            "icon": icon,
        }


class SaleOrder(models.Model):
    """What a customer asked for of an order, and what became of it."""

    _inherit = "sale.order"

    @api.model
    def _get_customer_request_fields(self):
        """Return {kind of request: field of the order that has them}."""
        return {}

    def _get_customer_requests(self):
        """Return what the customer sees of his requests, the newest first."""
        self.ensure_one()
        # sudo: requests are internal; what they say of themselves is for the customer.
        order = self.sudo()
        rows = [
            one._prepare_customer_request()
            for name in self._get_customer_request_fields().values()
            for one in order[name]
            if one._is_shown_to_customer()
        ]
        return sorted(rows, key=lambda row: row["date"], reverse=True)

    def _get_request_url(self, row, action=""):
        """Return the address of the page of one request, or of something done to it."""
        suffix = f"/requests/{row['kind']}/{row['id']}{action}"
        return self.get_portal_url(suffix=suffix)
