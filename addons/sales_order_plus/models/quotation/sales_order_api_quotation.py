from odoo import api, fields, models

from ...exceptions import QuotationError


class SalesOrderApi(models.AbstractModel):
    """Quotations over JSON-2: revisions, answers, validity, alternatives."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_quotation(self, *, name: str):
        """Return where a quotation stands with its customer.

        :param str name: number of the order
        :return: dict with ``name``, ``status``, ``revision``, ``valid_until``,
            ``sent_on``, ``sent_via``, ``views``, ``last_viewed_on``, ``response``,
            ``response_by``, ``lost_reason``, ``alternatives`` and ``timeline``
        :raise UserError: if there is no such order that the user may read
        """
        return self._prepare_quotation_data(self._get_order_by_name(name))

    @api.model
    def _prepare_quotation_data(self, order):
        to_string = fields.Datetime.to_string
        return {
            "name": order.name,
            "status": order.quotation_status,
            "revision": order.revision_number,
            "valid_until": fields.Date.to_string(order.validity_date) or "",
            "sent_on": to_string(order.sent_on) or "",
            "sent_via": order.sent_via or "",
            "views": order.quotation_view_count,
            "last_viewed_on": to_string(order.last_viewed_on) or "",
            "response": order.customer_response,
            "response_by": order.response_by or "",
            "lost_reason": order.lost_reason_id.name or "",
            "alternatives": order._get_alternatives()[order].sudo().mapped("name"),
            "timeline": order.get_quotation_timeline(),
        }

    @api.model
    def revise_quotation(self, *, name: str, reason: str = ""):
        """Start the next revision of a quotation.

        :param str name: number of the order
        :param str reason: why
        :return: the quotation as :meth:`get_quotation` gives it
        :raise QuotationError: if it cannot be revised
        """
        order = self._get_order_by_name(name)
        order.action_new_revision(reason=reason)
        return self._prepare_quotation_data(order)

    @api.model
    @api.readonly
    def compare_revisions(self, *, name: str, old: int = 0, new: int = 0):
        """Compare two revisions of a quotation.

        :param str name: number of the order
        :param int old: number of a revision; 0: the one before ``new``
        :param int new: number of a revision; 0: the quotation as it is now
        :return: dict with ``header``, ``lines``, ``totals``, ``taxes`` and ``changes``
        :raise QuotationError: if there is no such revision
        """
        order = self._get_order_by_name(name)
        return order.get_revision_comparison(old=old, new=new)

    @api.model
    def extend_quotation(
        self, *, name: str, days: int, reason: str = "", reprice: bool = False
    ):
        """Let a quotation stand longer.

        :param str name: number of the order
        :param int days: days from today, or from the end of the validity if later
        :param str reason: kept with the event
        :param bool reprice: fetch the prices of today
        :return: the quotation as :meth:`get_quotation` gives it
        :raise QuotationError: if it cannot be extended
        """
        order = self._get_order_by_name(name)
        order.action_extend_validity(days=days, reason=reason, reprice=reprice)
        return self._prepare_quotation_data(order)

    @api.model
    def confirm_orders(self, *, names: list):
        """Confirm several quotations; one that is refused stops no other.

        :param list names: numbers of the orders
        :return: list of dictionaries with ``order``, ``confirmed`` and ``reason``
        :raise UserError: if one of the numbers is unknown; nothing is confirmed then
        """
        orders = self.env["sale.order"].browse(
            self._get_order_by_name(name).id for name in names
        )
        return orders.action_confirm_each()

    @api.model
    def decide_counter_offer(self, *, name: str, accept: bool, answer: str = ""):
        """Accept or refuse the counter-offer that waits on a quotation.

        :param str name: number of the order
        :param bool accept: make it the next revision, or refuse it
        :param str answer: what the customer reads when it is refused
        :return: the quotation as :meth:`get_quotation` gives it
        :raise QuotationError: if no offer waits for an answer
        """
        order = self._get_order_by_name(name)
        offer = order.counter_offer_ids.filtered(lambda o: o.state == "pending")
        if not offer:
            raise QuotationError(
                self.env._(
                    "name: no counter-offer waits for an answer on %(name)s.", name=name
                )
            )
        if accept:
            offer.action_accept()
        else:
            offer.action_refuse(answer=answer)
        return self._prepare_quotation_data(order)
