from odoo import api, fields, models


class SalesBackorderRun(models.Model):
    """Open transfers to one customer and address that may as well leave as one."""

    _inherit = "sales.backorder.run"

    is_merging = fields.Boolean(
        string="Merge Transfers",
        help="Also propose to merge the open transfers of a customer that go to the same "
        "address from the same place, where something is short.",
    )
    merges = fields.Json(
        readonly=True, copy=False, help="Which transfers are merged into which."
    )
    merge_note = fields.Text(
        string="Transfers to Merge",
        compute="_compute_merge_note",
        help="Which transfers leave as one.",
    )

    @api.depends("merges")
    @api.depends_context("lang")
    def _compute_merge_note(self):
        for run in self:
            run.merge_note = "\n".join(
                self.env._(
                    "%(customer)s: %(others)s become part of %(target)s.",
                    customer=merge["customer"],
                    others=", ".join(merge["names"]),
                    target=merge["name"],
                )
                for merge in run.merges or ()
            )

    @api.depends("merges")
    def _compute_change_count(self):
        super()._compute_change_count()
        for run in self:
            run.change_count += len(run.merges or ())

    def action_propose(self):
        result = super().action_propose()
        for run in self:
            run._write_own({"merges": run._get_merges()})
        return result

    def _ensure_as_proposed(self):
        super()._ensure_as_proposed()
        if (self.merges or []) != self._get_merges():
            raise self._get_stale_error()

    def _apply(self):
        for merge in self.merges or ():
            self._merge_transfers(merge)
        return super()._apply()

    # === Which === #

    def _get_merges(self):
        """Return what is to be merged, as plain data.

        :return: list of dicts with ``target``, ``name``, ``others``, ``names`` and
            ``customer``
        """
        if not self.is_merging:
            return []
        groups = self._get_mergeable().grouped(lambda one: one._get_merge_key())
        found = []
        for pickings in groups.values():
            target, *others = pickings.sorted("id")
            if others:
                found.append(
                    {
                        "target": target.id,
                        "name": target.name,
                        "others": [one.id for one in others],
                        "names": [one.name for one in others],
                        "customer": target.partner_id.display_name,
                    }
                )
        return sorted(found, key=lambda merge: merge["target"])

    def _get_mergeable(self):
        """Return open transfers with a shortage that nobody has begun with."""
        domain = [("state", "=", "open"), ("company_id", "=", self.company_id.id)]
        if self.product_ids:
            domain.append(("product_id", "in", self.product_ids.ids))
        # sudo: goods for one address are of orders of several salespeople.
        backorders = self.env["sales.backorder"].sudo().search(domain)
        pickings = backorders.sale_line_id.move_ids.picking_id
        return pickings.filtered(
            lambda one: (
                one.state not in ("done", "cancel")
                and one.picking_type_code == "outgoing"
                and self.warehouse_id
                in (one.picking_type_id.warehouse_id, self.warehouse_id.browse())
                and not one._is_begun()
            )
        )

    # === Doing it === #

    def _merge_transfers(self, merge):
        # sudo: as for the reservations.
        pickings = self.env["stock.picking"].sudo()
        target, others = (
            pickings.browse(merge["target"]),
            pickings.browse(merge["others"]),
        )
        orders = others.move_ids.sale_line_id.order_id
        moves = others.move_ids.filtered(lambda move: move.state != "cancel")
        details = moves.move_line_ids
        moves.write({"picking_id": target.id})
        details.write({"picking_id": target.id})
        target.message_post(
            body=self.env._(
                "%(run)s: %(names)s became part of this transfer.",
                run=self.name,
                names=", ".join(merge["names"]),
            )
        )
        self._log_event("backorder.merged", target=merge["name"], merged=merge["names"])
        others.filtered(lambda one: not one.move_ids).unlink()
        orders._refresh_merged()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _get_merge_key(self):
        self.ensure_one()
        return (
            self.partner_id,
            self.picking_type_id,
            self.location_id,
            self.location_dest_id,
            self.carrier_id,
            self.move_type,
        )

    def _is_begun(self):
        """Whether somebody works on it, or it is meant to go with others."""
        self.ensure_one()
        batch = "batch_id" in self and self["batch_id"]
        picked = any(self.move_ids.mapped("picked"))
        packed = bool(self.move_line_ids.result_package_id)
        return bool(self.printed or batch or picked or packed)

    def _action_done(self):
        result = super()._action_done()
        self._get_merged_orders()._refresh_merged()
        return result

    def _get_merged_orders(self):
        """Return the orders of these transfers that Odoo does not know them by."""
        # sudo: who delivers need not read orders.
        moves = self.sudo().move_ids.filtered(
            lambda move: move.sale_line_id.order_id != move.picking_id.sale_id
        )
        return moves.sale_line_id.order_id


class SaleOrder(models.Model):
    """An order whose goods leave with a transfer of another order.

    Odoo knows a transfer by one order; the others find it by their moves.
    """

    _inherit = "sale.order"

    def _get_merged_pickings(self):
        """Return the transfers that bring goods of this order under another one."""
        self.ensure_one()
        return self.order_line.move_ids.picking_id - self.picking_ids

    def _refresh_merged(self):
        self.invalidate_recordset(["picking_ids", "delivery_count"])
        self.env.add_to_compute(self._fields["delivery_status"], self)

    def _compute_delivery_status(self):
        result = super()._compute_delivery_status()
        for order in self.filtered(lambda one: one.state == "sale"):
            if merged := order._get_merged_pickings():
                states = {one.state for one in merged | order.picking_ids}
                order.delivery_status = order._get_merged_status(states)
        return result

    def _get_merged_status(self, states):
        if states <= {"done", "cancel"}:
            return "full" if "done" in states else False
        if "done" not in states:
            return "pending"
        return "partial" if any(self.order_line.mapped("qty_delivered")) else "started"

    def _compute_picking_ids(self):
        result = super()._compute_picking_ids()
        for order in self.filtered(lambda one: one.state == "sale"):
            order.delivery_count += len(order._get_merged_pickings())
        return result

    def action_view_delivery(self):
        self.ensure_one()
        merged = self._get_merged_pickings()
        if not merged:
            return super().action_view_delivery()
        return self._get_action_view_picking(self.picking_ids | merged)
