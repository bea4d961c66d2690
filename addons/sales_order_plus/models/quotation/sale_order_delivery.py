from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...exceptions import QuotationError
from ..seam.reading import is_reading
from ..seam.sale_order_guard import HOLD_ORIGIN
from .sale_order_quotation import OPEN_STATES

NOTIFICATIONS = "mail.notification"
MANUAL_WAYS = ("print", "link", "manual")


class SaleOrder(models.Model):
    """How and when the customer got the quotation, and whether it arrived."""

    _inherit = "sale.order"

    sent_on = fields.Datetime(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When the customer got the quotation for the last time.",
        prefetch="sales_rare",
    )
    sent_by_id = fields.Many2one(
        "res.users",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Who delivered it to the customer.",
        prefetch="sales_rare",
    )
    sent_via = fields.Selection(
        selection=[
            ("email", "E-mail"),
            ("link", "Link"),
            ("print", "Print"),
            ("manual", "Marked by hand"),
        ],
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="How the customer got the quotation.",
        prefetch="sales_rare",
    )
    delivery_problem = fields.Char(
        compute="_compute_delivery_problem",
        search="_search_delivery_problem",
        groups="base.group_user",
        help="E-mails to the customer that came back or could not be sent.",
    )

    # === Delivery to the customer === #

    def _after_state(self, state):
        super()._after_state(state)
        # sudo: the field is internal. With a hold the customer accepted: nobody sent
        # him anything.
        if state == "sent":
            sent = self.filtered(lambda order: not order.sudo().hold_since)
            sent._record_delivery(self._get_delivery_way())

    @api.model
    def _get_delivery_way(self):
        if self.env.context.get("mark_so_as_sent"):
            return "email"
        way = self.env.context.get("quotation_sent_via")
        return way if way in MANUAL_WAYS else "manual"

    def message_post(self, **kwargs):
        resent = self.filtered(lambda order: order.state == "sent")
        message = super().message_post(**kwargs)
        if self.env.context.get("mark_so_as_sent"):
            resent._record_delivery("email")
            self._keep_sent_document(message)
        return message

    def _message_mail_after_hook(self, mails):
        """Sending a batch from the list delivers each of the quotations."""
        if self.env.context.get("quotation_batch_send"):
            drafts = self.filtered(lambda order: order.state == "draft")
            delivering = self.with_context(mark_so_as_sent=True)
            delivering.filtered(lambda o: o.state == "sent")._record_delivery("email")
            drafts.with_context(mark_so_as_sent=True).write({"state": "sent"})
        return super()._message_mail_after_hook(mails)

    def action_quotation_send(self):
        self._start_revision_if_changed()
        action = super().action_quotation_send()
        if len(self) > 1 and isinstance(action, dict):
            context = {**action.get("context", {}), "quotation_batch_send": True}
            action = {**action, "context": context}
        return action

    def action_record_delivery(self, *, via: str = "print"):
        """Say that the customer got the quotation on paper or as a link.

        :param str via: ``print``, ``link`` or ``manual``
        :return: True
        :raise QuotationError: if it is no quotation any more, or ``via`` is unknown
        """
        if via not in MANUAL_WAYS:
            raise QuotationError(
                self.env._("via: “%(via)s” is none of print, link, manual.", via=via)
            )
        self._ensure_open(self.env._("deliver it"))
        drafts = self.filtered(lambda order: order.state == "draft")
        drafts.with_context(quotation_sent_via=via).write({"state": "sent"})
        (self - drafts)._record_delivery(via)
        return True

    def action_print_quotation(self):
        """Print the quotations and say that they were delivered on paper.

        :return: report action
        """
        self.action_record_delivery(via="print")
        return self.env.ref("sale.action_report_saleorder").report_action(self)

    def _record_delivery(self, via):
        """Keep when, by whom and how the customer got it, and what he got."""
        # The customer's own payment moves a draft to sent: nobody sent him anything.
        if not self or self.env.context.get(HOLD_ORIGIN) or self.env.user.share:
            return
        self._freeze_revision()
        self._write_own(
            {
                "sent_on": fields.Datetime.now(),
                "sent_by_id": self.env.uid,
                "sent_via": via,
            }
        )
        for order in self:
            order._log_event("quotation.sent", via=via, revision=order.revision_number)

    def _ensure_open(self, doing):
        """Refuse if one of the orders is no quotation any more.

        :param str doing: translated; what cannot be done
        """
        closed = self.filtered(lambda order: order.state not in OPEN_STATES)
        if closed:
            raise QuotationError(
                self.env._(
                    "Status: %(names)s is not a quotation any more. Set it back to "
                    "quotation to %(doing)s.",
                    names=", ".join(closed.mapped("name")),
                    doing=doing,
                )
            )

    # === E-mails that did not arrive === #

    @api.model
    def _get_failed_mail_domain(self):
        return Domain("notification_type", "=", "email") & Domain(
            "notification_status", "in", ("bounce", "exception")
        )

    @api.depends_context("uid")
    def _compute_delivery_problem(self):
        names = {}
        # Nothing of a draft was sent yet.
        for message, partners in self.filtered(
            lambda order: order.state != "draft"
        )._get_failed_mails():
            names.setdefault(message.res_id, set()).update(
                partner.email or partner.name or "" for partner in partners
            )
        for order in self:
            found = names.get(order.id)
            order.delivery_problem = bool(found) and ", ".join(sorted(found))

    def _get_failed_mails(self):
        """Return [(message, customers it did not reach)] of the orders."""
        if not self.ids or not self._has_failed_mails():
            return []
        # sudo: the failures of a colleague's e-mail matter just as much.
        notifications = self.env["mail.notification"].sudo()
        return notifications._read_group(
            self._get_failed_mail_domain()
            & Domain("mail_message_id.model", "=", self._name)
            & Domain("mail_message_id.res_id", "in", self.ids),
            groupby=["mail_message_id"],
            aggregates=["res_partner_id:recordset"],
        )

    def _has_failed_mails(self):
        """Return False if the form that is read says that every e-mail arrived."""
        if not is_reading():
            return True
        counts = self._count_beside()
        return any((NOTIFICATIONS, id_) in counts for id_ in self._origin._ids)

    def _get_count_queries(self):
        queries = super()._get_count_queries()
        if is_reading():
            queries.append(
                SQL(
                    "SELECT %(key)s, message.res_id, COUNT(*) FROM mail_notification one"
                    " JOIN mail_message message ON message.id = one.mail_message_id"
                    " WHERE message.model = %(model)s AND message.res_id = ANY(%(ids)s)"
                    " AND one.notification_status IN ('bounce', 'exception')"
                    " GROUP BY message.res_id",
                    key=NOTIFICATIONS,
                    model=self._name,
                    ids=self._origin.ids,
                )
            )
        return queries

    @api.model
    def _search_delivery_problem(self, operator, value):
        if operator not in ("in", "not in") or set(value) - {False}:
            return NotImplemented
        failed = (
            self.env["mail.notification"]
            .sudo()
            .search(
                self._get_failed_mail_domain()
                & Domain("mail_message_id.model", "=", self._name)
            )
        )
        ids = failed.mail_message_id.mapped("res_id")
        # "in [False]" asks for orders without a problem.
        return Domain("id", "not in" if operator == "in" else "in", ids)
