from markupsafe import Markup

from odoo import fields, models


class SalesPhoneCall(models.TransientModel):
    """Note a phone call where all communication with the customer is found."""

    _name = "sales.phone.call"
    _description = "Log a Phone Call"

    partner_id = fields.Many2one(
        "res.partner", required=True, help="Who was on the phone."
    )
    order_id = fields.Many2one(
        "sale.order",
        domain="[('partner_id.commercial_partner_id', '=', partner_id)]",
        help="The order it was about; empty: none.",
    )
    direction = fields.Selection(
        selection=[("in", "He called us"), ("out", "We called him")],
        required=True,
        default="in",
        help="Who called.",
    )
    note = fields.Text(required=True, help="What was said.")

    def action_log(self):
        """Keep the call as an internal note of the order, else of the customer.

        :return: action that closes the window
        """
        self.ensure_one()
        labels = dict(self._fields["direction"]._description_selection(self.env))
        document = self.order_id or self.partner_id
        document.message_post(
            body=Markup("<b>%s</b>: %s") % (labels[self.direction], self.note),
            message_type="comment",
            subtype_xmlid="sales_order_plus.mail_subtype_phone_call",
            # Who called is the author: it tells the direction in the log.
            author_id=(
                self.partner_id if self.direction == "in" else self.env.user.partner_id
            ).id,
        )
        return {"type": "ir.actions.act_window_close"}
