from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """What the customer does about addresses and receipt on his page."""

    _inherit = "sale.order"

    def _get_invoice_addresses(self):
        """Return the addresses of this customer that may get the invoice."""
        self.ensure_one()
        company = self.partner_id.commercial_partner_id
        return self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", company.id),
                "|",
                ("type", "=", "invoice"),
                ("id", "in", (company.id, self.partner_id.id)),
            ]
        )

    def _has_invoice_choice(self):
        """Return whether there may be several; to list them takes much longer."""
        self.ensure_one()
        company = self.partner_id.commercial_partner_id
        if company != self.partner_id:
            return True
        partners = self.env["res.partner"]
        partners.flush_model(["active", "commercial_partner_id", "type"])
        query = SQL(
            "SELECT EXISTS (SELECT FROM res_partner WHERE commercial_partner_id = %(id)s"
            " AND id <> %(id)s AND type = 'invoice' AND active)",
            id=company.id,
        )
        [(found,)] = self.env.execute_query(query)
        return found

    def _set_customer_invoice_address(self, address):
        self.ensure_one()
        if self.partner_invoice_id == address:
            return
        self._void_signature(self.env._("The customer changed the invoice address."))
        self.partner_invoice_id = address
        self.message_post(
            body=self.env._(
                "The customer chose the invoice address %(address)s.",
                address=address.display_name,
            )
        )

    def _get_unconfirmed_pickings(self):
        """Return the deliveries that left and whose receipt he has not confirmed."""
        return self._get_outgoing_pickings().filtered(
            lambda picking: (
                picking.state == "done"
                and "customer" not in picking.proof_ids.mapped("method")
            )
        )

    def _confirm_receipt(self, name):
        """Record that the customer has what left; a second click adds nothing."""
        self.ensure_one()
        name = (name or "").strip()[:200] or self.partner_id.display_name
        return self.env["sales.delivery.proof"].create(
            [
                {"picking_id": picking.id, "method": "customer", "signed_by": name}
                for picking in self._get_unconfirmed_pickings()
            ]
        )
