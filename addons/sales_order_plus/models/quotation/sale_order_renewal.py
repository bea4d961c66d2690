from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...exceptions import QuotationError

LONGEST = 3650


class SaleOrder(models.Model):
    """Longer validity, and new life for quotations that expired or were lost."""

    _inherit = "sale.order"

    def action_extend_validity(
        self, *, days: int, reason: str = "", reprice: bool = False
    ):
        """Let quotations stand longer.

        :param int days: days from today, or from the end of the validity if that is later
        :param str reason: kept with the event
        :param bool reprice: fetch the prices of today; that starts a new revision of what
            was sent
        :return: the new last day of each order, by name
        :raise QuotationError: if ``days`` is no sensible number, or it is no quotation
        """
        self.check_access("write")
        self._ensure_open(self.env._("extend its validity"))
        self._check_days(days)
        for order in self:
            order._extend_validity(days, reason, reprice)
        return {o.name: fields.Date.to_string(o.validity_date) for o in self}

    def _check_days(self, days):
        if not 0 < days <= LONGEST:
            raise QuotationError(
                self.env._(
                    "Days: %(days)s is no number from 1 to %(most)s.",
                    days=days,
                    most=LONGEST,
                )
            )

    def _extend_validity(self, days, reason, reprice):
        self.ensure_one()
        today = self._get_document_today(self.company_id)
        before = self.validity_date
        if reprice:
            self._reprice()
        self.validity_date = max(before or today, today) + timedelta(days)
        self._log_event(
            "quotation.extended",
            before=str(before or ""),
            until=str(self.validity_date),
            reason=reason or "",
        )
        self.message_post(
            body=self.env._(
                "Valid until %(date)s now. %(reason)s",
                date=fields.Date.to_string(self.validity_date),
                reason=reason or "",
            )
        )

    def _reprice(self):
        """Fetch today's prices; other prices than the ones sent are a new revision."""
        self._ensure_unpaid()
        self._recompute_prices()
        self._start_revision_if_changed()

    # === Renewal === #

    def action_renew_quotation(
        self,
        *,
        days: int = 30,
        reprice: bool = False,
        clone: bool = False,
        send: bool = False,
    ):
        """Bring quotations that expired or were lost back to life, each by itself.

        :param int days: days from today they stand
        :param bool reprice: fetch the prices of today
        :param bool clone: make a new quotation of each, linked as renewal, instead of a
            new revision
        :param bool send: mail the quotation to the customer
        :return: list of dictionaries with ``order``, ``renewed``, ``name``,
            ``difference`` (total now less total before) and ``reason`` if it was refused
        """
        self.check_access("write")
        self._check_days(days)
        return [order._renew_one(days, reprice, clone, send) for order in self]

    def _renew_one(self, days, reprice, clone, send):
        """Renew one quotation in a savepoint; a refusal is part of the answer."""
        before = self.amount_total
        try:
            with self.env.cr.savepoint():
                order = self._renew(days, reprice, clone)
                if send:
                    order._send_revision()
        except UserError as error:
            return {
                "order": self.name,
                "renewed": False,
                "name": "",
                "difference": 0.0,
                "reason": str(error),
            }
        return {
            "order": self.name,
            "renewed": True,
            "name": order.name,
            "difference": order.currency_id.round(order.amount_total - before),
            "reason": "",
        }

    def _renew(self, days, reprice, clone):
        self._ensure_renewable()
        order = self._clone_renewal() if clone else self._revive()
        if reprice:
            order._recompute_prices()
        today = order._get_document_today(order.company_id)
        order.validity_date = today + timedelta(days)
        order._log_event(
            "quotation.renewed", until=str(order.validity_date), of=self.name
        )
        return order

    def _ensure_renewable(self):
        if self.state == "cancel" and not self.converted_on:
            return
        if self.state in ("draft", "sent") and self.is_expired:
            return
        raise QuotationError(
            self.env._(
                "Status: %(name)s has neither expired nor been lost, there is nothing to "
                "renew. Extend its validity or copy it instead.",
                name=self.name,
            )
        )

    def _clone_renewal(self):
        order = self.copy()
        self.env["sales.order.link"]._link(self, order, "renewal")
        return order

    def _revive(self):
        """Make the next revision of the same record the live one."""
        if self.state == "cancel":
            self.action_draft()
        self._start_revision(self.env._("Renewed"))
        return self

    # === Confirming many === #

    def action_confirm_each(self):
        """Confirm the quotations one by one; one that is refused stops no other.

        :return: list of dictionaries with ``order``, ``confirmed`` and ``reason``
        """
        return [order._confirm_one() for order in self]

    def _confirm_one(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.action_confirm()
        except UserError as error:
            return {"order": self.name, "confirmed": False, "reason": str(error)}
        return {"order": self.name, "confirmed": self.state == "sale", "reason": ""}
