"""Loaded last: outside every other ``write`` and ``create`` of this addon."""

from odoo import api, models

# What Odoo lets everybody write who may write the order.
SIGNATURE_FIELDS = frozenset({"signature", "signed_by", "signed_on"})


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "sales.own.fields.mixin"]

    @api.model
    def _get_own_field_steps(self):
        answer = self.env._("Record the customer's answer with Actions, Record Answer.")
        hold = self.env._("Change what stands against the order, or have it released.")
        sent = self.env._("Send the quotation, or record how it was delivered.")
        lost = self.env._("Use Actions, Mark as Lost.")
        return {
            **super()._get_own_field_steps(),
            "customer_response": answer,
            "response_by": answer,
            "response_date": answer,
            "hold_since": hold,
            "hold_reason": hold,
            "sent_on": sent,
            "sent_by_id": sent,
            "sent_via": sent,
            "lost_on": lost,
            "lost_note": lost,
            "lost_reason_id": lost,
            "lost_competitor_id": lost,
            "quotation_status": self.env._("Send, confirm or cancel the quotation."),
            "revision_number": self.env._("Use Actions, New Revision."),
            "signature": self.env._("Send the customer the link to sign."),
            "signed_by": self.env._("Send the customer the link to sign."),
            "signed_on": self.env._("Send the customer the link to sign."),
        }

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        for vals in vals_list:
            if not SIGNATURE_FIELDS.isdisjoint(vals):
                self.new()._check_signed_by_hand(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_write(vals)
        self._check_signed_by_hand(vals)
        return super().write(vals)

    def _check_signed_by_hand(self, vals):
        """Refuse a signature that does not come from the customer's page.

        Odoo's page writes it as superuser, which nobody becomes over RPC. This is not
        what lets an order pass: whatever stands against it still does.
        """
        if self.env.su or SIGNATURE_FIELDS.isdisjoint(vals):
            return
        for name in SIGNATURE_FIELDS.intersection(vals):
            if vals[name] and any(one._is_own_change(name, vals[name]) for one in self):
                raise self._get_own_field_error(name)
