from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.sales_order_plus.exceptions import SalesError

from .common import BackorderCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
# By salesman, storeman, buyer, sales manager and customer.
RIGHTS = {
    "sales.backorder.date": ("r", "r", "r", "r", ""),
    "sales.backorder.choice": ("r", "r", "", "r", ""),
    "sales.backorder.policy": ("r", "r", "r", "rwcu", ""),
    "sales.backorder.run": ("", "rwcu", "", "rwcu", ""),
    "sales.backorder.run.line": ("", "r", "", "r", ""),
    "sales.backorder.procure": ("", "rwcu", "rwcu", "rwcu", ""),
    "sales.backorder.procure.line": ("", "rwcu", "rwcu", "rwcu", ""),
    "sales.backorder.way": ("rwcu", "rwcu", "", "rwcu", ""),
    "sales.product.substitute": ("r", "r", "r", "rwcu", ""),
    "sales.shipment.cost": ("", "", "", "rw", ""),
    "sales.shipment.cost.line": ("", "", "", "r", ""),
    "sales.vendor.performance": ("", "r", "r", "r", ""),
}


@tagged("post_install", "-at_install")
class TestAccessRights(BackorderCommon):
    """Who sees and who changes a backorder."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_salesman = cls._new_user(
            "tsbo_other", "sales_team.group_sale_salesman"
        )

    def setUp(self):
        super().setUp()
        self.backorder = self._find(self._confirm((self.product, 5))).sudo()
        self.env.invalidate_all()

    def _as(self, user):
        return self.backorder.with_user(user)

    def test_own_order(self):
        mine = self._as(self.salesman)
        self.assertEqual(mine.search([("id", "=", mine.id)]), mine)
        mine.write({"priority": "2", "note": "Call them"})
        self.assertEqual((mine.priority, mine.note), ("2", "Call them"))

    def test_order_of_a_colleague(self):
        theirs = self._as(self.other_salesman)
        self.assertFalse(theirs.search([("id", "=", theirs.id)]))
        with self.assertRaises(AccessError):
            theirs.read(["qty_short"])
        with self.assertRaises(AccessError):
            theirs.write({"priority": "3"})

    def test_all_documents(self):
        self._as(self.colleague).write({"priority": "3"})
        self.assertEqual(self.backorder.priority, "3")

    def test_storeman(self):
        self._as(self.storeman).write({"priority": "0"})
        self.assertEqual(self.backorder.priority, "0")

    def test_internal_user_without_role(self):
        clerk = new_test_user(self.env, login="tsbo_clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._as(clerk).read(["qty_short"])

    def test_nobody_creates_or_deletes(self):
        users = self.salesman, self.colleague, self.manager, self.storeman
        for user in users:
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._as(user).create(
                        {"sale_line_id": self.backorder.sale_line_id.id}
                    )
                with self.assertRaises(AccessError):
                    self._as(user).unlink()

    def test_nobody_types_a_quantity(self):
        """Not even the superuser: write is no way to what is computed."""
        values = {
            "qty_short": 0.0,
            "qty_open": 1.0,
            "state": "filled",
            "date_expected": self.today,
            "date_source": "stock",
            "sale_line_id": False,
        }
        for user in (self.salesman, self.storeman, self.env.ref("base.user_root")):
            for name, value in values.items():
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaisesRegex(SalesError, "computed from the stock moves"),
                ):
                    self._as(user).write({name: value})
        with self.assertRaises(SalesError):
            self.backorder.sudo().write({"priority": "2", "qty_short": 0.0})
        self.assertEqual(
            (self.backorder.priority, self.backorder.qty_short), ("1", 5.0)
        )

    def test_private_methods_over_rpc(self):
        """What writes computed values cannot be called from outside."""
        from odoo.service.model import get_public_method

        for name in ("_store", "_sync", "_open"):
            with self.subTest(method=name), self.assertRaises(AccessError):
                get_public_method(self.backorder, name)

    def test_plan_delivery_needs_the_right(self):
        self._pickings(self.backorder.order_id).action_cancel()
        self._flush()
        with self.assertRaises(AccessError):
            self._as(self.other_salesman).action_plan_delivery()
        self._as(self.salesman).action_plan_delivery()

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Test Company Two"})
        stranger = new_test_user(
            self.env,
            login="tsbo_stranger",
            groups="base.group_user,stock.group_stock_user,sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        self.assertFalse(self._as(stranger).search([("id", "=", self.backorder.id)]))
        with self.assertRaises(AccessError):
            self._as(stranger).read(["qty_short"])

    def test_salesman_without_stock_rights_confirms(self):
        """The synchronisation needs no right of who caused it, with a cold cache too."""
        order = self._new_order((self.product, 2), user=self.other_salesman)
        self.env.invalidate_all()
        order.action_confirm()
        self._flush()
        self.assertFigures(self._find(order), short=2.0)

    def test_salesman_cancels_his_order(self):
        """Odoo's purchasing reads, for its own ends, what a salesman may not see."""
        order = self.backorder.order_id.with_user(self.salesman)
        order.action_cancel()
        self._flush()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.backorder.state, "cancelled")

    def test_priority_of_the_salesman_reaches_the_moves(self):
        self.env.invalidate_all()
        self._as(self.salesman).write({"priority": "3"})
        move = self.backorder.sale_line_id.move_ids
        self.assertEqual((move.allocation_rank, move.picking_id.priority), (2, "1"))

    def test_every_field_has_help(self):
        automatic = {
            "id",
            "display_name",
            "create_uid",
            "create_date",
            "write_uid",
            "write_date",
        }
        for model in (*RIGHTS, "sales.backorder"):
            fields_info = self.env[model].fields_get(attributes=["help"])
            missing = {n for n, info in fields_info.items() if not info.get("help")}
            with self.subTest(model=model):
                self.assertFalse(missing - automatic)

    def test_who_may_do_what(self):
        """Read, write, create and delete of each model, by the people of a company."""
        buyer = self._new_user("tsbo_buyer", "purchase.group_purchase_user")
        people = {
            "salesman": self.salesman,
            "storeman": self.storeman,
            "buyer": buyer,
            "manager": self.manager,
            "portal": self.portal_user,
        }
        for model, rights in RIGHTS.items():
            found = {
                name: "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if self.env[model].with_user(user).has_access(operation)
                )
                for name, user in people.items()
            }
            with self.subTest(model=model):
                self.assertEqual(found, dict(zip(people, rights, strict=True)))

    def test_other_company_sees_nothing_of_it(self):
        company = self.env["res.company"].create({"name": "Test Company Three"})
        stranger = new_test_user(
            self.env,
            login="tsbo_stranger3",
            groups="base.group_user,stock.group_stock_user,sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        records = (
            self.env["sales.backorder.policy"].create({"name": "Test Policy"}),
            self.env["sales.backorder.run"].create({}),
            self.backorder._choose("wait", "customer"),
            self.env["sales.product.substitute"].create(
                {
                    "product_id": self.product.id,
                    "substitute_id": self.service.id,
                    "company_id": self.company.id,
                }
            ),
        )
        for record in records:
            with self.subTest(model=record._name):
                mine = record.with_user(stranger)
                self.assertFalse(mine.search([("id", "=", record.id)]))
