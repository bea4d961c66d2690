from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import ChangeControlError

from .test_change_approval import ChangeApprovalCommon


@tagged("post_install", "-at_install")
class TestChangeClosed(ChangeApprovalCommon):
    """Where a policy stops changes, there is no way around the change request."""

    def _refused(self, write):
        with self.assertRaises(ChangeControlError) as refusal, self.cr.savepoint():
            write()
            self.env.flush_all()
        self.assertIn("Request Change", str(refusal.exception))
        self._flush()

    def _all_refused(self, order):
        """Refused are all ways to edit: lines, header, RPC, as superuser too."""
        terms = order._get_change_terms()
        order = order.with_user(self.salesman)
        line = order.order_line[0]
        for one in (line, line.with_user(self.manager), line.sudo()):
            self._refused(lambda one=one: one.write({"discount": 50}))
        self._refused(lambda: line.write({"product_uom_qty": 1}))
        self._refused(
            lambda: line.create(
                {"order_id": order.id, "product_id": self.other.id, "price_unit": 1}
            )
        )
        self._refused(line.unlink)
        command = Command.update(line.id, {"price_unit": 1})
        self._refused(lambda: order.write({"order_line": [command]}))
        self._refused(lambda: order.write({"partner_shipping_id": self.address.id}))
        self._refused(lambda: order.write({"payment_term_id": self.term.id}))
        self.assertEqual(order._get_change_terms(), terms)

    def test_the_order_itself_is_closed_too(self):
        """The company has no change control: the policy alone closes the order."""
        self.assertFalse(self.company.sales_change_control)
        order = self._confirmed().with_user(self.salesman)
        self.assertTrue(order.is_change_controlled)
        self._all_refused(order)
        self._refused(lambda: order.write({"state": "draft"}))
        order.write({"client_order_ref": "Free"})

    def test_cancelled_edited_and_confirmed_again(self):
        order = self._confirmed().with_user(self.salesman)
        order.action_cancel()
        self._flush()
        self._all_refused(order)
        order.action_draft()
        self._flush()
        self._all_refused(order)
        order.action_confirm()
        self._flush()
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 1000))
        self._all_refused(order)

    def test_closed_only_where_a_policy_is_meant(self):
        other = self.customer.copy({"name": "Somebody else"})
        (self.drop | self.where).domain = f"[('partner_id', '=', {other.id})]"
        order = self._confirmed().with_user(self.salesman)
        order.order_line.product_uom_qty = 11
        self.assertEqual(order.amount_untaxed, 1100)
        (self.drop | self.where).domain = "[]"
        self._flush()
        self._refused(lambda: order.order_line.write({"product_uom_qty": 12}))
        (self.drop | self.where).write({"outcome": "auto"})
        self._flush()
        order.order_line.product_uom_qty = 12
        self.assertEqual(order.amount_untaxed, 1200)

    def test_what_only_confirming_forbids_is_no_obstacle(self):
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self.env["sales.validation.rule"].create(
            {
                "name": "No such customer",
                "code": "no_such_customer",
                "kind": "domain",
                "severity": "block",
                "on_confirm": True,
                "domain": f"[('partner_id', '=', {self.customer.id})]",
                "message": "Nothing is sold to him",
            }
        )
        self._flush()
        request = self._request_of(change).with_user(self.bob)
        self.assertNotIn("Nothing is sold", request.facts)
        self._vote(change, self.bob)
        self.assertEqual((change.state, order.amount_untaxed), ("applied", 500))

    def test_risk_of_what_is_no_order_and_no_request(self):
        """A guarded document without approvals has no risk, and asks nobody for it."""
        self.env["sales.approval.risk.factor"].create(
            {"name": "Large", "metric": "amount", "value": 1}
        )
        proforma = self.env["sales.proforma"]
        self.assertEqual(proforma._get_risk_breakdown(), {})
        self.assertEqual(proforma._prepare_risk_vals([])["risk_score"], 0)
        self.assertEqual(proforma.new()._get_responsible(), self.env.user)
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self.assertIn("Large", self._request_of(change).risk_reasons)
