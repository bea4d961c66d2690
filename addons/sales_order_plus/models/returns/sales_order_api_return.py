from odoo import api, fields, models

from ...exceptions import UnknownCodeError


class SalesOrderApi(models.AbstractModel):
    """Returns of delivered goods."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_returnable_goods(self, *, name: str):
        """Return what of an order can come back.

        :param str name: number of the order
        :return: list of dicts with ``line`` (id), ``product`` (internal reference),
            ``quantity`` and ``unit``
        """
        order = self._get_order_by_name(name)
        lines = self.env["sale.order.line"]
        return [
            {
                "line": line_id,
                "product": lines.browse(line_id).product_id.default_code or "",
                "quantity": quantity,
                "unit": lines.browse(line_id).product_uom_id.name,
            }
            for line_id, quantity in order._get_returnable_quantities().items()
        ]

    @api.model
    def request_return(
        self,
        *,
        name: str,
        lines: dict,
        reason: str,
        note: str = "",
        resolution: str = "refund",
        authorise: bool = False,
    ):
        """Ask for a return of delivered goods.

        :param str name: number of the order
        :param dict lines: {id of an order line: quantity in its unit}
        :param str reason: name of a return reason
        :param str note: what the customer says
        :param str resolution: refund, replacement, repair or none
        :param bool authorise: authorise it at once, if nothing stands against it
        :return: the return as :meth:`get_return` gives it
        :raise ReturnError: names the ``field`` and the ``rule`` that stands against it
        """
        order = self._get_order_by_name(name)
        order.check_access("write")
        reason_id = self._get_return_reason(reason)
        one = order._create_return(lines, reason_id, note, resolution, "rpc")
        one.action_request()
        if authorise:
            one.action_authorise()
        return self._prepare_return_data(one)

    @api.model
    def authorise_return(self, *, number: str):
        """Authorise a requested return: the transfer that takes it is prepared.

        :param str number: number of the return
        :return: the return as :meth:`get_return` gives it
        :raise GuardError: if an approval stands against it
        """
        one = self._get_return(number)
        one.action_authorise()
        return self._prepare_return_data(one)

    @api.model
    def refuse_return(self, *, number: str, reason: str):
        """Refuse a requested return.

        :param str number: number of the return
        :param str reason: why; the customer reads it
        :return: the return as :meth:`get_return` gives it
        """
        one = self._get_return(number)
        one.action_refuse(reason=reason)
        return self._prepare_return_data(one)

    @api.model
    def withdraw_return(self, *, number: str, reason: str = ""):
        """Withdraw a return of which nothing came back.

        :param str number: number of the return
        :param str reason: why
        :return: the return as :meth:`get_return` gives it
        """
        one = self._get_return(number)
        one.action_withdraw(reason=reason)
        return self._prepare_return_data(one)

    @api.model
    def inspect_return(self, *, number: str, results: list | None = None):
        """Record what the inspection found, and settle the return.

        :param str number: number of the return
        :param list results: as for ``sales.order.return.action_inspect``
        :return: the return as :meth:`get_return` gives it
        """
        one = self._get_return(number)
        one.action_inspect(results=results)
        return self._prepare_return_data(one)

    @api.model
    @api.readonly
    def get_return(self, *, number: str):
        """Return one return.

        :param str number: number of the return
        :return: dict with ``number``, ``order``, ``state``, ``reason``, ``transfers``,
            ``credit_notes`` (numbers), ``credited`` (with taxes), ``fee``,
            ``expected_fee`` (without taxes, before it is settled), ``requested_on`` and
            ``decided_on`` (UTC) and ``lines``, each with ``line`` (id of the line of the
            return), ``order_line``, ``product``, ``quantity``, ``received``,
            ``accepted``, ``inspection`` and ``resolution``
        """
        return self._prepare_return_data(self._get_return(number))

    @api.model
    def _get_return(self, number):
        unknown = self.env._("number: there is no return %s that you may read.", number)
        return self._get_request_by_number("sales.order.return", number, unknown)

    @api.model
    def _get_return_reason(self, name):
        reasons = self.env["sales.return.reason"]
        found = reasons.search([("name", "=", name)], limit=2)
        if len(found) != 1:
            reasons = reasons.search([("active", "=", True)])
            raise UnknownCodeError(
                self.env._(
                    "reason: give one of %s.", ", ".join(reasons.mapped("name"))
                ),
                field="reason",
                codes=reasons.mapped("name"),
            )
        return found

    @api.model
    def _prepare_return_data(self, one):
        # sudo: names of the transfers and credit notes of what the user may read.
        papers = one.sudo()
        return {
            "number": one.name,
            "order": papers.order_id.name,
            "state": one.state,
            "reason": one.reason_id.name or "",
            "transfers": papers.picking_ids.mapped("name"),
            "credit_notes": papers.credit_note_ids.mapped("display_name"),
            "credited": one.credited_amount,
            "fee": one.fee_amount,
            "expected_fee": papers.expected_fee,
            "requested_on": fields.Datetime.to_string(one.requested_on) or "",
            "decided_on": fields.Datetime.to_string(one.decided_on) or "",
            "lines": [self._prepare_return_line_data(line) for line in papers.line_ids],
        }

    @api.model
    def _prepare_return_line_data(self, line):
        return {
            "line": line.id,
            "order_line": line.order_line_id.id,
            "product": line.product_id.default_code or line.product_id.name,
            "quantity": line.quantity,
            "received": line.received_quantity,
            "accepted": line.accepted_quantity,
            "inspection": line.inspection or "",
            "resolution": line.resolution,
        }
