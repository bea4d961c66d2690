from odoo import api, models

from ..change.sales_order_change_impact import rolled_back


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
        """Return what a cancellation costs, as the page and programs read it.

        It is really asked for, and undone.
        """
        self.ensure_one()
        before = self.amount_total
        with rolled_back(self.env.cr):
            one = self._request_cancellation_as_customer(quantities, reason, note)
            lines = one._prepare_customer_rows()
            after = 0.0 if self.state == "cancel" else self.amount_total
            amounts = one._get_preview_amounts(before, after)
            texts = one._get_preview_texts()
        self.env.invalidate_all()
        return self._prepare_portal_preview(lines, amounts, texts)

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

    def _get_preview_amounts(self, before, after):
        rows = [
            ("before", self.env._("Total so far"), before, False),
            ("fee", self.env._("Restocking fee, untaxed"), self.fee_amount, False),
            ("refund", self.env._("You get back"), self.refund_amount, True),
        ]
        if self.state == "applied":
            rows.append(("after", self.env._("New total"), after, True))
        return [row for row in rows if row[2] or row[0] in ("before", "after")]

    def _get_preview_texts(self):
        steps = {
            "applied": self.env._("It is cancelled as soon as you send it."),
            "submitted": self.env._("We look at it and let you know."),
        }
        texts = [steps.get(self.state)]
        if self.refund_amount:
            texts.append(self.env._("What you have paid goes back the way it came."))
        return [text for text in texts if text]

    def _get_customer_amount(self):
        return self.env._("You get back"), self.refund_amount
