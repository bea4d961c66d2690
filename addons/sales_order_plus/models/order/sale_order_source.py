from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import parse_contact_from_email


class SaleOrder(models.Model):
    """How the order reached us: by purchase order, e-mail, phone, referral, file."""

    _inherit = "sale.order"

    source_kind = fields.Selection(
        selection=[
            ("po", "Purchase order"),
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("web", "Web"),
            ("edi", "Electronic document"),
            ("referral", "Referral"),
            ("other", "Other"),
        ],
        string="Received By",
        compute="_compute_source_kind",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="How the order reached us. A customer reference makes it a purchase "
        "order, unless something else was told.",
        prefetch="sales_rare",
    )
    source_document = fields.Char(
        string="Received With",
        copy=False,
        groups="base.group_user",
        help="Name or number of what it came with, such as the subject of the e-mail.",
        prefetch="sales_rare",
    )
    project_code = fields.Char(
        tracking=True,
        index="trigram",
        groups="base.group_user",
        help="Project of the customer that the order is for; printed on the order, "
        "the invoice and the delivery slip.",
    )

    @api.depends("client_order_ref")
    def _compute_source_kind(self):
        for order in self.filtered(lambda one: not one.source_kind):
            order.source_kind = "po" if order.client_order_ref else False

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # sudo: the field is internal, the customer may be the one who pays.
        values["project_code"] = self.sudo().project_code
        return values

    # === Orders by e-mail === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a quotation of an e-mail; the mail itself is kept as an attachment."""
        subject = msg_dict.get("subject") or False
        values = {
            "partner_id": self._get_mail_customer(msg_dict).id,
            # Odoo would take the subject for the number.
            "name": self._fields["name"].default(self),
            "source_kind": "email",
            "source_document": subject,
            **(custom_values or {}),
        }
        order = super().message_new(msg_dict, custom_values=values)
        order._attach_mail(msg_dict)
        return order

    @api.model
    def _get_mail_customer(self, msg_dict):
        """Return who sent the e-mail, made new if nobody knows him."""
        partners = self.env["res.partner"]
        known = partners.browse(msg_dict.get("author_id") or [])
        name, email = parse_contact_from_email(msg_dict.get("email_from") or "")
        normal = email_normalize(email)
        if not known and normal:
            known = partners.search([("email_normalized", "=", normal)], limit=1)
        return known or partners.create({"name": name or email, "email": email})

    def _attach_mail(self, msg_dict):
        self.ensure_one()
        head = "\n".join(
            f"{key}: {msg_dict.get(key) or ''}"
            for key in ("from", "to", "date", "subject")
        )
        body = html2plaintext(msg_dict.get("body") or "")
        self.env["ir.attachment"].create(
            {
                "name": f"{msg_dict.get('subject') or self.env._('E-mail')}.txt",
                "raw": f"{head}\n\n{body}".encode(),
                "mimetype": "text/plain",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    # === Orders as electronic documents === #

    def _extend_with_attachments(self, files_data, new=False):
        done = super()._extend_with_attachments(files_data, new=new)
        if done and new:
            name = files_data[0].get("name") if files_data else False
            self.write({"source_kind": "edi", "source_document": name})
        return done
