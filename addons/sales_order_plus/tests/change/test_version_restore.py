from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import ChangeError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestVersionRestore(ChangeCommon):
    """Back to a version is a change request like any other, never an overwriting."""

    def _changed(self):
        self._control()
        self.customer.write(
            {
                "street": "Main Street 1",
                "city": "Namur",
                "zip": "5000",
                "country_id": self.env.ref("base.be").id,
            }
        )
        order = self._confirmed((self.product, 10), (self.service, 2))
        self._applied(
            order,
            "quantity",
            "price",
            "add",
            "delivery_address",
            "payment_term",
            "payment_method",
            "priority",
            "instructions",
            self._kind(order, "remove", line_id=order.order_line[1].id),
        )
        return order

    def _restore(self, order, number, user=None):
        versions = order.version_ids.sorted("number").with_user(user or self.salesman)
        action = versions[number - 1].action_restore()
        return (
            self.env[action["res_model"]]
            .with_user(self.salesman)
            .browse(action["res_id"])
        )

    def _plain(self, version):
        lines = version.snapshot["lines"]
        names = ("product_id", "quantity", "price_unit", "discount", "subtotal")
        return [[one[name] for name in names] for one in lines if one["quantity"]]

    def test_back_to_the_first(self):
        order = self._changed()
        terms = order._get_change_terms()
        change = self._restore(order, 1)
        self.assertEqual((change.state, change.order_id), ("draft", order))
        self.assertIn("V1", change.reason)
        self._flush()
        self.assertEqual(order._get_change_terms(), terms)
        self.assertEqual(len(order.version_ids), 2)
        change.action_submit()
        change.action_apply()
        self._flush()
        versions = order.version_ids.sorted("number")
        self.assertEqual(versions.mapped("number"), [1, 2, 3])
        self.assertEqual(versions[2].change_id, change)
        self.assertEqual(versions[2].amount_total, versions[0].amount_total)
        self.assertEqual(self._plain(versions[2]), self._plain(versions[0]))
        back, was = (one.snapshot["terms"] for one in (versions[2], versions[0]))
        # Who had no terms and no method keeps those he has by now.
        kept = {"payment_term_id", "preferred_payment_method_line_id"}
        self.assertEqual({n for n in was if back[n] != was[n]} - kept, set())

    def test_what_has_left_stays(self):
        self._control()
        order = self._confirmed((self.product, 4))
        self._applied(order, self._quantity(order, 10), "add")
        self._deliver(order, 1)
        self._deliver(order, 6)
        change = self._restore(order, 1)
        change.action_submit()
        change.action_apply()
        self._flush()
        done = order.order_line.mapped("qty_delivered")
        self.assertEqual(
            order.order_line.mapped("product_uom_qty"), [max(4, done[0]), done[1]]
        )
        self._assert_no_return(order)

    def test_a_day_that_has_passed_is_left_out(self):
        self._control()
        order = self._confirmed(commitment_date=self.later)
        self._applied(order, self._kind(order, "date", commitment_date="2099-01-01"))
        self.assertEqual(self._restore(order, 1).line_ids.kind, "date")
        with freeze_time("2098-01-01"), self.assertRaises(ChangeError) as refusal:
            self._restore(order, 1)
        self.assertEqual(refusal.exception.context["rule"], "same")

    def test_nothing_to_go_back_to(self):
        self._control()
        order = self._confirmed()
        with self.assertRaises(ChangeError) as refusal, self.cr.savepoint():
            self._restore(order, 1)
        self.assertEqual(refusal.exception.context["rule"], "same")

    def test_not_for_the_warehouse(self):
        order = self._changed()
        with self.assertRaises(AccessError):
            self._restore(order, 1, user=self.storeman)
