from datetime import timedelta

from odoo import fields, models

from ...exceptions import QuotationError
from .sale_order_quotation import OPEN_STATES

QUESTION_LENGTH = 2000
QUESTIONS_A_DAY = 10

HOLD_ACTIVITY = "sales_order_plus.mail_activity_type_on_hold"


class SaleOrder(models.Model):
    """What the customer answered, and who has to act on it."""

    _inherit = "sale.order"

    customer_response = fields.Selection(
        selection=[
            ("none", "None yet"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("counter_offer", "Counter-offer"),
            ("question", "Question"),
        ],
        default="none",
        copy=False,
        readonly=True,
        index="btree",
        groups="base.group_user",
        help="The customer's last answer to this revision.",
        prefetch="sales_rare",
    )
    response_date = fields.Datetime(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When he answered.",
        prefetch="sales_rare",
    )
    response_by = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Who answered, as he gave his name.",
        prefetch="sales_rare",
    )
    response_reason_id = fields.Many2one(
        "crm.lost.reason",
        string="Reason of the Customer",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Why the customer declined, as he chose it online.",
        prefetch="sales_rare",
    )

    def _prepare_response_reset_vals(self):
        return {
            "customer_response": "none",
            "response_date": False,
            "response_by": False,
            "response_reason_id": False,
        }

    def _register_response(self, response, author, reason=None, **data):
        """Keep the customer's answer.

        :param str response: a value of ``customer_response``
        :param str author: name of who answered
        :param reason: why he declined
        :param data: details of the audit event
        """
        self.ensure_one()
        self._write_own(
            {
                "customer_response": response,
                "response_date": fields.Datetime.now(),
                "response_by": author,
                "response_reason_id": reason.id if reason else False,
            }
        )
        if reason:
            data["reason"] = reason.name
        self._log_event(
            f"quotation.{response}", by=author, revision=self.revision_number, **data
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("signature"):
            for order in self.filtered(lambda o: o.state in OPEN_STATES):
                order._register_response("accepted", order.signed_by or "")
                order._close_offers("withdrawn")
        if vals.get("state") == "draft" and "customer_response" not in vals:
            super().write(self._prepare_response_reset_vals())
        return result

    def _after_state(self, state):
        super()._after_state(state)
        if state in ("sale", "cancel"):
            self._close_offers("expired")

    def _end_hold(self):
        super()._end_hold()
        # sudo: whoever decides ends the hold, the to-do is the salesperson's.
        self.sudo().activity_unlink([HOLD_ACTIVITY])

    def _guard_hold(self, operation, origin):
        result = super()._guard_hold(operation, origin)
        # Nobody of ours was there when the customer accepted.
        self._tell_salesperson(
            self.env._("Accepted by the customer, but on hold"),
            self.env._("See on the order what stands against it."),
            HOLD_ACTIVITY,
        )
        return result

    # === What customers do; called by the portal with checked access === #

    def _customer_decline(self, reason, message, author):
        """Keep the reason of a quotation the customer has just declined.

        :param reason: one of the reasons shown to customers, or empty
        """
        self.ensure_one()
        self._register_response("declined", author, reason)
        self._set_lost(reason, note=message)
        self._tell_salesperson(
            self.env._("Declined by the customer"), reason.name or message
        )

    def _customer_ask(self, question, author, partner):
        """Put the customer's question before the salesperson.

        :param str question: what he wants to know
        :param str author: his name
        :param partner: his contact
        :raise QuotationError: if it is empty, too long, or one too many
        """
        self.ensure_one()
        question = (question or "").strip()
        self._check_question(question)
        self._register_response("question", author, question=question)
        self.message_post(
            body=question,
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self._tell_salesperson(self.env._("Question of the customer"), question)

    def _check_question(self, question):
        self._ensure_open(self.env._("ask about it"))
        # sudo: settings are not shown to customers.
        if not self.company_id.sudo().portal_negotiation:
            raise QuotationError(
                self.env._("Question: we do not answer questions here. Please call us.")
            )
        if not question:
            raise QuotationError(
                self.env._("Question: it is empty. Write what you want to know.")
            )
        if len(question) > QUESTION_LENGTH:
            raise QuotationError(
                self.env._(
                    "Question: it is longer than %(limit)s characters. Shorten it.",
                    limit=QUESTION_LENGTH,
                )
            )
        since = fields.Datetime.now() - timedelta(days=1)
        asked = (
            self.env["sales.audit.event"]
            .sudo()
            .search_count(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("code", "=", "quotation.question"),
                    ("date", ">=", since),
                ]
            )
        )
        if asked >= QUESTIONS_A_DAY:
            raise QuotationError(
                self.env._(
                    "Question: you have asked %(limit)s questions today. Call us, or "
                    "write tomorrow.",
                    limit=QUESTIONS_A_DAY,
                )
            )
