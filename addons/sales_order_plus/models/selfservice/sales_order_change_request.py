from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _get_customer_request_fields(self):
        return {**super()._get_customer_request_fields(), "change": "change_ids"}


class SalesOrderChange(models.Model):
    """What a customer sees of a change."""

    _name = "sales.order.change"
    _inherit = ["sales.order.change", "sales.customer.request.mixin"]

    @api.model
    def _get_request_kind(self):
        return "change", self.env._("Change")

    @api.model
    def _get_request_looks(self):
        return {
            "submitted": (self.env._("We look at it"), "info", "fa-hourglass-half"),
            "acceptance": (self.env._("Waiting for you"), "warning", "fa-pencil"),
            "applied": (self.env._("Changed"), "success", "fa-check"),
            "refused": (self.env._("Not possible"), "danger", "fa-times"),
            "withdrawn": (self.env._("Withdrawn"), "secondary", "fa-undo"),
            "stale": (self.env._("We look at it again"), "info", "fa-hourglass-half"),
        }

    @api.model
    def _get_open_states(self):
        return ("submitted", "acceptance", "stale")

    @api.model
    def _get_staff_states(self):
        return ("acceptance", "applied")

    def _prepare_customer_rows(self):
        return self.line_ids._prepare_customer_rows()

    def _get_customer_amount(self):
        return self.env._("Difference"), self.amount_delta

    def _get_customer_note(self):
        return self.customer_note or ""

    def _is_to_accept(self):
        return self.state == "acceptance"


class SalesOrderChangeLine(models.Model):
    _inherit = "sales.order.change.line"

    def _prepare_customer_rows(self):
        """Return what is different, in words, one row for each change."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [
            {
                "what": line.line_id.product_id.display_name
                or line.product_id.display_name
                or kinds[line.kind],
                "before": line.old_value or "",
                "after": line.new_value or "",
            }
            for line in self
        ]
