from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import APPROVER, ApprovalCommon

# Fields that every model has.
AUTOMATIC = {
    "id",
    "display_name",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
}
DAN = f"{APPROVER},sales_team.group_sale_salesman_all_leads"
REQUEST_VIEWS = ("list", "kanban", "form", "search", "activity")


@tagged("post_install", "-at_install")
class TestViews(ApprovalCommon):
    """Each screen opens for the people who see it, with what they can do there."""

    def _get_arch(self, model, user, kind="form", xmlid=False):
        view_id = xmlid and self.env.ref(f"sales_approval_plus.{xmlid}").id
        views = self.env[model].with_user(user).get_views([(view_id, kind)])
        return etree.fromstring(views["views"][kind]["arch"])

    def _get_buttons(self, record, user):
        """Return the names of the header's buttons that ``user`` sees."""
        self.env.flush_all()
        self.env.invalidate_all()
        record = record.with_user(user).sudo(False)
        arch = self._get_arch(record._name, user)
        names = [n for n in record.fields_get(attributes=["type"]) if n in record]
        used = {
            node.get("name") for node in arch.iter("field") if node.get("name") in names
        }
        values = record.read([*used])[0]
        found = []
        for button in arch.xpath("//header/button"):
            condition = button.get("invisible")
            context = {**values, "context": {}, "uid": user.id}
            if not condition or not safe_eval(condition, context):
                found.append(button.get("name"))
        return found

    # --- they open --- #

    def test_requests_open_for_everybody_who_reads_them(self):
        request = self._get_request(self._new_submitted())
        views = [(False, kind) for kind in REQUEST_VIEWS]
        for user in (self.salesman, self.ann, self.colleague, self.manager):
            with self.subTest(user=user.login):
                mine = request.with_user(user).sudo(False)
                loaded = mine.get_views(views)["views"]
                self.assertEqual(set(loaded), set(REQUEST_VIEWS))
                for kind in ("list", "form", "kanban"):
                    arch = etree.fromstring(loaded[kind]["arch"])
                    names = {
                        node.get("name")
                        for node in arch.xpath("//field[not(ancestor::field)]")
                    }
                    self.assertTrue(mine.read([*names]), kind)

    def test_filters_of_requests(self):
        """Each filter of the search view is a domain that can be searched."""
        self._new_submitted()
        requests = self.env["sales.approval.request"].with_user(self.ann)
        arch = self._get_arch("sales.approval.request", self.ann, "search")
        filters = arch.xpath("//filter[@domain]")
        found = {
            node.get("name"): len(
                requests.search(safe_eval(node.get("domain"), {"uid": self.ann.id}))
            )
            for node in filters
        }
        expected = {"to_approve": 1, "mine": 0, "pending": 1}
        expected |= {"overdue": 0, "due_today": 0, "of_orders": 1, "of_documents": 0}
        self.assertEqual(
            found,
            {**expected, "approved": 0, "to_review": 0, "rejected": 0, "expired": 0},
        )

    def test_filters_of_the_desk(self):
        waiting, new = self._new_submitted(), self._new_discounted()
        names = ("to_approve", "to_submit", "waiting_approval")
        arch = etree.fromstring(
            self.env["sale.order"]
            .with_user(self.manager)
            .get_views(
                [
                    (
                        self.env.ref("sales_order_plus.sale_order_desk_view_search").id,
                        "search",
                    )
                ]
            )["views"]["search"]["arch"]
        )
        found = {}
        for user in (self.salesman, self.ann):
            orders = self.env["sale.order"].with_user(user)
            for name in names:
                [node] = arch.xpath(f"//filter[@name='{name}']")
                hits = orders.search(safe_eval(node.get("domain")))
                found[user.login, name] = hits & (waiting | new)
        self.assertEqual(found["tsop_sam", "to_submit"], new)
        self.assertEqual(found["tsop_sam", "waiting_approval"], waiting)
        self.assertFalse(found["tsop_sam", "to_approve"])
        self.assertEqual(found["tsap_ann", "to_approve"], waiting)

    def test_settings_open_for_the_manager(self):
        for model in ("sales.approval.policy", "sales.approval.role"):
            kinds = ("list", "form", "search")
            views = [(False, kind) for kind in kinds]
            loaded = self.env[model].with_user(self.manager).get_views(views)
            self.assertEqual(set(loaded["views"]), set(kinds))

    def test_menus(self):
        menus = {
            name: self.env.ref(f"sales_approval_plus.{name}").id
            for name in (
                "sales_approval_request_menu",
                "sales_approval_policy_menu",
                "sales_approval_role_menu",
            )
        }
        for user, expected in (
            (self.salesman, {"sales_approval_request_menu"}),
            (self.ann, {"sales_approval_request_menu"}),
            (self.manager, set(menus)),
            (self.storeman, set()),
        ):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            with self.subTest(user=user.login):
                found = {name for name, id_ in menus.items() if id_ in visible}
                self.assertEqual(found, expected)

    # --- they work --- #

    def test_order_form_of_the_salesperson(self):
        self.salesman.group_ids += self.env.ref("sale.group_discount_per_so_line")
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = 2
        order = form.save()
        self.assertEqual(order.approval_state, "not_required")
        with Form(order) as form, form.order_line.edit(0) as line:
            line.discount = 20
        self.assertEqual(order.approval_state, "to_submit")
        self.assertEqual(order.guard_state, "waiting")
        self.assertIn("Next step: Submit for Approval", order.guard_message)

    def test_request_form_of_the_approver(self):
        """Without any sales right he sees what is sold, and no link that fails."""
        request = self._get_request(self._new_submitted(discount=20, quantity=3))
        request = request.with_user(self.ann).sudo(False)
        form = Form(request)
        self.assertTrue(form.can_vote)
        lines = request.order_line.read(["name", "product_uom_qty", "discount"])
        self.assertEqual([line["discount"] for line in lines], [20])
        for user, linked in ((self.ann, False), (self.salesman, True)):
            arch = self._get_arch("sales.approval.request", user)
            [node] = arch.xpath("//h1/field[@name='sale_order_id']")
            self.assertEqual("no_open" not in (node.get("options") or ""), linked)

    def test_policy_form(self):
        form = Form(self.env["sales.approval.policy"].with_user(self.manager))
        form.name = "Large order"
        with form.criterion_ids.new() as criterion:
            criterion.value = 5000
        with form.step_ids.new() as step:
            step.role_id = self.role
            step.mode = "quorum"
            step.quorum_count = 2
        policy = form.save()
        self.assertIn("5,000.00", policy.summary)
        self.assertIn("Management", policy.summary)

    def test_role_form(self):
        form = Form(self.env["sales.approval.role"].with_user(self.manager))
        form.name = "Finance"
        form.code = "finance"
        form.user_ids.add(self.bob)
        self.assertEqual(form.save().user_ids, self.bob)

    def test_request_form_is_read_only(self):
        request = self._get_request(self._new_submitted())
        arch = self._get_arch("sales.approval.request", self.manager)
        self.assertEqual(
            [arch.get(name) for name in ("create", "edit", "delete")],
            ["false", "false", "false"],
        )
        with self.assertRaises(AccessError):
            request.with_user(self.manager).web_save({"note": "x"}, {})

    # --- buttons --- #

    def test_buttons_of_the_order(self):
        ours = {
            "action_submit_for_approval",
            "action_open_approval",
            "action_open_approval_preview",
            "action_apply_conditions",
            "action_open_change_request",
            "action_open_rejection",
            "action_withdraw",
            "action_confirm",
        }

        def seen(user):
            return {name for name in self._get_buttons(order, user) if name in ours}

        # Somebody with sales rights: without them there is the form of the request.
        approver = self._new_user("tsap_dan", DAN)
        self.role.user_ids += approver
        submit = {"action_submit_for_approval", "action_open_approval_preview"}
        order = self._new_discounted(0)
        self.assertEqual(seen(self.salesman), {"action_confirm"})
        order.order_line.discount = 20
        self.assertEqual(seen(self.salesman), submit)
        order.action_submit_for_approval()
        self.assertEqual(seen(self.salesman), {"action_withdraw"})
        self.assertEqual(
            seen(approver),
            {
                "action_open_approval",
                "action_open_change_request",
                "action_open_rejection",
            },
        )
        self.assertEqual(seen(self.colleague), set())
        self._reject(order, approver)
        self.assertEqual(seen(self.salesman), set())
        order.with_user(self.salesman).order_line.discount = 18
        self.assertEqual(seen(self.salesman), submit)
        order.with_user(self.salesman).action_submit_for_approval()
        self._approve(order, approver)
        self.assertEqual(seen(self.salesman), {"action_confirm"})
        self.assertEqual(seen(approver), {"action_confirm"})
        order.with_user(self.salesman).action_confirm()
        self.assertEqual(seen(self.salesman), set())

    def test_buttons_of_the_request(self):
        order = self._new_submitted()
        request = self._get_request(order)
        voting = [
            "action_open_approval",
            "action_open_conditions",
            "action_open_change_request",
            "action_open_rejection",
        ]
        self.assertEqual(self._get_buttons(request, self.ann), voting)
        self.assertEqual(self._get_buttons(request, self.salesman), ["action_withdraw"])
        self.assertEqual(self._get_buttons(request, self.colleague), [])
        self._approve(order, self.ann)
        for user in (self.ann, self.salesman):
            self.assertEqual(self._get_buttons(request, user), [])

    def test_list_buttons_are_for_approvers(self):
        for user, expected in ((self.ann, 4), (self.salesman, 0)):
            arch = self._get_arch("sales.approval.request", user, "list")
            self.assertEqual(len(arch.xpath("//header/button")), expected)

    # --- help --- #

    def test_every_field_has_help(self):
        fields = self.env["ir.model.fields"].search(
            [
                "|",
                ("model", "=like", "sales.approval.%"),
                ("model", "in", ("sale.order", "sale.order.line", "res.users")),
            ]
        )
        mixins = self.env["mail.thread"], self.env["mail.activity.mixin"]
        others = AUTOMATIC.union(*(mixin._fields for mixin in mixins))
        own = fields.filtered(
            lambda field: (
                field.modules == "sales_approval_plus" and field.name not in others
            )
        )
        self.assertGreater(len(own), 40)
        missing = own.filtered(
            lambda field: not self.env[field.model]._fields[field.name].help
        )
        self.assertFalse([f"{field.model}.{field.name}" for field in missing])
