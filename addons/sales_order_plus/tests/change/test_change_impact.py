from odoo.tests import tagged
from odoo.tools import SQL

from ...exceptions import ChangeError
from ...models.change.sales_order_change_line import KINDS as ALL_KINDS
from .common import ChangeCommon

# Special requests are done by people; nothing of the order changes.
KINDS = [kind for kind in ALL_KINDS if kind[0] != "special"]
TABLES = (
    "sale_order",
    "sale_order_line",
    "stock_move",
    "stock_move_line",
    "stock_picking",
    "account_move",
    "mail_message",
    "mail_activity",
    "sales_audit_event",
    "sales_order_version",
)


@tagged("post_install", "-at_install")
class TestChangeImpact(ChangeCommon):
    """What is shown before is what happens."""

    def _rows(self):
        # With what waits for the end of the transaction.
        self.env.cr.flush()
        return [
            self.env.execute_query(SQL("SELECT count(*) FROM %s", SQL.identifier(name)))
            for name in TABLES
        ]

    def _compare(self, order, *kinds):
        change = self._new_change(order, *kinds)
        self._flush()
        terms, rows = order._get_change_terms(), self._rows()
        change.action_preview()
        self._flush()
        self.assertEqual(order._get_change_terms(), terms)
        self.assertEqual(self._rows(), rows)
        shown = change.impact["after"]
        change.action_submit()
        self.assertEqual(change.impact["after"], shown)
        change.action_apply()
        self._flush()
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.result, shown)
        known = [p.id for p in order.sudo().picking_ids]
        names = {one["name"] for one in shown["pickings"]}
        now = order._get_change_figures(known)
        for picking in now["pickings"]:
            if picking["name"] not in names:
                picking["name"] = ""
        self.assertEqual(now, shown)
        self._assert_no_return(order)
        return change

    def test_each_kind(self):
        for kind, _label in KINDS:
            with self.subTest(kind=kind):
                order = self._confirmed((self.product, 4), (self.service, 1))
                change = self._compare(order, kind)
                self.assertNotEqual(change.impact["before"], change.impact["after"])

    def test_each_kind_of_a_locked_order(self):
        for kind, _label in KINDS:
            with self.subTest(kind=kind):
                order = self._confirmed((self.product, 4))
                order.action_lock()
                self._compare(order, kind)
                self.assertTrue(order.locked)

    def test_each_kind_in_several_steps(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            self.warehouse.delivery_steps = steps
            for kind, _label in KINDS:
                with self.subTest(kind=kind, steps=steps):
                    self._compare(self._confirmed((self.product, 4)), kind)

    def test_each_kind_of_an_order_delivered_in_part(self):
        for kind, _label in KINDS:
            if kind == "remove":
                continue
            with self.subTest(kind=kind):
                order = self._confirmed((self.product, 4))
                self._deliver(order, 1)
                self._compare(order, kind)

    def test_several_kinds_at_once(self):
        order = self._confirmed((self.product, 4), (self.service, 1))
        kinds = ("quantity", "price", "add", "date", "delivery_address", "carrier")
        change = self._compare(order, *kinds, "priority", "instructions")
        self.assertEqual(order.commitment_date, self.later)
        self.assertEqual(len(change.line_ids), 8)

    def test_what_is_shown(self):
        order = self._confirmed((self.product, 10))
        change = self._new_change(order, self._quantity(order, 26))
        change.action_preview()
        line = change.impact["after"]["lines"][0]
        self.assertEqual((line["needed"], line["reserved"], line["short"]), (26, 20, 6))
        self.assertEqual(change.amount_delta, 16 * 119)
        totals = change.impact["after"]["totals"]
        self.assertEqual((totals["untaxed"], totals["tax"]), (2600, 494))
        self.assertEqual(totals["margin"], 26 * 40)
        self.assertIn("6 are not there", "\n".join(change.impact["remarks"]))
        self.assertIn("6", change.impact_html)

    def test_credit_is_shown_and_asked_for(self):
        order = self._confirmed((self.service, 10))
        order.sudo()._create_invoices().action_post()
        self._flush()
        change = self._compare(order, self._kind(order, "price", discount=10))
        invoicing = change.impact["after"]["invoicing"]
        self.assertEqual((invoicing["invoiced"], invoicing["to_credit"]), (500, 50))
        self.assertIn("50", order.activity_ids.summary)

    def test_picked_and_printed_transfers_are_named(self):
        order = self._confirmed()
        picking = order.sudo().picking_ids
        picking.printed = True
        self._flush()
        change = self._new_change(order, self._quantity(order, 6))
        change.action_preview()
        self.assertIn(f"{picking.name} is printed", "\n".join(change.impact["remarks"]))

    def test_a_trial_sends_nothing(self):
        order = self._confirmed()
        hooks = self.env.cr.postcommit
        before = list(hooks._funcs)
        self._new_change(order, "quantity", "date").action_preview()
        self.assertEqual(list(hooks._funcs), before)

    def test_what_cannot_be_applied_cannot_be_submitted(self):
        order = self._confirmed()
        self._deliver(order, 4)
        change = self._new_change(order, self._quantity(order, 3))
        with self.assertRaises(ChangeError) as refusal:
            change.action_submit()
        self.assertEqual(refusal.exception.context["rule"], "delivered")
        self.assertIn("return them first", str(refusal.exception))
        self.assertEqual(change.state, "draft")
