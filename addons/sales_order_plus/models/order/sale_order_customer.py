from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Who the customer is, at one glance, and whom we talk to there."""

    _inherit = "sale.order"

    customer_ref = fields.Char(
        related="partner_id.ref",
        string="Customer Number",
        groups="base.group_user",
        help="Reference of the customer in our books.",
    )
    customer_email = fields.Char(
        related="partner_id.email",
        string="E-mail of Customer",
        groups="base.group_user",
        help="E-mail address of the customer.",
    )
    customer_phone = fields.Char(
        related="partner_id.phone",
        groups="base.group_user",
        help="Phone number of the customer.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        groups="base.group_user",
        domain="[('id', 'child_of', partner_id), ('is_company', '=', False), "
        "('type', '=', 'contact')]",
        help="Person at the customer whom the quotation is addressed to: printed as "
        "“Attn.”, and proposed as recipient of e-mails.",
    )
    loyalty_points = fields.Float(
        compute="_compute_loyalty_points",
        groups="base.group_user",
        help="Points on the loyalty cards of the customer, of all programs.",
    )

    @api.depends("partner_id")
    def _compute_contact_id(self):
        """Forget a contact that is not one of the customer's people."""
        for order in self.filtered("contact_id"):
            known = order.contact_id.commercial_partner_id
            if known != order.partner_id.commercial_partner_id:
                order.contact_id = False

    @api.depends("partner_id")
    def _compute_loyalty_points(self):
        # sudo: cards are not for salespeople to read, the sum is.
        cards = self.env["loyalty.card"].sudo()
        groups = (
            cards._read_group(
                Domain("partner_id", "in", self.partner_id.ids)
                & Domain("program_id.program_type", "=", "loyalty")
                & (
                    Domain("program_id.company_id", "=", False)
                    | Domain("program_id.company_id", "in", self.company_id.ids)
                ),
                ["partner_id"],
                ["points:sum"],
            )
            if self.partner_id.ids and cards._has_records()
            else []
        )
        points = {partner.id: total for partner, total in groups}
        for order in self:
            order.loyalty_points = points.get(order.partner_id._origin.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._number_customers()
        return orders

    def _number_customers(self):
        """Give customers without a reference the next number, if that is wanted."""
        # sudo: the setting is of the company, the user may be a customer.
        orders = self.filtered(lambda one: one.company_id.sudo().number_customers)
        for customer in orders.partner_id.commercial_partner_id:
            if not customer.ref:
                # sudo: a salesperson need not write partners to take an order.
                sequences = self.env["ir.sequence"].sudo()
                customer.sudo().ref = sequences.next_by_code("sales.customer")

    def _message_add_default_recipients(self):
        """Write to the contact person instead of the company, if there is one."""
        found = super()._message_add_default_recipients()
        for order in self.sudo().filtered("contact_id.email_normalized"):
            # sudo: the contact is internal, the customer may be the one who acts.
            contact = order.contact_id.sudo(self.env.su)
            found[order.id] = {
                **found[order.id],
                "partners": contact,
                "email_to_lst": [contact.email_formatted],
            }
        return found

    def action_view_loyalty_cards(self):
        """Open the loyalty cards of the customer.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty.loyalty_card_action"
        )
        action["domain"] = [("partner_id", "=", self.partner_id.id)]
        action["context"] = {"create": False}
        return action
