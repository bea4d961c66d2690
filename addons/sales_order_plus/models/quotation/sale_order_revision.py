import re

from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import QuotationError
from .quotation_snapshot import compare, is_commercial_change

REVISION = re.compile(r"(.+)-R(\d{1,4})")
PAYING_STATES = ("pending", "authorized", "done")


class SaleOrder(models.Model):
    """Revisions of a quotation on the same record.

    Number, name, portal link, opportunity and chatter stay. A revision is frozen when
    the customer gets it; what is changed afterwards belongs to the next one.
    """

    _inherit = "sale.order"

    revision_number = fields.Integer(
        string="Revision",
        default=1,
        copy=False,
        readonly=True,
        help="How often the offer was made anew; the first one is 1.",
    )
    quotation_revision_ids = fields.One2many(
        "sales.quotation.revision",
        "order_id",
        string="Revisions",
        groups="base.group_user",
        help="What the customer got, one row for each revision.",
    )

    @api.depends("revision_number", "state")
    def _compute_display_name(self):
        super()._compute_display_name()
        for order in self:
            number = order._get_quotation_name()
            if order.name and order.display_name and number != order.name:
                order.display_name = order.display_name.replace(order.name, number, 1)

    @api.model
    def _search_display_name(self, operator, value):
        """Find a quotation by the number its customer reads: S00012-R2."""
        domain = super()._search_display_name(operator, value)
        match = REVISION.fullmatch(value) if isinstance(value, str) else None
        if not match or operator in Domain.NEGATIVE_OPERATORS:
            return domain
        named = Domain("name", operator, match[1])
        return domain | (named & Domain("revision_number", "=", int(match[2])))

    def _get_quotation_name(self, number=None):
        """Return the number with its revision; an order has none.

        :param int number: the revision, for those of the past
        """
        self.ensure_one()
        if number is None:
            quoted = self.state in ("draft", "sent")
            number = self.revision_number if quoted else 1
        return f"{self.name}-R{number}" if number > 1 else self.name

    def _get_report_base_filename(self):
        name = super()._get_report_base_filename()
        return name.replace(self.name, self._get_quotation_name(), 1)

    # === Starting a revision === #

    def action_new_revision(self, *, reason: str = ""):
        """Keep what the customer has as a revision, and go on with the next one.

        Takes the customer's signature and answer back, closes his open counter-offer,
        and sets a sent quotation back to draft: the new revision has to be sent.

        :param str reason: why; kept with the revision and told in the chatter
        :return: the number of the new revision of each order, by name
        :raise QuotationError: if it is no quotation any more, or was paid for
        """
        self.check_access("write")
        self._ensure_open(self.env._("revise it"))
        self._ensure_unpaid()
        for order in self:
            order._start_revision(reason or self.env._("New revision"))
        return {order.name: order.revision_number for order in self}

    def _ensure_unpaid(self):
        """Refuse to change what the customer has paid for."""
        # sudo: payments are not shown to salespeople.
        paid = self.sudo().filtered(
            lambda order: any(tx.state in PAYING_STATES for tx in order.transaction_ids)
        )
        if paid:
            raise QuotationError(
                self.env._(
                    "Payments: the customer has paid for %(names)s. Confirm it, or give "
                    "the money back before you revise it.",
                    names=", ".join(paid.mapped("name")),
                )
            )

    def _start_revision(self, reason):
        """Go on with the next revision of one order."""
        self.ensure_one()
        self._freeze_revision(reason)
        self._void_signature(
            self.env._("The signature no longer counts: %(reason)s", reason=reason)
        )
        self._close_offers("expired")
        self._write_own(self._prepare_revision_vals())
        self._log_event(
            "quotation.revised", revision=self.revision_number, reason=reason
        )
        self.message_post(
            body=self.env._(
                "Revision %(number)s started: %(reason)s",
                number=self.revision_number,
                reason=reason,
            )
        )

    def _prepare_revision_vals(self):
        return {
            "revision_number": self.revision_number + 1,
            "state": "draft",
            # What was accepted is not what is offered now.
            "hold_since": False,
            "hold_reason": False,
            **self._prepare_response_reset_vals(),
        }

    def _start_revision_if_changed(self):
        """Start a revision where other terms than the last ones sent will be sent."""
        for order in self.filtered(lambda order: order.state == "sent"):
            if order._is_changed_since_sent():
                order._start_revision(self.env._("Changed after it was sent"))

    def _is_changed_since_sent(self):
        self.ensure_one()
        frozen = self._get_revision(self.revision_number)
        return bool(frozen) and is_commercial_change(
            compare(frozen.snapshot, self._get_quotation_snapshot())
        )

    # === Freezing === #

    def _get_revision(self, number):
        """Return the frozen revision with this number, or an empty recordset."""
        self.ensure_one()
        # sudo: the customer's page shows them, and he reads no revision himself.
        revisions = self.env["sales.quotation.revision"].sudo()
        return revisions.search(
            [("order_id", "=", self.id), ("number", "=", number)], limit=1
        )

    def _freeze_revision(self, reason=""):
        """Keep the current revision as it is, unless it is kept already.

        A second delivery of other terms under the same number counts as the next one:
        the customer would else hold two different papers called the same.
        """
        for order in self:
            frozen = order._get_revision(order.revision_number)
            snapshot = order._get_quotation_snapshot()
            if frozen and not reason:
                if not is_commercial_change(compare(frozen.snapshot, snapshot)):
                    continue
                order._write_own({"revision_number": order.revision_number + 1})
            elif frozen:
                continue
            # sudo: nobody may write revisions by hand.
            self.env["sales.quotation.revision"].sudo().create(
                order._prepare_revision_row_vals(snapshot, reason)
            )

    def _prepare_revision_row_vals(self, snapshot, reason):
        self.ensure_one()
        return {
            "order_id": self.id,
            "number": self.revision_number,
            "snapshot": snapshot,
            "reason": reason or False,
            "user_id": self.env.uid,
            "currency_id": self.currency_id.id,
            "amount_untaxed": self.amount_untaxed,
            "amount_total": self.amount_total,
        }

    def _keep_sent_document(self, message):
        """Keep the PDF that went out with the e-mail as the revision's own."""
        for order in self:
            revision = order._get_revision(order.revision_number)
            pdf = message.sudo().attachment_ids.filtered(
                lambda attachment: attachment.mimetype == "application/pdf"
            )[:1]
            if pdf and revision and not revision.attachment_id:
                revision._set_document(pdf)

    # === Snapshot === #

    def _get_quotation_snapshot(self):
        """Return the offer as plain data: header, lines, totals and taxes."""
        self.ensure_one()
        # sudo: taxes and addresses of other companies' records are part of the paper.
        order = self.sudo().with_context(lang=self.partner_id.lang or self.env.lang)
        return {
            "header": order._prepare_snapshot_header(),
            "lines": [order._prepare_snapshot_line(line) for line in order.order_line],
            "totals": {
                "untaxed": order.amount_untaxed,
                "tax": order.amount_tax,
                "total": order.amount_total,
            },
            "taxes": order._prepare_snapshot_taxes(),
        }

    def _prepare_snapshot_header(self):
        to_string = fields.Datetime.to_string
        return {
            "customer": self.partner_id.display_name,
            "invoice_address": _get_address(self.partner_invoice_id),
            "delivery_address": _get_address(self.partner_shipping_id),
            "customer_reference": self.client_order_ref or "",
            "currency": self.currency_id.name,
            "payment_term": self.payment_term_id.name or "",
            "fiscal_position": self.fiscal_position_id.name or "",
            "delivery_date": to_string(self.commitment_date) or "",
            "validity_date": fields.Date.to_string(self.validity_date) or "",
            "salesperson": self.user_id.name or "",
            "intro_text": str(self.intro_text or ""),
            "closing_text": str(self.closing_text or ""),
            "terms": str(self.note or ""),
        }

    @api.model
    def _prepare_snapshot_line(self, line):
        return {
            "id": line.id,
            "display_type": line.display_type or "",
            "product_id": line.product_id.id,
            "product": line.product_id.display_name or "",
            "name": line.name or "",
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name or "",
            "price_unit": line.price_unit,
            "discount": line.discount,
            "taxes": ", ".join(line.tax_ids.mapped("name")),
            "subtotal": line.price_subtotal,
            "total": line.price_total,
        }

    def _prepare_snapshot_taxes(self):
        subtotals = (self.tax_totals or {}).get("subtotals", [])
        return [
            {
                "name": group["group_name"],
                "base": group["base_amount_currency"],
                "amount": group["tax_amount_currency"],
            }
            for subtotal in subtotals
            for group in subtotal["tax_groups"]
        ]

    # === Looking at them === #

    def action_view_revisions(self):
        """Open the revisions of this quotation.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_quotation_revision_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        return action

    @api.readonly
    def get_revision_comparison(self, *, old: int = 0, new: int = 0):
        """Compare two revisions of this quotation.

        :param int old: number of a frozen revision; 0: the one before ``new``
        :param int new: number of a frozen revision; 0: the quotation as it is now
        :return: dict as :func:`quotation_snapshot.compare` gives it
        :raise QuotationError: if there is no such revision
        """
        self.ensure_one()
        self.check_access("read")
        return self._compare_revisions(old, new)

    def _compare_revisions(self, old, new):
        newest = new or self.revision_number + 1
        if not old:
            known = self.quotation_revision_ids.filtered(lambda r: r.number < newest)
            old = max(known.mapped("number"), default=0)
        after = (
            self._ensure_revision(new).snapshot
            if new
            else self._get_quotation_snapshot()
        )
        return compare(self._ensure_revision(old).snapshot, after)

    def _ensure_revision(self, number):
        revision = self._get_revision(number)
        if not revision:
            raise QuotationError(
                self.env._(
                    "Revision: %(name)s has no revision %(number)s that was sent or "
                    "replaced. Choose another one.",
                    name=self.name,
                    number=number,
                )
            )
        return revision

    # === What the customer may do with a revision in the making === #

    def _is_being_revised(self):
        """Return whether the customer has an older revision than the one prepared."""
        self.ensure_one()
        return self.state == "draft" and self.revision_number > 1

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._is_being_revised()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._is_being_revised()


def _get_address(partner):
    """Return the address without the lines that are empty."""
    lines = partner._display_address().splitlines()
    return "\n".join(line for line in lines if line.strip())
