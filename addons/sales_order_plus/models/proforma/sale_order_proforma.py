from odoo import api, fields, models
from odoo.tools import SQL

from ...exceptions import ProformaError
from .grants import writing_proforma


class SaleOrder(models.Model):
    """What the order asks for, and has received, before delivery."""

    _inherit = "sale.order"

    proforma_ids = fields.One2many(
        "sales.proforma",
        "order_id",
        groups="base.group_user",
        help="Requests for payment of this order.",
    )
    proforma_count = fields.Integer(
        compute="_compute_advance_paid",
        compute_sudo=True,
        groups="base.group_user",
        help="Number of proformas of the order.",
    )
    advance_paid = fields.Monetary(
        compute="_compute_advance_paid",
        compute_sudo=True,
        groups="base.group_user",
        help="Received on proformas, in the currency of the order.",
    )
    advance_residual = fields.Monetary(
        string="Left to Pay",
        compute="_compute_advance_paid",
        compute_sudo=True,
        groups="base.group_user",
        help="Total of the order less what was received on proformas.",
    )

    @api.depends("proforma_ids.amount_paid", "amount_total")
    def _compute_advance_paid(self):
        none = self.env["sales.proforma"]
        any_issued = none._has_records()
        for order in self:
            proformas = order.proforma_ids if any_issued else none
            paid = sum(
                proforma._get_order_amount(proforma.amount_paid)
                for proforma in proformas
                if proforma.amount_paid
            )
            order.proforma_count = len(proformas)
            order.advance_paid = order.currency_id.round(paid)
            order.advance_residual = order.amount_total - order.advance_paid

    @api.depends("proforma_ids.amount_paid")
    def _compute_amount_paid(self):
        """Count advances by bank, and payments in another currency at their rate."""
        result = super()._compute_amount_paid()
        for order in self.filtered("proforma_ids"):
            order.amount_paid += order._get_advance_difference()
        return result

    def _get_advance_difference(self):
        """Return what Odoo's sum of transactions lacks of the advances."""
        self.ensure_one()
        counted = self.transaction_ids.filtered(
            lambda tx: tx.proforma_id and tx.state in ("authorized", "done")
        )
        difference = sum(tx._get_order_amount() - tx.amount for tx in counted)
        for proforma in self.proforma_ids:
            received = proforma._get_received_payments()
            amount = sum(proforma._convert_payment(payment) for payment in received)
            difference += proforma._get_order_amount(amount) if amount else 0.0
        return difference

    def _lock_for_proforma(self):
        """Let one transaction at a time issue proformas of these orders.

        An update, not only a lock: a transaction that began before another one
        issued would not see it after waiting; like this it is run again.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE sale_order SET name = name WHERE id IN %s", tuple(self.ids))
        )
        self.invalidate_recordset()

    def _after_state(self, state):
        super()._after_state(state)
        if state == "cancel":
            self._cancel_open_proformas()

    def _cancel_open_proformas(self):
        """Withdraw what nobody paid: a cancelled order asks for nothing."""
        # sudo: who cancels an order need not be allowed to write its proformas.
        open_ones = self.sudo().proforma_ids.filtered(
            lambda p: p.state in ("draft", "issued") and not p.amount_paid
        )
        if not open_ones:
            return
        with writing_proforma():
            open_ones.write({"cancelled_on": fields.Datetime.now()})
        open_ones.sudo(False)._log_event("proforma.cancelled", reason="order")

    def _create_proforma(self, kind, *, percent=0.0, quantities=None, **values):
        """Create a draft for a part of the order.

        :param str kind: ``full``, ``percent`` or ``lines``
        :param float percent: for ``percent``
        :param dict quantities: for ``lines``, {order line: quantity}
        :param values: fields of the draft, such as ``currency_id``
        :return: the proforma
        :raise ProformaError: if it asks for nothing, or for more than is left
        """
        self.ensure_one()
        self.check_access("read")
        self._check_proforma_kind(kind)
        proforma = self.env["sales.proforma"].create(
            {
                "order_id": self.id,
                "kind": kind,
                "percent": percent if kind == "percent" else 0.0,
                **values,
            }
        )
        proforma._check_order_open()
        if kind == "lines":
            proforma._build_lines(self._get_proforma_parts(quantities or {}))
        return proforma

    def _check_proforma_kind(self, kind):
        kinds = dict(self.env["sales.proforma"]._fields["kind"].selection)
        if kind not in kinds:
            raise ProformaError(
                self.env._(
                    "Kind: “%(kind)s” is none. Give one of %(kinds)s.",
                    kind=kind,
                    kinds=", ".join(kinds),
                )
            )

    def _get_proforma_parts(self, quantities):
        """Return {order line: fraction} of the quantities that are not zero."""
        foreign = [line for line in quantities if line.order_id != self]
        if foreign:
            raise ProformaError(
                self.env._(
                    "Lines: line %(line)s is not one of order %(order)s. "
                    "Give lines of this order only.",
                    line=foreign[0].id,
                    order=self.name,
                )
            )
        return {
            line: self._get_proforma_part(line, quantity)
            for line, quantity in quantities.items()
            if quantity
        }

    def _get_proforma_part(self, line, quantity):
        if not line.product_uom_qty:
            raise ProformaError(
                self.env._(
                    "Lines: “%s” has no quantity on the order. Leave it out.", line.name
                )
            )
        return quantity / line.product_uom_qty

    def action_view_proformas(self):
        """Open the proformas of the order.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_proforma_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id}
        proformas = self.env["sales.proforma"].search([("order_id", "=", self.id)])
        if len(proformas) == 1:
            action.update(
                res_id=proformas.id, view_mode="form", views=[(False, "form")]
            )
        return action
