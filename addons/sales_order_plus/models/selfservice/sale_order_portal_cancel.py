from odoo import api, models


class SaleOrder(models.Model):
    """What the customer's form for cancellations offers of an order."""

    _inherit = "sale.order"

    @api.model
    def _get_customer_request_fields(self):
        return {**super()._get_customer_request_fields(), "cancel": "cancellation_ids"}

    def _get_self_service(self):
        window = self._get_cancel_window()
        # Also when it is too late by now: then the page says why, and whom to ask.
        offered = self.state == "sale" and (window["open"] or bool(window["until"]))
        return {**super()._get_self_service(), "cancel": offered}

    def _preview_portal_cancellation(self, quantities, reason, note=""):
        """Return what a cancellation costs, as the page and programs read it."""
        self.ensure_one()
        before = self.amount_total
        data = self._preview_cancellation_as_customer(quantities, reason, note)
        amounts = self._get_cancel_amounts(before, data)
        return self._prepare_portal_preview(data["lines"], amounts, data["texts"])

    def _get_cancel_amounts(self, before, data):
        rows = [
            ("before", self.env._("Total so far"), before, False),
            ("fee", self.env._("Restocking fee, untaxed"), data["fee"], False),
            ("refund", self.env._("You get back"), data["refund"], True),
        ]
        if data["state"] == "applied":
            rows.append(("after", self.env._("New total"), data["total"], True))
        return [row for row in rows if row[2] or row[0] in ("before", "after")]

    def _get_customer_cancel_reasons(self):
        """Return the reasons that customers of this order may choose, as superuser."""
        self.ensure_one()
        # sudo: customers have no rights to the reasons.
        reasons = self.env["sales.cancel.reason"].sudo()
        companies = (False, self.company_id.id)
        return reasons.search(
            [("portal_visible", "=", True), ("company_id", "in", companies)]
        )


class SalesOrderCancellation(models.Model):
    """What a customer sees of a cancellation."""

    _name = "sales.order.cancellation"
    _inherit = ["sales.order.cancellation", "sales.customer.request.mixin"]

    @api.model
    def _get_request_kind(self):
        return "cancel", self.env._("Cancellation")

    @api.model
    def _get_request_looks(self):
        return {
            "submitted": (self.env._("We look at it"), "info", "fa-hourglass-half"),
            "applied": (self.env._("Cancelled"), "success", "fa-check"),
            "refused": (self.env._("Not possible"), "danger", "fa-times"),
            "withdrawn": (self.env._("Withdrawn"), "secondary", "fa-undo"),
            "retained": (self.env._("Kept, as offered"), "success", "fa-heart"),
        }

    @api.model
    def _get_open_states(self):
        return ("submitted",)

    @api.model
    def _get_staff_states(self):
        return ("applied",)

    def _prepare_customer_rows(self):
        self.ensure_one()
        reason = self.reason_id.name or ""
        if self.kind == "full":
            whole = self.env._("Whole order")
            return [{"what": whole, "before": "", "after": reason}]
        return [
            {
                "what": line.product_id.display_name or line.order_line_id.name,
                "before": "",
                "after": f"{line.quantity:g} {line.product_uom_id.name or ''}",
            }
            for line in self.line_ids
        ]

    def _get_customer_amount(self):
        label = self._get_refund_label(self.env._("You get back"))
        return label, self.refund_amount
