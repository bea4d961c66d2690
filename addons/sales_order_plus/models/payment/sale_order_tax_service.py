from odoo import api, fields, models
from odoo.tools import SQL

from ...exceptions import TaxProviderError


class SaleOrder(models.Model):
    """Taxes of a service, asked for before anything of the order is written.

    A service is never waited for while rows are locked: where the transaction has
    written already, the taxes stay what they are and the order says so.
    """

    _inherit = "sale.order"

    tax_request_hash = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Hash of the lines and the place whose taxes the service gave.",
        prefetch="sales_rare",
    )
    tax_warning = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Why the service gave no taxes when it was asked last.",
    )
    tax_notice = fields.Char(
        compute="_compute_tax_notice",
        groups="base.group_user",
        help="Why the taxes may not be those of the tax provider.",
    )

    @api.depends(
        "company_id",
        "date_order",
        "order_line.price_subtotal",
        "partner_shipping_id",
        "state",
        "tax_request_hash",
        "tax_warning",
    )
    def _compute_tax_notice(self):
        for order in self:
            order.tax_notice = order._get_tax_notice()

    def _get_tax_notice(self):
        self.ensure_one()
        if self.tax_warning:
            return self.tax_warning
        provider = self._get_tax_service()
        if not provider or self._is_taxed_by(provider):
            return False
        return self.env._(
            "The taxes are those of the fiscal position and the products. Update them "
            "to get those of %(provider)s.",
            provider=provider.name,
        )

    def _get_tax_service(self):
        """Return the service that knows the taxes of this quotation, or none."""
        self.ensure_one()
        # sudo: the provider is a setting of the company.
        provider = self.company_id.sudo().tax_provider_id
        asked = provider.kind == "http" and self.state in ("draft", "sent")
        return provider if asked and self._get_tax_lines() else provider.browse()

    def _get_tax_lines(self):
        return self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )

    def _is_taxed_by(self, provider):
        key = provider._get_key(self._prepare_tax_payload())
        return self.tax_request_hash == key

    # === Asking === #

    def action_ask_taxes(self):
        """Take the taxes over that the service knows; without it, fall back.

        :return: True; ``tax_notice`` of the order tells why it fell back
        :raise TaxProviderError: if it is no quotation, or there is no service
        """
        self.check_access("write")
        for order in self.filtered(lambda one: not one._get_tax_service()):
            raise TaxProviderError(
                self.env._(
                    "Taxes: %(order)s has no line, is no quotation any more, or its "
                    "company has no tax service. Set one in Settings, Tax Provider.",
                    order=order.display_name,
                ),
                field="order_line",
            )
        self._ask_taxes()
        return True

    def action_confirm(self):
        self._ask_taxes()
        return super().action_confirm()

    def action_quotation_send(self):
        self._ask_taxes()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        self._ask_taxes()
        return super().action_quotation_sent()

    def _ask_taxes(self):
        """Ask for what is not known yet: first all questions, then all writing."""
        wanting = self.filtered(lambda order: order._wants_taxes())
        answers = {order: order._get_tax_answer() for order in wanting}
        for order, (key, lines, problem) in answers.items():
            if lines is None:
                order._fall_back_taxes(problem)
            else:
                order._take_over_taxes(key, lines)

    def _wants_taxes(self):
        provider = self._get_tax_service()
        # sudo: payments are not shown to salespeople. What he accepted stays.
        if not provider or self.signature or self.sudo().transaction_ids:
            return False
        return not self._is_taxed_by(provider)

    def _get_tax_answer(self):
        """Return (hash, taxes of the lines or None, what went wrong)."""
        provider, payload = self._get_tax_service(), self._prepare_tax_payload()
        key = provider._get_key(payload)
        # sudo: answers are nobody's to read.
        kept = self.env["sales.tax.answer"].sudo()._get_valid(provider, key)
        if kept:
            return key, kept.lines, False
        if self._has_written():
            return key, None, False
        try:
            return key, provider._ask(payload), False
        except TaxProviderError as error:
            return key, None, str(error)

    def _has_written(self):
        """Return whether this transaction holds locks or has changes to write."""
        if any(self.env.transaction.field_dirty.values()):
            return True
        query = SQL("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return self.env.execute_query(query)[0][0]

    def _prepare_tax_payload(self):
        warehouse = self.warehouse_id.partner_id or self.company_id.partner_id
        return {
            "date": fields.Date.to_string(self._get_tax_day()),
            "currency": self.currency_id.name,
            "from": self._prepare_tax_address(warehouse),
            "to": self._prepare_tax_address(self.partner_shipping_id),
            "lines": [line._prepare_tax_payload() for line in self._get_tax_lines()],
        }

    def _prepare_tax_address(self, partner):
        return {
            "country": partner.country_id.code or "",
            "state": partner.state_id.code or "",
            "zip": partner.zip or "",
            "city": partner.city or "",
            "street": partner.street or "",
        }

    # === Writing === #

    def _take_over_taxes(self, key, lines):
        self.ensure_one()
        provider = self._get_tax_service()
        # sudo: answers are nobody's to write but this method's.
        answers = self.env["sales.tax.answer"].sudo()
        if provider.cache_hours and not answers._get_valid(provider, key):
            answers._keep(provider, key, lines)
        self._recompute_taxes()
        for line, taxes in zip(self._get_tax_lines(), lines, strict=True):
            line._take_over_taxes(taxes)
        self._write_own({"tax_request_hash": key, "tax_warning": False})

    def _fall_back_taxes(self, problem):
        """Charge what fiscal position and products say, and tell whoever looks."""
        self._recompute_taxes()
        problem = problem or self.env._("Taxes: not asked for in the midst of a change")
        text = self.env._(
            "%(problem)s The taxes are those of the fiscal position and the products; "
            "update them later.",
            problem=problem.rstrip(".") + ".",
        )
        self._write_own({"tax_request_hash": False, "tax_warning": text})
        self.message_post(body=text)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_tax_payload(self):
        return {
            "product": self.product_id.default_code or self.product_id.name or "",
            "category": self.product_id.categ_id.complete_name or "",
            "quantity": self.product_uom_qty,
            "amount": self.currency_id.round(
                self.price_unit * self.product_uom_qty * (1 - self.discount / 100)
            ),
        }

    def _take_over_taxes(self, taxes):
        """Charge the taxes of the service, unless the line is exempt here."""
        self.ensure_one()
        if not self._get_taxable():
            return
        model = self.env["account.tax"]
        self.tax_ids = model.union(
            *(
                model._get_jurisdiction_tax(
                    self.company_id, tax["level"], tax["jurisdiction"], tax["rate"]
                )
                for tax in taxes
            )
        )
