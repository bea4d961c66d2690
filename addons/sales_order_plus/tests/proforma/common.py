from ..common import SalesPlusCommon


class ProformaCommon(SalesPlusCommon):
    """Quotations with taxes, and their proformas."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_user("tsop_acc", "account.group_account_invoice")
        cls.usd = cls.env.ref("base.USD")
        cls.eur = cls.env.ref("base.EUR")

    def _create(self, order, *, kind="percent", user=None, **values):
        order = order.with_user(user or self.salesman)
        return order._create_proforma(kind, **values)

    def _issue(self, order, **values):
        proforma = self._create(order, **values)
        proforma.action_issue()
        return proforma
