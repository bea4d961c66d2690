from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_order_plus.exceptions import GuardError

from .common import ApprovalCommon

# What callers have tried, or could try, to pass a gate with.
CONTEXTS = (
    {"skip_validation_check": True},
    {"skip_check_state_condition": True},
    {"sales_guard_hold": "portal"},
    {"sales_guard_hold": "payment"},
    {"skip_procurement": True},
    {"tracking_disable": True},
    {"install_mode": True},
    {"import_file": True},
    {"force_approved": True, "approved": True, "bypass": True},
    {"active_test": False},
    {"default_state": "sale"},
)


@tagged("post_install", "-at_install")
class TestGatePaths(ApprovalCommon):
    """Whatever way a quotation above the limit is confirmed: it is not."""

    def setUp(self):
        super().setUp()
        self.order = self._new_discounted(50, quantity=2)
        self.sales = self.env["sale.order"].with_user(self.salesman)

    def _assert_refused(self, call, *args, **kwargs):
        with self.assertRaises(GuardError) as caught:
            call(*args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "draft")
        self.assertFalse(self.order.picking_ids)
        return caught.exception

    def _get_line_vals(self, **values):
        return {
            "product_id": self.product.id,
            "product_uom_qty": 1,
            "discount": 50,
            **values,
        }

    def _get_order_vals(self, **values):
        return {
            "partner_id": self.customer.id,
            "order_line": [Command.create(self._get_line_vals())],
            **values,
        }

    def _count(self):
        return self.env["sale.order"].search_count([("state", "=", "sale")])

    # --- confirming --- #

    def test_button(self):
        # No assertRaises: its savepoint would take the audit event along, which the
        # test writes on the same connection.
        error = None
        try:
            self.order.action_confirm()
        except GuardError as refusal:
            error = refusal
        self.assertTrue(error, "GuardError not raised")
        self.assertEqual(self.order.state, "draft")
        self.assertEqual(error.context["findings"][0]["code"], "approval_to_submit")
        self.assertEqual(error.context["findings"][0]["severity"], "approve")
        self.assertEqual(self._get_codes(self.order), ["guard.refused"])

    def test_form(self):
        """What the web client sends when somebody calls the button it does not show."""
        self._assert_refused(
            self.order.with_context(validate_analytic=True, lang="en_US").action_confirm
        )

    def test_list_is_all_or_nothing(self):
        free = self._new_discounted(0)
        self._assert_refused((free + self.order).action_confirm)
        self.assertEqual(free.state, "draft")

    def test_every_role(self):
        for user in (self.salesman, self.colleague, self.manager, self.env.user):
            with self.subTest(user=user.login):
                self._assert_refused(self.order.with_user(user).action_confirm)
                self._assert_refused(
                    self.order.with_user(user).write, {"state": "sale"}
                )

    def test_approver_does_not_confirm_by_being_one(self):
        self.ann.group_ids += self.env.ref("sales_team.group_sale_manager")
        self._assert_refused(self.order.with_user(self.ann).action_confirm)

    def test_sudo_superuser_and_cron(self):
        for orders in (
            self.order.sudo(),
            self.order.with_user(SUPERUSER_ID),
            self.order.with_user(self.env.ref("base.user_admin")),
        ):
            self._assert_refused(orders.action_confirm)
            self._assert_refused(orders.write, {"state": "sale"})

    def test_cron_as_odoobot(self):
        cron = self.env["ir.cron"].create(
            {
                "name": "Confirm",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "state": "code",
                "code": f"model.browse({self.order.id}).action_confirm()",
                "user_id": SUPERUSER_ID,
            }
        )
        self._assert_refused(cron.ir_actions_server_id.run)

    def test_context_keys(self):
        for context in CONTEXTS:
            with self.subTest(context=context):
                order = self.order.with_context(**context)
                self._assert_refused(order.write, {"state": "sale"})
                if "sales_guard_hold" not in context:
                    self._assert_refused(order.action_confirm)

    def test_hold_context_holds(self):
        """The key of the customer's paths makes an order wait; it confirms nothing."""
        self.order.with_context(sales_guard_hold="portal").action_confirm()
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.sudo().hold_since)

    def test_write_with_lines(self):
        """Hiding the discount and confirming in one call, in any order of keys."""
        line = self.order.order_line
        self._assert_refused(
            self.order.write,
            {
                "state": "sale",
                "order_line": [Command.update(line.id, {"discount": 60})],
            },
        )
        free = self._new_discounted(0)
        self._assert_refused(
            free.write,
            {
                "order_line": [Command.update(free.order_line.id, {"discount": 60})],
                "state": "sale",
            },
        )

    def test_write_of_several(self):
        free = self._new_discounted(0)
        self._assert_refused((self.order + free).write, {"state": "sale"})

    def test_web_save(self):
        self._assert_refused(self.order.web_save, {"state": "sale"}, {"state": {}})

    def test_via_another_state(self):
        self.order.write({"state": "sent"})
        with self.assertRaises(GuardError):
            self.order.write({"state": "sale"})
        self.order.action_cancel()
        with self.assertRaises(GuardError):
            self.order.write({"state": "sale"})

    def test_draft_after_cancel(self):
        self.order.action_cancel()
        self.order.action_draft()
        self._assert_refused(self.order.action_confirm)

    # --- creating --- #

    def test_create_confirmed(self):
        before = self._count()
        self._assert_refused(self.sales.create, self._get_order_vals(state="sale"))
        self._assert_refused(
            self.sales.web_save, self._get_order_vals(state="sale"), {"state": {}}
        )
        self.assertEqual(self._count(), before)

    def test_default_state(self):
        sales = self.sales.with_context(default_state="sale")
        self._assert_refused(sales.create, self._get_order_vals())

    def test_create_several(self):
        """One bad order of a batch takes all of them back."""
        before = self._count()
        self._assert_refused(
            self.sales.create,
            [
                {"partner_id": self.customer.id, "state": "sale"},
                self._get_order_vals(state="sale"),
            ],
        )
        self.assertEqual(self._count(), before)

    def test_copy_confirmed(self):
        self._assert_refused(self.order.copy, {"state": "sale"})

    def test_copy_of_an_approved_order(self):
        self.order.action_submit_for_approval()
        self._approve(self.order, self.ann)
        copy = self.order.copy()
        self.assertFalse(copy.approval_request_ids)
        with self.assertRaises(GuardError):
            copy.action_confirm()

    @mute_logger("odoo.sql_db")
    def test_import(self):
        before = self._count()
        fields = [
            "partner_id/.id",
            "state",
            "order_line/product_id/.id",
            "order_line/product_uom_qty",
            "order_line/discount",
        ]
        row = [str(self.customer.id), "Sales Order", str(self.product.id), "1", "50"]
        result = self.sales.load(fields, [row])
        self.assertFalse(result["ids"])
        self.assertIn("High discount", str(result["messages"]))
        self.assertEqual(self._count(), before)

    @mute_logger("odoo.sql_db")
    def test_import_over_an_existing_order(self):
        result = self.sales.load(
            [".id", "state"], [[str(self.order.id), "Sales Order"]]
        )
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "draft")

    def test_line_with_a_state_of_its_own(self):
        with self.assertRaisesRegex(UserError, "Order Status"):
            self.order.order_line = [Command.create(self._get_line_vals(state="sale"))]
        with self.assertRaisesRegex(UserError, "Order Status"):
            self.order.order_line.write({"state": "sale"})
        self.assertFalse(self.order.picking_ids)

    # --- automation --- #

    def _new_server_action(self, **values):
        return self.env["ir.actions.server"].create(
            {
                "name": "Confirm",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                **values,
            }
        )

    def test_server_action(self):
        by_value = self._new_server_action(
            state="object_write",
            update_path="state",
            selection_value=self.env.ref("sale.selection__sale_order__state__sale").id,
        )
        by_code = self._new_server_action(
            state="code", code="records.sudo().action_confirm()"
        )
        for action in by_value + by_code:
            context = {"active_model": "sale.order", "active_ids": self.order.ids}
            action = action.with_context(active_id=self.order.id, **context)
            self._assert_refused(action.run)

    def test_mail_does_not_confirm(self):
        self.order.with_context(mark_so_as_sent=True).message_post(body="Offer")
        self.assertEqual(self.order.state, "sent")
        with self.assertRaises(GuardError):
            self.order.action_confirm()

    # --- nothing configured --- #

    def test_without_policies_nothing_changes(self):
        self.policy.active = False
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")
        self.assertTrue(self.order.picking_ids)
        self.assertFalse(self.order.approval_request_ids)
        self.order.order_line.discount = 90
        self.assertEqual(self.order.amount_untaxed, 20)

    def test_approved_passes_every_path(self):
        """Where an approval stands, the same paths are open."""
        for confirm in (
            lambda order: order.action_confirm(),
            lambda order: order.write({"state": "sale"}),
            lambda order: order.sudo().action_confirm(),
        ):
            order = self._new_approved(discount=50)
            confirm(order)
            self.assertEqual(order.state, "sale")
