from odoo import api, fields, models
from odoo.fields import Domain

CALL_SUBTYPE = "sales_order_plus.mail_subtype_phone_call"
# Enough for any customer, and an end for a marketplace.
MAX_DOCUMENTS = 5000


class ResPartner(models.Model):
    """All that was said to a customer and by him, on whatever document."""

    _inherit = "res.partner"

    def action_view_communications(self):
        """Open the e-mails, notes and calls of the customer's documents.

        :return: window action; whoever opens it sees the documents he may read
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.mail_message_communication_action"
        )
        action["domain"] = self._get_communication_domain()
        action["context"] = {"create": False}
        action["display_name"] = self.env._("Communications: %s", self.display_name)
        return action

    def _get_communication_domain(self):
        """Return the domain of messages on documents that the user may read."""
        partners = self.search([("id", "child_of", self.commercial_partner_id.id)])
        domains = [self._get_message_domain("res.partner", partners.ids)]
        for model in ("sale.order", "account.move", "stock.picking"):
            if not self.env[model].has_access("read"):
                continue
            documents = self.env[model].search(
                [("partner_id", "in", partners.ids)],
                order="id desc",
                limit=MAX_DOCUMENTS,
            )
            domains.append(self._get_message_domain(model, documents.ids))
        told = Domain("message_type", "!=", "notification") & Domain(
            "message_type", "!=", "user_notification"
        )
        return list(Domain.OR(domains) & told)

    @api.model
    def _get_message_domain(self, model, ids):
        return Domain("model", "=", model) & Domain("res_id", "in", ids)


class MailMessage(models.Model):
    _inherit = "mail.message"

    sales_channel_kind = fields.Selection(
        selection=[
            ("email", "E-mail"),
            ("sms", "SMS"),
            ("call", "Phone call"),
            ("note", "Internal note"),
            ("message", "Message"),
        ],
        string="By",
        compute="_compute_sales_channel_kind",
        help="How it was said.",
    )
    sales_direction = fields.Selection(
        selection=[("in", "From the customer"), ("out", "From us")],
        string="Direction",
        compute="_compute_sales_channel_kind",
        help="Who said it.",
    )

    @api.depends("message_type", "subtype_id", "author_id")
    def _compute_sales_channel_kind(self):
        call = self.env.ref(CALL_SUBTYPE, raise_if_not_found=False)
        for message in self:
            message.sales_channel_kind = message._get_channel_kind(call)
            # sudo: whether an author is one of us is no secret.
            author = message.author_id.sudo()
            inside = author.user_ids.filtered(lambda user: not user.share)
            message.sales_direction = "out" if inside else "in"

    def _get_channel_kind(self, call):
        if call and self.subtype_id == call:
            return "call"
        if self.message_type in ("email", "email_outgoing"):
            return "email"
        if self.message_type == "sms":
            return "sms"
        return "note" if self.subtype_id.internal else "message"
