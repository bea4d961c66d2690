from odoo import api, models
from odoo.exceptions import UserError


class SalesOrderApi(models.AbstractModel):
    """Proformas and export papers for programs."""

    _inherit = "sales.order.api"

    @api.model
    def create_proforma(
        self,
        *,
        name: str,
        kind: str = "full",
        percent: float = 0.0,
        lines: list | None = None,
        currency: str = "",
        valid_until: str = "",
        issue: bool = True,
    ):
        """Create a proforma of an order, and issue it.

        :param str name: number of the order
        :param str kind: ``full`` (all that is open), ``percent`` or ``lines``
        :param float percent: part of every line, for ``percent``
        :param list lines: for ``lines``, dictionaries with ``line`` (id of the order
            line) and ``quantity``
        :param str currency: code such as USD; empty: the order's
        :param str valid_until: ISO date; empty: the company's usual validity
        :param bool issue: False leaves it a draft
        :return: the proforma as :meth:`get_proforma` gives it
        :raise ProformaError: if it asks for nothing, or for more than is left
        :raise GuardError: if something stands against issuing it
        """
        order = self._get_order_by_name(name)
        values = {"valid_until": valid_until or False}
        if currency:
            values["currency_id"] = self._get_currency_by_code(currency).id
        proforma = order._create_proforma(
            kind,
            percent=percent,
            quantities=self._get_proforma_quantities(lines or []),
            **values,
        )
        if issue:
            proforma.action_issue()
        return self._prepare_proforma_data(proforma)

    @api.model
    @api.readonly
    def get_proforma(self, *, name: str):
        """Return one issued proforma.

        :param str name: number of the proforma
        :return: dict with ``id``, ``name``, ``order``, ``state``, ``date``,
            ``valid_until``, ``currency``, ``rate``, ``amount_untaxed``, ``amount_tax``,
            ``amount_total``, ``amount_paid``, ``amount_order`` (in the currency of the
            order) and ``lines``
        :raise UserError: if there is no such proforma that the user may read
        """
        return self._prepare_proforma_data(self._get_proforma_by_name(name))

    @api.model
    def cancel_proforma(self, *, name: str):
        """Withdraw a proforma that is not paid.

        :param str name: number of the proforma
        :return: the proforma as :meth:`get_proforma` gives it
        :raise ProformaError: if something is paid on it
        """
        proforma = self._get_proforma_by_name(name)
        proforma.action_cancel()
        return self._prepare_proforma_data(proforma)

    @api.model
    def get_export_set(self, *, name: str, language: str = ""):
        """Return the export papers of an order: what was delivered, or all of it.

        :param str name: number of the order
        :param str language: code such as fr_FR; empty: that of the consignee
        :return: dict with ``filename`` and ``content`` (ZIP, base64)
        :raise CustomsError: if the order has no goods
        """
        order = self._get_order_by_name(name)
        installed = dict(self.env["res.lang"].get_installed())
        if language and language not in installed:
            raise UserError(
                self.env._(
                    "language: “%(code)s” is not installed. Choose one of %(codes)s.",
                    code=language,
                    codes=", ".join(installed),
                )
            )
        wizard = self.env["sales.export.set"].create(
            {"order_id": order.id, "lang": language or False}
        )
        vals = wizard._prepare_file_vals(order)
        return {"filename": vals["filename"], "content": vals["file"].decode()}

    @api.model
    def _get_proforma_by_name(self, name):
        domain = [("name", "=", name), ("state", "!=", "draft")]
        proforma = self.env["sales.proforma"].search(domain, limit=2)
        if len(proforma) != 1:
            raise UserError(
                self.env._(
                    "name: %(count)s proformas have the number “%(name)s”. "
                    "Give the number of one proforma that you may read.",
                    count=len(proforma),
                    name=name,
                )
            )
        return proforma

    @api.model
    def _get_currency_by_code(self, code):
        currency = self.env["res.currency"].search([("name", "=", code.upper())])
        if not currency:
            raise UserError(
                self.env._(
                    "currency: “%s” is not in use. Activate it in the settings, or "
                    "give the code of another one.",
                    code,
                )
            )
        return currency

    @api.model
    def _get_proforma_quantities(self, lines):
        """Return {order line: quantity} of what the caller sent."""
        try:
            pairs = {int(one["line"]): float(one["quantity"]) for one in lines}
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "lines: give a list of dictionaries with the numbers “line” and "
                    "“quantity”."
                )
            ) from error
        found = self.env["sale.order.line"].search([("id", "in", list(pairs))])
        unknown = set(pairs) - set(found.ids)
        if unknown:
            raise UserError(
                self.env._(
                    "lines: there is no order line %s that you may read.",
                    ", ".join(map(str, sorted(unknown))),
                )
            )
        return {line: pairs[line.id] for line in found}

    @api.model
    def _prepare_proforma_data(self, proforma):
        return {
            "id": proforma.id,
            "name": proforma.name,
            "order": proforma.order_id.name,
            "state": proforma.state,
            "date": str(proforma.date or ""),
            "valid_until": str(proforma.valid_until or ""),
            "currency": proforma.currency_id.name,
            "rate": proforma.currency_rate,
            "amount_untaxed": proforma.amount_untaxed,
            "amount_tax": proforma.amount_tax,
            "amount_total": proforma.amount_total,
            "amount_paid": proforma.amount_paid,
            "amount_order": proforma.order_amount_total,
            "lines": [
                {
                    "line": line.sale_line_id.id,
                    "description": line.name,
                    "quantity": line.quantity,
                    "percent": line.percent,
                    "price_unit": line.price_unit,
                    "amount": line.price_subtotal,
                    "tax": line.price_tax,
                }
                for line in proforma.line_ids
                if not line.display_type
            ],
        }
