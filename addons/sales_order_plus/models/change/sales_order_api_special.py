from odoo import api, models

from ...exceptions import ChangeError, UnknownCodeError


class SalesOrderApi(models.AbstractModel):
    """Special requests, asked and answered by programs."""

    _inherit = "sales.order.api"

    @api.model
    def answer_change(self, *, number: str, outcome: str, changes: list | None = None):
        """Say what came of a special request, and ask for what it leads to.

        :param str number: number of the request
        :param str outcome: what was done or agreed
        :param list changes: changes of the order because of it, as for
            :meth:`request_change_of_order`; they are submitted
        :return: the request as :meth:`get_change` gives it, with ``outcome``, ``due``
            (UTC) and ``led_to`` (numbers)
        :raise ChangeError: if nothing special waits, or nothing is said
        """
        change = self._get_change(number)
        if changes:
            data = self.request_change_of_order(
                name=change.order_id.name, changes=changes, reason=outcome, submit=False
            )
            more = self._get_change(data["number"])
            more.origin_id = change
            more.action_submit()
        change.action_answer(outcome=outcome)
        return self._prepare_change_data(change)

    @api.model
    def _prepare_change_vals(self, order, row):
        """Special requests have ``request_type`` (name) and ``values`` by label."""
        if not isinstance(row, dict) or row.get("kind") != "special":
            return super()._prepare_change_vals(order, row)
        own = ("request_type", "values")
        rest = {name: value for name, value in row.items() if name not in own}
        kind = self._get_request_type(row.get("request_type"))
        return {
            **super()._prepare_change_vals(order, rest),
            "request_type_id": kind.id,
            "request_values": self._get_request_values(kind, row.get("values") or {}),
        }

    @api.model
    def _get_request_type(self, name):
        types = self.env["sales.change.request.type"]
        found = types.search([("name", "=", name or "")], limit=2)
        if len(found) != 1:
            types = types.search([], limit=100)
            raise UnknownCodeError(
                self.env._(
                    "request_type: give one of %s.", ", ".join(types.mapped("name"))
                ),
                field="request_type",
                codes=types.mapped("name"),
            )
        return found

    @api.model
    def _get_request_values(self, kind, values):
        names = {one["string"]: one["name"] for one in kind.value_definition or []}
        for label in values:
            if label not in names:
                raise ChangeError(
                    self.env._(
                        "values: %(type)s asks for %(labels)s, not for %(label)s.",
                        type=kind.name,
                        labels=", ".join(names) or "-",
                        label=label,
                    ),
                    field="values",
                    rule="unknown",
                )
        return {names[label]: value for label, value in values.items()}

    @api.model
    def _prepare_change_data(self, change):
        data = super()._prepare_change_data(change)
        if change.is_special:
            data |= {
                "outcome": change.outcome or "",
                "due": str(change.request_due or ""),
                "led_to": change.spawned_ids.sorted("id").mapped("name"),
            }
        return data
