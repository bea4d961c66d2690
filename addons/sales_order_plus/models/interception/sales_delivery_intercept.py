from odoo import fields, models

STATES = [
    ("requested", "Requested"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
]


class SalesDeliveryIntercept(models.Model):
    """A parcel that is called back, or a label that is cancelled; made by code alone.

    The carrier is asked after the commit, by ``sales.retry.job``.
    """

    _name = "sales.delivery.intercept"
    _description = "Parcel Called Back"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.audit.mixin"]
    _order = "id desc"
    _rec_name = "picking_id"
    _mail_post_access = "read"

    kind = fields.Selection(
        selection=[("parcel", "Parcel"), ("label", "Label")],
        required=True,
        readonly=True,
        default="parcel",
        help="A parcel on its way is called back; a label that was not used is "
        "cancelled.",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The transfer that is called back.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The order.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, help="Its company."
    )
    user_id = fields.Many2one(
        related="order_id.user_id",
        string="Salesperson",
        store=True,
        help="Salesperson of the order.",
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", help="Who was to get it."
    )
    carrier_id = fields.Many2one(
        "delivery.carrier", readonly=True, help="Who has the parcel."
    )
    tracking_ref = fields.Char(
        string="Tracking Number", readonly=True, help="Number of the parcel."
    )
    cancellation_id = fields.Many2one(
        "sales.order.cancellation",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The cancellation for which it is called back.",
    )
    return_id = fields.Many2one(
        "sales.order.return",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The return by which the goods come back.",
    )
    state = fields.Selection(
        selection=STATES,
        string="Status",
        required=True,
        readonly=True,
        default="requested",
        index=True,
        tracking=True,
        help="What the carrier says.",
    )
    way = fields.Selection(
        selection=[
            ("service", "Service of the carrier"),
            ("mail", "E-mail"),
            ("phone", "By a person"),
        ],
        readonly=True,
        help="How the carrier was asked.",
    )
    note = fields.Char(readonly=True, help="Why it is called back.")
    answered_on = fields.Datetime(readonly=True, help="When the carrier answered.")
    answered_by_id = fields.Many2one(
        "res.users", readonly=True, help="Who recorded the answer."
    )

    _open_once = models.UniqueIndex(
        "(picking_id, kind) WHERE state = 'requested'",
        "This parcel is being called back already.",
    )

    def action_open_picking(self):
        """Open the transfer.

        :return: window action
        """
        self.ensure_one()
        return self.picking_id._get_records_action()

    # === Asked, after the commit === #

    def _send(self):
        """Ask the carrier: by its service, by e-mail, or have somebody phone.

        Called by ``sales.retry.job``, perhaps twice.
        """
        self.ensure_one()
        if self.state != "requested":
            return
        if self.kind == "label":
            self.picking_id.cancel_shipment()
            self._answer("accepted")
        elif self.carrier_id and self.carrier_id._can_intercept():
            self.way = "service"
            answer = self.carrier_id._intercept_shipment(self.picking_id)
            if answer != "pending":
                self._answer(answer)
        elif self.carrier_id.intercept_email:
            self._mail_carrier()
        else:
            self._ask_to_phone()

    def _mail_carrier(self):
        if self.way == "mail":
            return
        self.way = "mail"
        # sudo: the one who calls it back need not read templates.
        template = self.env.ref("sales_order_plus.mail_template_intercept").sudo()
        template.send_mail(
            self.id, email_values={"email_to": self.carrier_id.intercept_email}
        )

    def _ask_to_phone(self):
        if self.way == "phone":
            return
        self.way = "phone"
        self.order_id.activity_schedule(
            "mail.mail_activity_data_call",
            summary=self.env._("Call back parcel %s", self.tracking_ref or ""),
            note=self.env._(
                "Ask %(carrier)s to bring %(transfer)s back, then record the answer "
                "(Inventory, Parcels Called Back).",
                carrier=self.carrier_id.name or self.env._("the carrier"),
                transfer=self.picking_id.name,
            ),
            user_id=self.user_id.id or self.env.ref("base.user_admin").id,
        )
