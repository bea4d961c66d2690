from odoo import api, fields, models

from ...exceptions import ChangeError, UnknownCodeError
from .sales_order_change_line import KINDS, OF_LINE

# What a program may say of a change, by the name it is given.
VALUES = (
    "quantity",
    "price_unit",
    "discount",
    "keep_price",
    "requested_date",
    "window_from",
    "window_to",
    "freight",
    "order_priority",
    "fee",
    "text",
)
RECORDS = {
    "partner_id": "res.partner",
    "carrier_id": "delivery.carrier",
    "payment_term_id": "account.payment.term",
    "payment_method_line_id": "account.payment.method.line",
}


class SalesOrderApi(models.AbstractModel):
    """Change confirmed orders."""

    _inherit = "sales.order.api"

    @api.model
    def request_change_of_order(
        self,
        *,
        name: str,
        changes: list,
        reason: str,
        submit: bool = True,
        apply: bool = False,
    ):
        """Ask for a change of a confirmed order.

        :param str name: number of the order
        :param list changes: dicts with ``kind`` (quantity, price, substitute, add,
            remove, date, delivery_address, invoice_address, carrier, payment_term,
            payment_method, priority, instructions, special), ``line`` (id of the order
            line, or the internal reference of its product), ``product`` (internal
            reference), and what the kind needs: ``quantity`` (unit of the line),
            ``price_unit`` (currency of the order), ``discount`` (percent),
            ``keep_price``, ``commitment_date`` (UTC), ``requested_date``,
            ``window_from``, ``window_to`` (hours), ``partner_id``, ``carrier_id``,
            ``freight``,
            ``payment_term_id``, ``payment_method_line_id``, ``order_priority``,
            ``fee`` (currency of the order), ``text``; of the kind special
            ``request_type`` (name) and ``values`` (by label)
        :param str reason: why
        :param bool submit: submit it; else it stays a draft with its impact
        :param bool apply: apply it at once, if nothing stands against it
        :return: the request as :meth:`get_change` gives it
        :raise ChangeError: names the ``field`` and the ``rule`` that stands against it
        """
        order = self._get_order_by_name(name)
        change = self.env["sales.order.change"]._create_own(
            [
                {
                    "order_id": order.id,
                    "channel": "rpc",
                    "reason": reason,
                }
            ]
        )
        self.env["sales.order.change.line"].create(
            [
                {"change_id": change.id, **self._prepare_change_vals(order, row)}
                for row in changes
            ]
        )
        if submit or apply:
            change.action_submit()
        else:
            change.action_preview()
        if apply:
            change.action_apply()
        return self._prepare_change_data(change)

    @api.model
    def preview_change(self, *, name: str, changes: list):
        """Return what a change would bring about; nothing is kept.

        :param str name: number of the order
        :param list changes: as for :meth:`request_change_of_order`
        :return: dict with ``before``, ``after`` and ``remarks``
        """
        with self.env.cr.savepoint() as savepoint:
            data = self.request_change_of_order(
                name=name, changes=changes, reason="-", submit=False
            )
            savepoint.rollback()
        return data["impact"]

    @api.model
    def submit_change(self, *, number: str):
        """Submit a draft.

        :param str number: number of the request
        :return: the request as :meth:`get_change` gives it
        """
        change = self._get_change(number)
        change.action_submit()
        return self._prepare_change_data(change)

    @api.model
    def apply_change(self, *, number: str):
        """Apply a submitted request.

        :param str number: number of the request
        :return: the request as :meth:`get_change` gives it
        :raise ChangeStaleError: with ``conflicts``, if the order has changed since
        """
        change = self._get_change(number)
        change.action_apply()
        return self._prepare_change_data(change)

    @api.model
    def withdraw_change(self, *, number: str, reason: str = ""):
        """Withdraw a request that is not decided.

        :param str number: number of the request
        :param str reason: why
        :return: the request as :meth:`get_change` gives it
        """
        change = self._get_change(number)
        change.action_withdraw(reason=reason)
        return self._prepare_change_data(change)

    @api.model
    @api.readonly
    def get_change(self, *, number: str):
        """Return one change request.

        :param str number: number of the request
        :return: dict with ``number``, ``order``, ``state``, ``reason``, ``difference``
            (with taxes, currency of the order), ``lines`` (``kind``, ``before``,
            ``after``), ``impact``, ``conflicts`` and ``decided_on`` (UTC)
        """
        return self._prepare_change_data(self._get_change(number))

    @api.model
    def _get_change(self, number):
        unknown = self.env._(
            "number: there is no change request %s that you may read.", number
        )
        return self._get_request_by_number("sales.order.change", number, unknown)

    @api.model
    def _prepare_change_vals(self, order, row):
        """Return the values of a change from what a program sent."""
        kinds = [kind for kind, _label in KINDS]
        if not isinstance(row, dict) or row.get("kind") not in kinds:
            raise UnknownCodeError(
                self.env._("kind: give one of %s.", ", ".join(kinds)),
                field="kind",
                codes=kinds,
            )
        vals = {name: row[name] for name in VALUES if name in row}
        unknown = {*row} - {*VALUES, *RECORDS, "kind", "line", "product"}
        unknown -= {"commitment_date"}
        if unknown:
            raise ChangeError(
                self.env._("%s: there is no such value.", sorted(unknown)[0]),
                field=sorted(unknown)[0],
                rule="unknown",
            )
        vals["kind"] = row["kind"]
        if row["kind"] in OF_LINE:
            vals["line_id"] = self._get_change_order_line(order, row.get("line")).id
        if row.get("product"):
            vals["product_id"] = self._get_change_product(row["product"]).id
        if row.get("commitment_date"):
            vals["commitment_date"] = fields.Datetime.to_datetime(
                row["commitment_date"]
            )
        for name in set(RECORDS).intersection(row):
            vals[name] = self._get_readable(name, row[name]).id
        return vals

    @api.model
    def _get_readable(self, name, id_):
        record = self.env[RECORDS[name]].search([("id", "=", id_)])
        if not record:
            raise UnknownCodeError(
                self.env._("%(field)s: there is no %(id)s.", field=name, id=id_),
                field=name,
                codes=[],
            )
        return record

    @api.model
    def _get_change_order_line(self, order, given):
        lines = order.order_line.filtered(lambda line: not line.display_type)
        found = lines.filtered(
            lambda line: line.id == given or line.product_id.default_code == given
        )
        if len(found) != 1 or not given:
            codes = [[line.id, line.product_id.default_code or ""] for line in lines]
            raise UnknownCodeError(
                self.env._(
                    "line: give the id of a line of %s, or the reference of its product "
                    "where only one line has it.",
                    order.name,
                ),
                field="line",
                codes=codes,
            )
        return found

    @api.model
    def _get_change_product(self, code):
        product = self.env["product.product"].search(
            [("default_code", "=", code)], limit=2
        )
        if len(product) != 1:
            raise UnknownCodeError(
                self.env._("product: %s names not exactly one product.", code),
                field="product",
                codes=[],
            )
        return product

    @api.model
    def _prepare_change_data(self, change):
        return {
            "number": change.name,
            "order": change.order_id.name,
            "state": change.state,
            "reason": change.reason or "",
            "difference": change.amount_delta,
            "lines": [
                {
                    "kind": line.kind,
                    "line": line.line_id.id or False,
                    "before": line.old_value or "",
                    "after": line.new_value or "",
                }
                for line in change.line_ids
            ],
            "impact": change.impact or {},
            "conflicts": change.conflicts or [],
            "decided_on": change.decided_on and str(change.decided_on) or "",
        }
