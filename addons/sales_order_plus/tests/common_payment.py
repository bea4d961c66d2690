class OrderPaymentMixin:
    """Customers who pay orders by transfer; for classes with a common of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env.ref("payment.payment_provider_transfer").copy(
            {"state": "test", "company_id": cls.company.id}
        )
        cls.method = cls.env.ref("payment.payment_method_unknown")

    def setUp(self):
        super().setUp()
        # What is tested is the order; booking the money needs a chart of accounts.
        self.patch(
            self.env.registry["payment.transaction"],
            "_create_payment",
            lambda transaction, **values: transaction.env["account.payment"],
        )

    def _pay_order(self, order):
        """Return the transaction of all of ``order``, done and not processed yet."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"{order.name}-1",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [order.id],
            }
        )
        transaction._set_done()
        return transaction
