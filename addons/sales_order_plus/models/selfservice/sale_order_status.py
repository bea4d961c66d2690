from odoo import api, fields, models

# Steps of an order as its customer counts them, and the lifecycle stage of each.
STEPS = {
    "received": (),
    "review": ("pending",),
    "confirmed": ("approved",),
    "picking": ("processing",),
    "shipped": ("shipped",),
    "delivered": ("delivered", "returned"),
}


class SaleOrder(models.Model):
    """How far an order is, for its customer and for the programs of his."""

    _inherit = "sale.order"

    @api.model
    def _get_status_steps(self):
        """Return {step: words for the customer} in the order they are reached."""
        return {
            "received": self.env._("Received"),
            "review": self.env._("In review"),
            "confirmed": self.env._("Confirmed"),
            "picking": self.env._("In preparation"),
            "shipped": self.env._("Shipped"),
            "delivered": self.env._("Delivered"),
        }

    def _get_customer_status(self):
        """Return how far the order is, as plain data for its customer.

        :return: dict with ``order``, ``stage`` (a step, or ``quotation``,
            ``returned``, ``cancelled``), ``label``, ``shipped`` and ``deliveries``
            (numbers), ``expected_on`` (UTC or empty), ``final`` and ``steps``, each
            with ``code``, ``label`` and ``state`` (done, current or open)
        """
        self.ensure_one()
        # sudo: transfers are internal; they are counted, not shown.
        order = self.sudo()
        shipped, deliveries = order._count_deliveries()
        stage = order._get_status_stage()
        return {
            "order": order.name,
            "stage": stage,
            "label": order._get_status_label(stage, shipped, deliveries),
            "shipped": shipped,
            "deliveries": deliveries,
            "expected_on": order._get_status_date(stage),
            "final": stage in ("delivered", "returned", "cancelled"),
            "steps": order._get_status_rows(stage, shipped, deliveries),
        }

    def _count_deliveries(self):
        """Return how many deliveries have left, and how many there are."""
        going = self.picking_ids.filtered(
            lambda one: (
                one.state != "cancel"
                and not one._is_coming_back()
                and one.location_dest_id.usage == "customer"
            )
        )
        return len(going.filtered(lambda one: one.state == "done")), len(going)

    def _get_status_stage(self):
        others = {"canceled": "cancelled", "returned": "returned"}
        if self.lifecycle_stage in others:
            return others[self.lifecycle_stage]
        if self.lifecycle_stage == "draft":
            return "received" if self.signed_on or self.amount_paid else "quotation"
        return next(
            step for step, stages in STEPS.items() if self.lifecycle_stage in stages
        )

    def _get_status_label(self, stage, shipped, deliveries):
        labels = {
            **self._get_status_steps(),
            "quotation": self.env._("Quotation"),
            "returned": self.env._("Returned"),
            "cancelled": self.env._("Cancelled"),
        }
        if stage == "shipped":
            return self._get_shipped_label(shipped, deliveries)
        return labels[stage]

    def _get_shipped_label(self, shipped, deliveries):
        return self.env._("Shipped %(done)s/%(all)s", done=shipped, all=deliveries)

    def _get_status_date(self, stage):
        promised = self.commitment_date
        if stage in ("delivered", "returned", "cancelled") or not promised:
            return ""
        return fields.Datetime.to_string(promised)

    def _get_status_rows(self, stage, shipped, deliveries):
        """Return the steps with how far each is; none of what is no order."""
        if stage in ("quotation", "cancelled"):
            return []
        labels = self._get_status_steps()
        codes = [*labels]
        reached = codes.index("delivered" if stage == "returned" else stage)
        rows = []
        for index, code in enumerate(codes):
            if code == "review" and stage != "review":
                continue  # of no interest to whom was not looked at twice
            state = "done" if index < reached or code == "delivered" else "current"
            rows.append(
                {
                    "code": code,
                    "label": labels[code],
                    "state": state if index <= reached else "open",
                }
            )
        if shipped:
            row = next(row for row in rows if row["code"] == "shipped")
            row["label"] = self._get_shipped_label(shipped, deliveries)
        return rows
