from odoo import fields

from ..change.common import ChangeCommon


class ReturnCommon(ChangeCommon):
    """A delivered, invoiced order of a taxed product; the salesman takes goods back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.invoice_policy = "delivery"
        cls.reason = cls.env.ref("sales_order_plus.sales_return_reason_mind")
        cls.our_fault = cls.env.ref("sales_order_plus.sales_return_reason_damaged")
        # Others may have policies; none of ours is in their way.
        cls.env["sales.change.policy"].search([]).active = False

    def _policy(self, **values):
        return self.env["sales.change.policy"].create(
            {"name": "Returns", "company_id": self.company.id, **values}
        )

    def _delivered(self, ordered=10, delivered=6, **values):
        order = self._confirmed((self.product, ordered), **values)
        self._deliver(order, delivered)
        return order

    def _invoice(self, order):
        invoice = order.sudo()._create_invoices(final=True)
        invoice.action_post()
        self._flush()
        return invoice

    def _request(self, order, quantity=2, user=None, resolution="refund", **values):
        """Return a requested return of the first line."""
        order = order.with_user(user or self.salesman)
        action = order.action_request_return(
            lines={order.order_line[0].id: quantity},
            reason=values.pop("reason", self.reason).id,
            resolution=resolution,
            **values,
        )
        self._flush()
        return order.env["sales.order.return"].browse(action["res_id"])

    def _authorised(self, order, quantity=2, **values):
        one = self._request(order, quantity, **values)
        one.action_authorise()
        self._flush()
        return one

    def _receive(self, one, quantity=None):
        """Validate the return transfer as the warehouse worker."""
        pickings = one.sudo().picking_ids.with_user(self.storeman)
        for picking in pickings.filtered(lambda p: p.state != "done"):
            for move in picking.move_ids:
                came = move.product_uom_qty if quantity is None else quantity
                move.write({"quantity": came, "picked": True})
            result = picking.button_validate()
            if isinstance(result, dict):
                wizard = self.env[result["res_model"]].with_user(self.storeman)
                wizard.with_context(**result["context"]).create({}).process()
        self._flush()
        return pickings

    def _settled(self, order, quantity=2, **values):
        one = self._authorised(order, quantity, **values)
        self._receive(one)
        return one

    def _mails(self, one):
        domain = [("model", "=", "sales.order.return"), ("res_id", "=", one.id)]
        return self.env["mail.mail"].search(domain, order="id").mapped("subject")

    def _days_ago(self, order, days):
        """Have the order delivered so many days ago."""
        moves = order.sudo().order_line.move_ids.filtered(lambda m: m.state == "done")
        moves.date = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        self._flush()
