from odoo import api, models

from ..returns.sale_order_return_customer import CUSTOMER_RESOLUTIONS


class SaleOrder(models.Model):
    """What the customer's form for returns offers of an order."""

    _inherit = "sale.order"

    @api.model
    def _get_customer_request_fields(self):
        return {**super()._get_customer_request_fields(), "return": "return_ids"}

    def _get_self_service(self):
        policy = self.env["sales.change.policy"]._get_for(self)
        offered = policy.return_portal and any(self.order_line.mapped("qty_delivered"))
        return {**super()._get_self_service(), "return": offered}

    @api.model
    def _get_customer_resolutions(self):
        """Return {resolution: words} of what customers may choose."""
        field = self.env["sales.order.return.line"]._fields["resolution"]
        labels = dict(field._description_selection(self.env))
        return {name: labels[name] for name in CUSTOMER_RESOLUTIONS}

    def _preview_portal_return(self, quantities, reason, resolution):
        """Return what a return brings, as the page and programs read it."""
        data = self._preview_return_as_customer(quantities, reason, resolution)
        label = self._get_customer_resolutions().get(resolution, "")
        lines = [
            {
                "what": row["product"],
                "before": "",
                "after": f"{row['quantity']:g} {row['unit']}",
            }
            for row in data["lines"]
        ]
        amounts = []
        if data["refund"]:
            amounts.append(("refund", self.env._("You get back"), data["refund"], True))
        if data["fee"]:
            amounts.append(
                ("fee", self.env._("Restocking fee, untaxed"), data["fee"], False)
            )
        texts = [text for text in (label, data["text"]) if text]
        return self._prepare_portal_preview(lines, amounts, texts)


class SalesOrderReturn(models.Model):
    """What a customer sees of a return."""

    _name = "sales.order.return"
    _inherit = ["sales.order.return", "sales.customer.request.mixin"]

    @api.model
    def _get_request_kind(self):
        return "return", self.env._("Return")

    @api.model
    def _get_request_looks(self):
        return {
            "requested": (self.env._("We look at it"), "info", "fa-hourglass-half"),
            "authorised": (self.env._("Send it back"), "warning", "fa-truck"),
            "received": (self.env._("It is here"), "info", "fa-search"),
            "closed": (self.env._("Settled"), "success", "fa-check"),
            "refused": (self.env._("Not possible"), "danger", "fa-times"),
            "withdrawn": (self.env._("Withdrawn"), "secondary", "fa-undo"),
        }

    @api.model
    def _get_open_states(self):
        return ("requested", "authorised")

    @api.model
    def _get_staff_states(self):
        return ("authorised", "received", "closed")

    def _prepare_customer_rows(self):
        self.ensure_one()
        return [
            {
                "what": line.product_id.display_name,
                "before": "",
                "after": f"{line.quantity:g} {line.uom_id.name or ''}",
            }
            for line in self.line_ids
        ]

    def _get_customer_amount(self):
        label = self._get_refund_label(self.env._("Credited"))
        return label, self.credited_amount
