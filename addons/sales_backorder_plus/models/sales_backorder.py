from odoo import api, fields, models

from odoo.addons.sales_order_plus.exceptions import SalesError

PRIORITIES = [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Critical")]
USER_FIELDS = frozenset({"priority", "note"})


class SalesBackorder(models.Model):
    """What a confirmed order line still lacks, computed from its stock moves.

    One open record for each line. Quantities and dates are written by the
    synchronisation alone; people set the priority and leave notes.
    """

    _name = "sales.backorder"
    _inherit = ["sales.audit.mixin", "sales.presence.mixin"]
    _description = "Backorder"
    # Not by priority: it is internal, and the customer reads these too.
    _order = "date_promised, id"
    _check_company_auto = True

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="The line of the confirmed order that cannot be covered yet.",
    )
    order_id = fields.Many2one(
        related="sale_line_id.order_id",
        store=True,
        index=True,
        help="The confirmed order.",
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id",
        string="Customer",
        store=True,
        index=True,
        help="The customer who is waiting.",
    )
    user_id = fields.Many2one(
        related="order_id.user_id",
        string="Salesperson",
        store=True,
        index=True,
        groups="base.group_user",
        help="Salesperson of the order.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id",
        store=True,
        index=True,
        help="Company of the order.",
    )
    product_id = fields.Many2one(
        related="sale_line_id.product_id",
        store=True,
        index=True,
        help="What is missing.",
    )
    product_uom_id = fields.Many2one(
        related="sale_line_id.product_uom_id",
        string="Unit",
        store=True,
        help="Unit of the order line; all quantities of the backorder are in it.",
    )
    warehouse_id = fields.Many2one(
        related="sale_line_id.warehouse_id",
        store=True,
        index=True,
        groups="base.group_user",
        help="The warehouse that delivers the line.",
    )
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("filled", "Filled"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="open",
        required=True,
        readonly=True,
        index=True,
        help="Open: something is missing. Filled: all that is still to deliver is "
        "reserved or delivered. Cancelled: closed although something was not delivered.",
    )
    close_reason = fields.Selection(
        selection=[
            ("remainder", "Remainder cancelled at delivery"),
            ("order", "Order cancelled"),
            ("reduced", "Ordered quantity reduced"),
        ],
        string="Why Closed",
        readonly=True,
        help="Why the backorder was closed undelivered.",
    )
    date_opened = fields.Datetime(
        string="Since",
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        help="When the shortage was noticed.",
    )
    date_closed = fields.Datetime(
        string="Closed On", readonly=True, help="When it was filled or cancelled."
    )
    priority = fields.Selection(
        selection=PRIORITIES,
        default="1",
        group_expand=True,
        required=True,
        index=True,
        groups="base.group_user",
        help="Who gets the next receipt first. High and critical also star the "
        "transfers of the line.",
    )
    note = fields.Text(
        string="Internal Note",
        groups="base.group_user",
        help="For colleagues; the customer does not see it.",
    )

    # === Quantities: what the moves say === #

    qty_ordered = fields.Float(
        related="sale_line_id.product_uom_qty",
        string="Ordered",
        help="Ordered quantity of the line.",
    )
    qty_delivered = fields.Float(
        related="sale_line_id.qty_delivered",
        string="Delivered",
        help="Delivered quantity of the line, returns deducted.",
    )
    qty_open = fields.Float(
        string="To Deliver",
        digits="Product Unit",
        readonly=True,
        help="Demand of the deliveries of the line that are not done.",
    )
    qty_reserved = fields.Float(
        string="Reserved",
        digits="Product Unit",
        readonly=True,
        groups="base.group_user",
        help="Part of the open deliveries that is reserved in stock.",
    )
    qty_chained = fields.Float(
        string="Made to Order",
        digits="Product Unit",
        readonly=True,
        groups="base.group_user",
        help="Part that is being bought, made or moved for this line alone.",
    )
    qty_unplanned = fields.Float(
        string="Without Delivery",
        digits="Product Unit",
        readonly=True,
        groups="base.group_user",
        help="Ordered and not delivered, but its delivery was cancelled and no other "
        "is planned.",
    )
    qty_short = fields.Float(
        string="Short",
        digits="Product Unit",
        readonly=True,
        help="What is neither reserved nor made to order, or has no delivery.",
    )

    # === Dates: where it will come from === #

    date_promised = fields.Date(
        string="Promised",
        readonly=True,
        help="Date promised to the customer, in the time zone of the warehouse.",
    )
    date_expected = fields.Date(
        string="Expected",
        readonly=True,
        index=True,
        groups="base.group_user",
        help="When the last missing unit can be there, in the time zone of the "
        "warehouse. Empty: no supply is planned.",
    )
    date_source = fields.Selection(
        selection=[
            ("stock", "In stock"),
            ("receipt", "Receipt"),
            ("purchase", "Request for quotation"),
            ("lead_time", "Lead time"),
            ("none", "No supply planned"),
            ("no_delivery", "No delivery planned"),
        ],
        string="Source",
        default="none",
        required=True,
        readonly=True,
        index=True,
        groups="base.group_user",
        help="The least certain thing the expected date rests on. Lead time: nothing "
        "is ordered yet, the date holds if it is ordered today.",
    )
    supply = fields.Json(
        string="Supply Data",
        readonly=True,
        groups="base.group_user",
        help="The supplies this backorder is pegged to.",
    )
    supply_note = fields.Text(
        string="Where It Comes From",
        compute="_compute_supply_note",
        groups="base.group_user",
        help="Which supply brings how much, and when.",
    )
    supply_count = fields.Integer(
        string="Supplies",
        compute="_compute_supply_note",
        groups="base.group_user",
        help="Number of receipts and requests for quotation it waits for.",
    )
    is_late = fields.Boolean(
        string="Late",
        readonly=True,
        index=True,
        help="It cannot be there on the promised date.",
    )
    customer_date = fields.Date(
        string="Expected Delivery",
        compute="_compute_customer_date",
        help="The expected date where it rests on goods in stock or on a confirmed "
        "receipt; else empty.",
    )

    _open_line_uniq = models.UniqueIndex(
        "(sale_line_id) WHERE state = 'open'",
        "This order line already has an open backorder.",
    )

    @api.depends("order_id.name", "product_id")
    def _compute_display_name(self):
        for backorder in self:
            backorder.display_name = self.env._(
                "%(order)s: %(product)s",
                order=backorder.order_id.name or "",
                product=backorder.product_id.display_name or "",
            )

    @api.depends("date_expected", "date_source")
    def _compute_customer_date(self):
        # sudo: the source is internal, the date that follows from it is not.
        for backorder, internal in zip(self, self.sudo(), strict=True):
            firm = internal.date_source in ("stock", "receipt")
            backorder.customer_date = firm and internal.date_expected

    # === CRUD === #

    def write(self, vals):
        """Let people change what is theirs; quantities and dates are computed.

        :raise SalesError: for any other field, and for the priority of a closed one
        """
        self.check_access("write")
        refused = sorted(set(vals) - USER_FIELDS)
        if refused:
            raise SalesError(
                self.env._(
                    "%(fields)s: computed from the stock moves. "
                    "Change the order or its transfers instead.",
                    fields=", ".join(refused),
                )
            )
        if "priority" not in vals:
            return super().write(vals)  # pylint: disable=super-method-mismatch
        return self._write_priority(vals)

    def _write_priority(self, vals):
        changed = self.filtered(lambda b: b.priority != vals["priority"])
        changed._check_open()
        previous = {backorder: backorder.priority for backorder in changed}
        result = super().write(vals)  # pylint: disable=super-method-mismatch
        changed._log_events(
            "backorder.priority",
            {b: {"from": old, "to": b.priority} for b, old in previous.items()},
        )
        changed._apply_priority(lower=True)
        changed._get_rivals()._refresh_supply()
        return result

    def _store(self, vals):
        """Write computed values; only the synchronisation calls this."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _check_open(self):
        closed = self.filtered(lambda backorder: backorder.state != "open")
        if closed:
            raise SalesError(
                self.env._(
                    "%(names)s: the backorder is closed, its priority moves nothing. "
                    "Choose an open one.",
                    names=", ".join(closed.mapped("display_name")),
                )
            )

    # === Actions === #

    def action_view_order(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return self._get_records_action("sale.order", self.order_id)

    def action_view_transfers(self):
        """Open the transfers of the line.

        :return: window action
        """
        return self._get_records_action(
            "stock.picking", self.sale_line_id.move_ids.picking_id
        )

    def action_view_supply(self):
        """Open the receipts the backorder waits for, or the requests for quotation.

        :return: window action
        """
        supplies = [supply for backorder in self for supply in backorder.supply or []]
        receipts = [s["id"] for s in supplies if s["model"] == "stock.picking"]
        if receipts:
            picking = self.env["stock.picking"].browse(receipts)
            return self._get_records_action("stock.picking", picking)
        orders = [s["id"] for s in supplies if s["model"] == "purchase.order"]
        return self._get_records_action(
            "purchase.order", self.env["purchase.order"].browse(orders)
        )

    def action_plan_delivery(self):
        """Plan a new delivery for what has none because its delivery was cancelled.

        :return: True
        :raise SalesError: if the order is locked
        """
        self.check_access("write")
        locked = self.order_id.filtered("locked")
        if locked:
            raise SalesError(
                self.env._(
                    "%(orders)s: the order is locked. Unlock it, then plan the delivery.",
                    orders=", ".join(locked.mapped("name")),
                )
            )
        # sudo: a salesperson may plan deliveries, but not see the moves they chain to.
        lines = self.sudo().filtered("qty_unplanned").sale_line_id
        lines._action_launch_stock_rule()
        return True

    @api.model
    def _get_records_action(self, model, records):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env[model]._description,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
        }
        if len(records) == 1:
            action.update(views=[(False, "form")], res_id=records.id)
        return action
