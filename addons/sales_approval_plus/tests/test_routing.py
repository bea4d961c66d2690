from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..exceptions import NoApproverError
from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestRouting(ApprovalCommon):
    """Who is asked: by amount, by what the order names, by conditions of steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.supervisor = cls._new_role("Supervisor", cls.ann)
        cls.finance = cls._new_role("Finance", cls.bob)
        cls.chief = cls._new_role("Chief", cls.cid)
        cls.matrix = cls.env["sales.approval.matrix"].create(
            {
                "name": "Authorities",
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create({"role_id": cls.chief.id}),
                    Command.create({"role_id": cls.supervisor.id, "max_amount": 10000}),
                    Command.create({"role_id": cls.finance.id, "max_amount": 50000}),
                ],
            }
        )

    def _new_routed(self, amount, **values):
        line = {"product_id": self.product.id, "price_unit": amount}
        values.setdefault("user", self.salesman)
        return self._new_order(order_line=[Command.create(line)], **values)

    def _use(self, *steps, **values):
        blank = {"role_id": False}
        return self._new_policy(
            *[{**blank, **step} for step in steps], **{"amount": 5000, **values}
        )

    def _get_names(self, order):
        (preview,) = order.action_preview_approval()
        return [(one["level"], one["name"]) for one in preview["steps"]]

    # --- matrix --- #

    def test_one_matrix_routes_three_amounts(self):
        self._use({"approver_type": "matrix", "matrix_id": self.matrix.id})
        chains = {
            4000: [],
            8000: [(1, "Supervisor")],
            10000: [(1, "Supervisor")],
            40000: [(1, "Supervisor"), (2, "Finance")],
            200000: [(1, "Supervisor"), (2, "Finance"), (3, "Chief")],
        }
        for amount, chain in chains.items():
            with self.subTest(amount=amount):
                order = self._new_routed(amount)
                self.assertEqual(self._get_names(order), chain)
                if not chain:
                    continue
                order.action_submit_for_approval()
                lines = self._get_request(order).line_ids
                self.assertEqual([(x.level, x.name) for x in lines], chain)

    def test_preview_equals_what_is_created(self):
        self._use(
            {"approver_type": "matrix", "matrix_id": self.matrix.id},
            {"approver_type": "role", "role_id": self.finance.id, "level": 2},
            {
                "approver_type": "user",
                "user_id": self.cid.id,
                "level": 3,
                "condition": "[('partner_id', '=', False)]",
            },
        )
        order = self._new_routed(40000)
        (preview,) = order.action_preview_approval()
        self.assertEqual(
            [(one["level"], one["name"], one["state"]) for one in preview["steps"]],
            [
                (1, "Supervisor", "waiting"),
                (2, "Finance", "waiting"),
                (3, self.cid.name, "skipped"),
            ],
        )
        order.action_submit_for_approval()
        lines = self._get_request(order).line_ids
        for line, step in zip(lines, preview["steps"], strict=True):
            self.assertEqual(
                (line.level, line.name, line.why, line.needed, line.mode),
                tuple(step[k] for k in ("level", "name", "why", "needed", "mode")),
            )
            self.assertEqual(line.approver_ids.mapped("name"), step["approvers"])

    def test_preview_writes_nothing(self):
        self._use({"approver_type": "matrix", "matrix_id": self.matrix.id})
        order = self._new_routed(8000)
        self.env.flush_all()
        before = self.env["sales.audit.event"].search_count([])
        order.action_preview_approval()
        self.assertFalse(order.sudo().approval_request_ids)
        self.assertEqual(self.env["sales.audit.event"].search_count([]), before)

    def test_preview_names_the_dead_end(self):
        self.supervisor.user_ids = False
        self._use({"approver_type": "matrix", "matrix_id": self.matrix.id})
        order = self._new_routed(8000)
        (preview,) = order.action_preview_approval()
        self.assertIn("Nobody can approve: step “Supervisor”", preview["problem"])

    def test_preview_of_what_one_may_not_read(self):
        self._use({"approver_type": "matrix", "matrix_id": self.matrix.id})
        order = self._new_routed(8000)
        with self.assertRaises(AccessError):
            order.with_user(self.portal_user).action_preview_approval()

    def test_dialog(self):
        self._use({"approver_type": "matrix", "matrix_id": self.matrix.id})
        order = self._new_routed(8000).with_user(self.salesman)
        action = order.action_open_approval_preview()
        dialog = self.env[action["res_model"]].with_user(self.salesman)
        dialog = dialog.browse(action["res_id"])
        self.assertIn("High discount: Untaxed amount", dialog.policy_text)
        self.assertEqual(dialog.line_ids.approvers, self.ann.name)
        dialog.action_submit()
        self.assertEqual(order.approval_state, "pending")

    def test_matrix_is_sane(self):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            self.matrix.line_ids = [Command.clear()]
        self.assertIn("add at least one role", str(caught.exception))
        self.matrix.invalidate_recordset()
        with self.assertRaisesRegex(ValidationError, "up to the same amount"):
            self.matrix.line_ids = [
                Command.create({"role_id": self.chief.id, "max_amount": 10000})
            ]

    def test_matrix_form(self):
        with Form(self.env["sales.approval.matrix"].with_user(self.manager)) as form:
            form.name = "Form"
            with form.line_ids.new() as line:
                line.role_id = self.chief
        self.assertEqual(form.record.line_ids.role_id, self.chief)

    # --- people the order names --- #

    def test_team_leader(self):
        self._use({"approver_type": "team_leader"})
        team = self.env["crm.team"].create(
            {"name": "Europe", "user_id": self.bob.id, "company_id": self.company.id}
        )
        order = self._new_routed(8000, team_id=team.id)
        order.action_submit_for_approval()
        line = self._get_request(order).line_ids
        self.assertEqual(line.approver_ids, self.bob)
        self.assertEqual(line.why, "Leader of the sales team")

    def test_leader_who_sells_himself_is_left_out_and_named(self):
        group = self.env["res.groups"].create(
            {"name": "Deciders", "user_ids": [Command.set((self.bob + self.cid).ids)]}
        )
        self._use({"approver_type": "group", "group_id": group.id})
        order = self._new_routed(8000)
        order.sudo().user_id = self.cid
        order.sudo().action_submit_for_approval()
        line = self._get_request(order).line_ids
        self.assertEqual(line.approver_ids, self.bob)
        self.assertIn(f"because involved: {self.cid.name}", line.why)

    def test_no_leader_is_a_dead_end(self):
        self._use({"approver_type": "team_leader"})
        order = self._new_routed(8000, team_id=False)
        with self.assertRaisesRegex(NoApproverError, "Leader of the sales team"):
            order.action_submit_for_approval()

    def test_manager_of_the_salesperson(self):
        self._use({"approver_type": "manager"})
        team = self.env["crm.team"].create(
            {"name": "Home", "user_id": self.ann.id, "company_id": self.company.id}
        )
        self.env["crm.team.member"].create(
            {"crm_team_id": team.id, "user_id": self.salesman.id}
        )
        order = self._new_routed(8000, team_id=False)
        self.assertEqual(order.sudo()._get_manager_of_salesperson(), self.ann)

    def test_field_of_the_order(self):
        field = self.env["ir.model.fields"]._get("sale.order", "user_id")
        self._use({"approver_type": "field", "field_id": field.id})
        order = self._new_routed(8000, user=self.manager, user_id=self.bob.id)
        # The salesperson is the one who may not: that must be said at once.
        with self.assertRaisesRegex(NoApproverError, "Salesperson"):
            order.action_submit_for_approval()

    def test_field_must_name_users(self):
        field = self.env["ir.model.fields"]._get("sale.order", "partner_id")
        with self.assertRaisesRegex(ValidationError, "does not name users"):
            self._use({"approver_type": "field", "field_id": field.id})

    # --- conditions of steps --- #

    def _use_export(self):
        abroad = "[('partner_shipping_id.country_id.code', '!=', 'DE')]"
        return self._use(
            {"approver_type": "role", "role_id": self.supervisor.id},
            {
                "approver_type": "role",
                "role_id": self.finance.id,
                "level": 2,
                "condition": abroad,
            },
        )

    def _new_partner(self, code):
        country = self.env.ref(f"base.{code}")
        return self.env["res.partner"].create({"name": code, "country_id": country.id})

    def test_domestic_order_skips_a_step(self):
        self._use_export()
        order = self._new_routed(8000, partner_id=self._new_partner("de").id)
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        lines = self._get_request(order).line_ids
        self.assertEqual(lines.mapped("state"), ["done", "skipped"])
        self.assertIn("does not match the condition", lines[1].remark)
        self.assertEqual(order.approval_state, "approved")

    def test_foreign_order_opens_it(self):
        self._use_export()
        order = self._new_routed(8000, partner_id=self._new_partner("fr").id)
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        lines = self._get_request(order).line_ids
        self.assertEqual(lines.mapped("state"), ["done", "open"])
        self.assertEqual(order.approval_state, "pending")

    def test_a_skipped_step_needs_nobody(self):
        """No dead end because of a step that is not asked."""
        self._use_export()
        self.finance.user_ids = False
        order = self._new_routed(8000, partner_id=self._new_partner("de").id)
        order.action_submit_for_approval()
        self.assertEqual(order.approval_state, "pending")

    def test_all_steps_skipped(self):
        never = "[('partner_id', '=', False)]"
        self._use(
            {"approver_type": "role", "role_id": self.finance.id, "condition": never}
        )
        order = self._new_routed(8000)
        order.action_submit_for_approval()
        self.assertEqual(order.approval_state, "approved")

    def test_condition_that_cannot_be_read(self):
        with self.assertRaisesRegex(ValidationError, "filter cannot be read"):
            self._use({"approver_type": "team_leader", "condition": "[("})

    # --- votes of an earlier round --- #

    def _new_two_levels(self):
        """Finance looks at the discount, the chief at the amount."""
        self.policy.active = True
        self.policy.step_ids.write({"role_id": self.finance.id})
        large = {"approver_type": "role", "role_id": self.chief.id, "level": 2}
        self._use(large, name="Large", amount=1000)
        order = self._new_discounted(20, quantity=20)
        order.action_submit_for_approval()
        self._approve(order, self.bob)
        self._approve(order, self.cid)
        self.assertEqual(order.approval_state, "approved")
        return order

    def test_only_the_level_concerned_is_asked_again(self):
        """More pieces at the same discount: the chief again, finance not."""
        order = self._new_two_levels()
        order.order_line.product_uom_qty = 30
        self.assertEqual(order.approval_state, "to_submit")
        (preview,) = order.action_preview_approval()
        self.assertEqual(
            [one["state"] for one in preview["steps"]], ["done", "waiting"]
        )
        order.action_submit_for_approval()
        request = self._get_request(order)
        self.assertEqual(request.line_ids.mapped("state"), ["done", "open"])
        self.assertEqual(
            request.line_ids[0].remark, f"Reused from round 1: {self.bob.name}"
        )
        self.assertEqual(request.line_ids[0].progress, "1/1")
        self.assertEqual(request.open_approver_ids, self.cid)
        self._approve(order, self.cid)
        self.assertEqual(order.approval_state, "approved")

    def test_both_again_where_both_got_worse(self):
        order = self._new_two_levels()
        order.order_line.write({"product_uom_qty": 30, "discount": 25})
        order.action_submit_for_approval()
        states = self._get_request(order).line_ids.mapped("state")
        self.assertEqual(states, ["open", "waiting"])

    def test_nothing_is_reused_under_other_terms(self):
        order = self._new_two_levels()
        order.payment_term_id = self.env["account.payment.term"].create(
            {"name": "Late"}
        )
        order.action_submit_for_approval()
        states = self._get_request(order).line_ids.mapped("state")
        self.assertEqual(states, ["open", "waiting"])

    def test_vote_of_an_approver_who_edited_since_is_not_reused(self):
        order = self._new_two_levels()
        self.bob.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.finance.user_ids += self.ann
        line = order.order_line.with_user(self.bob)
        line.product_uom_qty = 30
        # In his session, so that it is his change.
        line.env.flush_all()
        self.env.invalidate_all()
        order.with_user(self.salesman).action_submit_for_approval()
        line = self._get_request(order).line_ids[0]
        self.assertEqual((line.state, line.approver_ids), ("open", self.ann))

    def test_who_is_reused_does_not_vote_on_another_level(self):
        order = self._new_two_levels()
        self.chief.user_ids += self.bob
        order.order_line.product_uom_qty = 30
        order.action_submit_for_approval()
        request = self._get_request(order)
        self.assertFalse(request.with_user(self.bob).can_vote)
        found = request.with_user(self.bob).search([("can_vote", "=", True)])
        self.assertNotIn(request, found)
