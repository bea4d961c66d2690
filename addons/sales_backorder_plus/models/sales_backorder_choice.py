from odoo import api, fields, models

CHOICES = [
    ("wait", "Wait"),
    ("partial", "Send What Is There"),
    ("substitute", "Take a Substitute"),
    ("cancel", "Cancel What Is Short"),
]


class SalesBackorderChoice(models.Model):
    """What shall become of a shortage, who said so, and what came of it.

    It waits for a while, in which it can be undone; then a job carries it out.
    """

    _name = "sales.backorder.choice"
    _description = "Choice About a Backorder"
    _inherit = ["sales.own.fields.mixin"]
    _order = "id desc"
    _rec_name = "choice"

    backorder_id = fields.Many2one(
        "sales.backorder",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The backorder.",
    )
    order_id = fields.Many2one(
        related="backorder_id.order_id", store=True, index=True, help="The order."
    )
    choice = fields.Selection(
        selection=CHOICES, required=True, readonly=True, help="What shall be done."
    )
    product_id = fields.Many2one(
        "product.product", string="Instead", readonly=True, help="The substitute."
    )
    origin = fields.Selection(
        selection=[
            ("customer", "Customer"),
            ("preference", "Preference of the customer"),
            ("deadline", "No answer in time"),
        ],
        required=True,
        readonly=True,
        help="Who, or what, decided.",
    )
    chosen_by = fields.Char(readonly=True, help="Name of who chose.")
    chosen_on = fields.Datetime(
        readonly=True, default=fields.Datetime.now, help="When it was chosen."
    )
    execute_on = fields.Datetime(
        string="Carried Out From",
        readonly=True,
        index="btree_not_null",
        help="Until then it can be undone.",
    )
    state = fields.Selection(
        selection=[
            ("pending", "Can be undone"),
            ("done", "Carried out"),
            ("undone", "Undone"),
            ("failed", "Not possible"),
            ("moot", "Not needed any more"),
        ],
        string="Status",
        default="pending",
        required=True,
        readonly=True,
        index=True,
        help="What became of it.",
    )
    change_id = fields.Many2one(
        "sales.order.change",
        string="Change Request",
        readonly=True,
        help="What was asked for with it.",
    )
    cancellation_id = fields.Many2one(
        "sales.order.cancellation", readonly=True, help="What was cancelled with it."
    )
    note = fields.Text(readonly=True, help="Why it could not be carried out.")

    _pending_uniq = models.UniqueIndex(
        "(backorder_id) WHERE state = 'pending'",
        "Something else was chosen meanwhile. Look at it again.",
    )

    def write(self, vals):
        self._check_own_write(vals)
        return super().write(vals)

    # === Undoing === #

    def _undo(self, name):
        """Take back what is not carried out yet; the others stay."""
        pending = self.filtered(lambda one: one.state == "pending")
        pending._write_own({"state": "undone"})
        pending._log_choices("backorder.choice_undone", by=name)
        return pending

    def _log_choices(self, code, **data):
        self.backorder_id._log_events(
            code,
            {
                one.backorder_id: {
                    "choice": one.choice,
                    "product": one.product_id.display_name or "",
                    "origin": one.origin,
                    **data,
                }
                for one in self
            },
        )

    # === Carrying out === #

    @api.model
    def _cron_carry_out(self):
        """Decide where nobody did in time, and carry out what can be undone no more."""
        self.env["sales.backorder"]._choose_by_preference()
        due = self.search(
            [("state", "=", "pending"), ("execute_on", "<=", fields.Datetime.now())],
            order="id",
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for choice in due:
            choice._carry_out()
            if not cron._commit_progress(1):
                break

    def _carry_out(self):
        """Do it in a savepoint; if it cannot be done, somebody has to look at it."""
        self.ensure_one()
        if self.backorder_id.state != "open" or self.order_id.state != "sale":
            self._write_own({"state": "moot"})
            return
        try:
            with self.env.cr.savepoint():
                vals = getattr(self, f"_carry_out_{self.choice}")()
                self._write_own({**(vals or {}), "state": "done"})
                self._log_choices("backorder.choice_done", by=self.chosen_by or "")
        except Exception as error:  # noqa: BLE001 whatever stops it, others go on
            self.env.invalidate_all()
            self._write_own({"state": "failed", "note": str(error)})
            self.order_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The customer's choice could not be carried out"),
                note=str(error),
                user_id=self.order_id.user_id.id or self.env.uid,
            )

    def _carry_out_wait(self):
        """Waiting is what happens anyway."""

    def _carry_out_partial(self):
        """Let leave what is there: no rule holds it back any more."""
        order = self.order_id
        order.shipment_complete = False
        order._set_shipping_policy("direct")
        for picking in order.picking_ids.filtered(lambda one: one._is_splittable()):
            picking.action_split_transfer()

    def _carry_out_substitute(self):
        change = self.backorder_id._substitute(self.product_id, "portal")
        return {"change_id": change.id}

    def _carry_out_cancel(self):
        backorder = self.backorder_id
        cancellation = self.order_id._new_cancellation(
            {backorder.sale_line_id.id: backorder.qty_short},
            "late",
            self.env._("Chosen by the customer."),
            "portal",
        )
        cancellation.action_cancel_now()
        return {"cancellation_id": cancellation.id}
