from datetime import timedelta

from odoo.fields import Command, Date

from ..seam.common import GuardCommon

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0 Safari/537.36"
)
# A picture of one dot, as a signature.
DOT = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    b"AABJRU5ErkJggg=="
)


class QuotationCommon(GuardCommon):
    """A company that negotiates online and refuses what has expired."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "quotation_expired_policy": "block",
                "portal_negotiation": True,
                "counter_offer_limit": 3,
                "quotation_auto_cancel_days": 0,
            }
        )
        cls.env["sales.reminder.rule"].search([]).active = False
        cls.env["sales.terms.template"].search([]).active = False
        cls.env["crm.lost.reason"].search([]).customer_choice = False
        cls.reason = cls.env["crm.lost.reason"].create(
            {"name": "Price too high", "customer_choice": True}
        )

    def _new_sent(self, *lines, **values):
        """Create a quotation to sign online, and say that the customer got it."""
        order = self._new_order(
            *lines,
            **{"require_signature": True, "require_payment": False, **values},
        )
        order.action_quotation_sent()
        order.env.flush_all()
        return order

    def _let_expire(self, orders, days=1):
        """Move the end of the validity into the past and let the night pass."""
        today = self.env["sale.order"]._get_document_today(self.company)
        orders.validity_date = today - timedelta(days)
        self._run_cron("expire_quotations")

    def _run_cron(self, name):
        """Let the scheduler run one of our jobs, as OdooBot."""
        self.env.flush_all()
        self.env.ref(f"sales_order_plus.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _get_today(self):
        return self.env["sale.order"]._get_document_today(self.company)

    def _in_days(self, days):
        return Date.to_string(self._get_today() + timedelta(days))

    def _add_line(self, order, product, quantity=1, **values):
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **values,
                        }
                    )
                ]
            }
        )
        return order.order_line[-1]

    def _get_codes(self, order):
        return self._get_events(order).mapped("code")
