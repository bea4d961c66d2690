from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import DecisionError, GuardError
from .common import EligibilityCommon, EligibilityPathsCommon


@tagged("post_install", "-at_install")
class TestCustomerStatus(EligibilityCommon):
    def _set_status(self, status, **values):
        self.customer.with_user(self.officer).write({"sale_status": status, **values})

    def test_blocked_refused_with_reason(self):
        self._new_check("customer_status")
        self._set_status("blocked", sale_status_reason="Insolvent")
        order = self._new_order()
        message = self._assert_refused(order, "customer_status")
        self.assertIn("Test Customer has the status “Blocked” (Insolvent)", message)
        self._set_status("active")
        self._assert_confirms(order)

    def test_contact_of_a_blocked_company(self):
        self._new_check("customer_status")
        self._set_status("closed")
        contact = self.portal_user.partner_id
        order = self._new_order(partner_id=contact.id)
        self._assert_refused(order, "customer_status")

    def test_state_over_rpc(self):
        self._new_check("customer_status")
        self._set_status("blocked")
        order = self._new_order()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.write({"state": "sale"})
        with self.assertRaises(GuardError), self.cr.savepoint():
            self._new_order(state="sale")

    def test_strictness_of_each_status(self):
        self._new_check("customer_status")
        order = self._new_order()
        found = {}
        for status in ("prospect", "active", "on_hold", "blocked", "closed"):
            self._set_status(status)
            found[status] = [one.severity for one in self._get_findings(order)]
        self.assertEqual(
            found,
            {
                "prospect": ["warn"],
                "active": [],
                "on_hold": ["hold"],
                "blocked": ["block"],
                "closed": ["block"],
            },
        )

    def test_quotation_only_where_the_rule_does_not_look_at_saving(self):
        rule = self._new_check("customer_status")
        self._set_status("blocked")
        self.assertTrue(self._new_order())
        rule.on_save = True
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            self._new_order()
        self.assertIn("“Blocked”", str(caught.exception))

    def test_allowed_order_types(self):
        self._new_check("customer_status")
        types = self.env["sales.order.type"]
        rush = types.create({"name": "Rush", "code": "T_R"})
        regular = types.create({"name": "Regular", "code": "T_N"})
        self.customer.with_user(self.officer).allowed_order_type_ids = regular
        order = self._new_order(order_type_id=rush.id)
        message = self._assert_refused(order, "customer_status")
        self.assertIn("orders only as Regular, not as Rush", message)
        order.order_type_id = regular
        self._assert_confirms(order)

    def test_only_an_officer_decides(self):
        self._set_status("blocked")
        partner = self.customer.with_user(self.salesman)
        for values in (
            {"sale_status": "active"},
            {"sale_status_reason": "Paid"},
            {"allowed_order_type_ids": [Command.clear()]},
        ):
            with self.assertRaises(DecisionError):
                partner.write(values)
        with self.assertRaises(DecisionError):
            partner.create({"name": "Good", "sale_status": "active"})
        partner.write({"comment": "Called"})
        self.assertEqual(self.customer.sale_status, "blocked")

    def test_decisions_are_in_the_audit_trail(self):
        self._set_status("blocked")
        self._set_status("active")
        events = self.env["sales.audit.event"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.customer.id)]
        )
        decided = events.filtered(lambda one: one.code == "customer.decided")
        changes = [one.data["sale_status"] for one in decided.sorted("id")]
        self.assertEqual(changes, [[False, "blocked"], ["blocked", "active"]])
        self.assertEqual(decided.user_id, self.officer)

    def test_hidden_in_the_selector_of_an_order(self):
        partners = self.env["res.partner"].with_user(self.salesman)
        hiding = partners.with_context(sales_hide_refused=True)
        contact = self.portal_user.partner_id
        other = partners.create({"name": "Test Customer Two"})

        def search(model):
            return {one for one, _name in model.name_search("Test Customer", limit=50)}

        everybody = {self.customer.id, contact.id, other.id}
        self.assertLessEqual(everybody, search(hiding))
        self._set_status("blocked")
        self.assertLessEqual(everybody, search(partners))
        self.assertEqual(search(hiding) & everybody, {other.id})
        form = (
            self.env["sale.order"].with_user(self.salesman).get_view(view_type="form")
        )
        self.assertIn("'sales_hide_refused': True", form["arch"])

    def test_status_nobody_looks_at(self):
        self._set_status("blocked")
        self.assertTrue(self.customer.sale_status_unwatched)
        self._new_check("customer_status")
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.sale_status_unwatched)

    def test_rule_for_some_customers(self):
        self._new_filter(partner_domain="[('sale_status', '=', 'prospect')]")
        order = self._new_order()
        self.assertFalse(self._get_codes(order))
        self._set_status("prospect")
        self.assertEqual(self._get_codes(order), ["rule"])


@tagged("post_install", "-at_install")
class TestCustomerStatusPaths(EligibilityPathsCommon):
    """The same message whoever confirms, and however."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"sale_status": "blocked"})

    def setUp(self):
        super().setUp()
        self._new_check("customer_status")

    def _get_message(self, order):
        text = self._assert_refused(order, "customer_status")
        return text.removeprefix(f"{order.display_name}: ")

    @mute_logger("odoo.http")
    def test_json2(self):
        order = self._new_quotation()
        message = self._get_message(order)
        answer = self._confirm_over_json2(order)
        self.assertEqual(answer.status_code, 422)
        self.assertIn(message, answer.json()["message"])
        self.assertEqual(order.state, "sent")

    def test_portal(self):
        order = self._new_quotation(require_signature=True)
        message = self._get_message(order)
        self._sign(order)
        self.assertRecordValues(order, [{"state": "sent", "hold_reason": message}])
        page = self.url_open(order.get_portal_url()).text
        self.assertIn("Your order is being reviewed", page)
        self.assertNotIn("Blocked", page)

    def test_payment(self):
        order = self._new_quotation(require_signature=False)
        order.require_payment = True
        message = self._get_message(order)
        self._pay_order(order)._post_process()
        self.assertRecordValues(order, [{"state": "sent", "hold_reason": message}])
