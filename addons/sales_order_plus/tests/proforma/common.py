import base64

from odoo.fields import Command

from ..common import SIGNATURE, SalesPlusCommon


class ProformaCommon(SalesPlusCommon):
    """Quotations with taxes, and their proformas."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_user("tsop_acc", "account.group_account_invoice")
        cls.currency = cls.company.currency_id
        cls.foreign = cls.env["res.currency"].create(
            {
                "name": "TPF",
                "symbol": "T",
                "rounding": 0.01,
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 1.0873})],
            }
        )
        cls.tax_group = cls.env["account.tax.group"].create(
            {"name": "Test", "company_id": cls.company.id}
        )
        cls.tax_19 = cls._new_tax("19 %", 19.0)
        cls.tax_7 = cls._new_tax("7 %", 7.0)

    @classmethod
    def _new_tax(cls, name, amount, **values):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "sale",
                "tax_group_id": cls.tax_group.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    def _new_taxed_order(self, *prices, taxes=None, **values):
        """Create a quotation with a line for each price, all taxes on each."""
        taxes = taxes if taxes is not None else self.tax_19
        order = self._new_order(*[(self.service, 1) for _price in prices], **values)
        for line, price in zip(order.order_line, prices, strict=True):
            line.write({"price_unit": price, "tax_ids": [Command.set(taxes.ids)]})
        order.env.flush_all()
        return order

    def _create(self, order, *, kind="percent", user=None, **values):
        order = order.with_user(user or self.salesman)
        return order._create_proforma(kind, **values)

    def _issue(self, order, **values):
        proforma = self._create(order, **values)
        proforma.action_issue()
        return proforma

    def _get_events(self, record):
        events = self.env["sales.audit.event"].search(
            [("model", "=", record._name), ("res_id", "in", record.ids)], order="id"
        )
        return events.mapped("code")

    def _sign(self, order, name="Paula"):
        """Sign as the portal route does."""
        order.sudo().write(
            {
                "signed_by": name,
                "signed_on": "2026-01-01 10:00:00",
                "signature": SIGNATURE,
            }
        )
        return order

    @staticmethod
    def _decode(content):
        return base64.b64decode(content)
