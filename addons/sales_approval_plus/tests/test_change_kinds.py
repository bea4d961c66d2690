from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_change_approval import ChangeApprovalCommon


@tagged("post_install", "-at_install")
class TestChangeKinds(ChangeApprovalCommon):
    """Payment, goods, dates, hurry and special wishes: each is asked of its people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.drop | cls.where).active = False
        cls.customer.email = "paula@example.com"

    def _flag(self, metric, name, user, **values):
        return self._new_policy(
            {"role_id": self._new_role(name, user).id},
            name=name,
            apply_on="change",
            **{metric: values or {"operator": "is"}},
        )

    def test_terms_and_card_are_asked_of_credit(self):
        """The customer gets the link when credit has agreed, not before, and once."""
        self._flag("change_payment", "Credit", self.ann)
        provider = self.env.ref("payment.payment_provider_transfer").copy(
            {"name": "Card", "state": "test", "company_id": self.company.id}
        )
        card = self.method_line.copy(
            {"name": "Card", "payment_provider_id": provider.id}
        )
        now = self.env.ref("account.account_payment_term_immediate")
        order = self._confirmed(payment_term_id=now.id)
        change = self._ask(
            "payment_term",
            self._kind(order, "payment_method", payment_method_line_id=card.id),
            order=order,
        )
        mails = self.env["mail.mail"].sudo()
        links = [
            ("model", "=", change._name),
            ("res_id", "=", change.id),
            ("subject", "like", "online"),
        ]
        self._refused_to_apply(change, "approval_pending")
        self.assertEqual(self._request_of(change).open_approver_ids, self.ann)
        self.assertEqual((order.payment_term_id, mails.search(links)), (now, mails))
        self._vote(change, self.ann)
        self.assertEqual((change.state, order.payment_term_id), ("applied", self.term))
        self.assertEqual(order.preferred_payment_method_line_id, card)
        self.assertEqual(len(mails.search(links)), 1)

    def test_other_goods_of_a_printed_transfer_are_asked_of_the_warehouse(self):
        self._flag("change_touched", "Warehouse", self.cid)
        order = self._confirmed()
        self._applied(order, self._kind(order, "substitute", quantity=4))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [6, 4])
        order.sudo().picking_ids.printed = True
        self._flush()
        change = self._ask(
            self._kind(order, "substitute", quantity=2, keep_price=True), order=order
        )
        self.assertEqual(self._request_of(change).open_approver_ids, self.cid)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [6, 4])
        self._vote(change, self.cid)
        self.assertEqual(change.state, "applied")
        self.assertEqual(order.order_line[0].product_uom_qty, 4)

    def test_promised_before_the_goods_are_there(self):
        self._flag("change_late", "Planning", self.cid, operator="above", value=0)
        order = self._confirmed((self.product, 30))
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 50,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "date": fields.Datetime.now() + timedelta(days=10),
            }
        )
        receipt._action_confirm()
        self._flush()
        soon = self._kind(
            order, "date", commitment_date=fields.Datetime.now() + timedelta(days=3)
        )
        change = self._ask(soon, order=order)
        self.assertEqual(self._request_of(change).open_approver_ids, self.cid)
        self.assertIn("after the promised day", "\n".join(change.impact["remarks"]))
        self._refused_to_apply(change, "approval_pending")
        change.action_withdraw()
        self._flush()
        self._applied(order, "date")
        self.assertEqual(order.commitment_date, self.later)
        self.assertEqual(self._moves(order).mapped("date_deadline"), [self.later])

    def test_urgent_without_the_goods(self):
        self._flag("change_rush", "Planning", self.cid)
        there = self._confirmed((self.product, 15))
        self._applied(there, "priority")
        self.assertEqual(there.sudo().picking_ids.priority, "1")
        short = self._confirmed((self.product, 15))
        change = self._ask("priority", order=short)
        self.assertEqual(self._request_of(change).open_approver_ids, self.cid)
        self._vote(change, self.cid)
        self.assertEqual(short.sudo().picking_ids.priority, "1")

    def test_special_request_is_approved_and_answered(self):
        self._flag("change_special", "Desk", self.cid)
        wrap = self.env["sales.change.request.type"].create({"name": "Gift wrap"})
        for answered_first in (False, True):
            order = self._confirmed()
            change = self._new_change(
                order, {"kind": "special", "request_type_id": wrap.id}
            )
            change.action_submit()
            self._flush()
            steps = [
                lambda c=change: c.action_answer(outcome="Wrapped"),
                lambda c=change: self._vote(c, self.cid),
            ]
            first, last = steps if answered_first else steps[::-1]
            first()
            self._flush()
            self.assertEqual(change.state, "submitted")
            last()
            self._flush()
            self.assertEqual(change.state, "applied")
