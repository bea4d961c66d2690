from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.sales_order_plus.exceptions import GuardError
from odoo.addons.sales_order_plus.tests.common import SIGNATURE

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestCredit(ApprovalCommon, HttpCase):
    """A customer over his limit: the credit role decides, on every path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.product.taxes_id = False
        credit = cls._new_role("Credit", cls.bob)
        cls._new_policy({"role_id": credit.id}, name="Credit hold", credit_excess=0)
        customer = cls.portal_user.partner_id.commercial_partner_id
        customer.with_company(cls.company).credit_limit = 1000
        due = fields.Date.today() + timedelta(days=5)
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "invoice_date_due": due,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "price_unit": 900, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        invoice.action_post()

    def _new_over(self, quantity=2, **values):
        """Limit 1,000, due 900: two pieces of 100 are 100 over it."""
        return self._new_discounted(
            0, quantity, partner_id=self.portal_user.partner_id.id, **values
        ).with_user(self.salesman)

    def test_within_the_limit(self):
        order = self._new_over(quantity=1)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_every_path_waits_for_credit(self):
        paths = (
            lambda order: order.action_confirm(),
            lambda order: order.write({"state": "sale"}),
            lambda order: order.web_save({"state": "sale"}, {}),
            lambda order: order.sudo().action_confirm(),
        )
        for path in paths:
            order = self._new_over()
            with self.assertRaises(GuardError) as caught, self.env.cr.savepoint():
                path(order)
            self.assertIn(
                "Credit hold: Amount over the credit limit", str(caught.exception)
            )
            self.env.invalidate_all()
            self.assertEqual(order.state, "draft")

    def test_portal_signature_waits_and_confirms_after_credit_agrees(self):
        self.authenticate("tsop_portal", "tsop_portal")
        order = self._new_over(require_signature=True, require_payment=False)
        order.action_quotation_sent()
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order.sudo()._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
            },
        )
        self.env.invalidate_all()
        request = self._get_request(order)
        self.assertEqual((order.state, request.state), ("sent", "pending"))
        self.assertEqual(request.line_ids.name, "Credit")
        facts = str(request.with_user(self.bob).facts)
        self.assertIn("over it", facts)
        request.with_user(self.bob).action_approve()
        self.assertEqual(order.state, "sale")
