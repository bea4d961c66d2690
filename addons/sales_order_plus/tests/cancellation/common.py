from ..change.common import ChangeCommon


class CancellationCommon(ChangeCommon):
    """Confirmed orders that the salesman cancels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("sales_order_plus.cancel_reason_changed_mind")
        cls.ours = cls.env.ref("sales_order_plus.cancel_reason_late")

    def _control_cancel(self, on=True, **values):
        self.company.write({"sales_cancel_control": on, **values})

    def _new_cancellation(self, order, quantities=None, reason=None, user=None):
        """Create a draft; ``quantities`` by position of the line."""
        if quantities is not None:
            lines = order.order_line
            quantities = {lines[at].id: qty for at, qty in quantities.items()}
        order = order.with_user(user or self.salesman)
        reason = self.reason if reason is None else reason
        return order._new_cancellation(quantities, reason, "He said so", "staff")

    def _cancelled(self, order, quantities=None, **values):
        cancellation = self._new_cancellation(order, quantities, **values)
        cancellation.action_cancel_now()
        self._flush()
        return cancellation
