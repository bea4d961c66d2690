import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestAccess(IntakeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("tsop_str", "sales_team.group_sale_salesman")
        cls.models = [
            "sales.order.import",
            "sales.order.import.column",
            "sales.order.import.row",
        ]

    def _count(self, user, import_, model):
        field = "id" if model == "sales.order.import" else "import_id"
        records = self.env[model].with_user(user)
        return records.search_count([(field, "=", import_.id)])

    def test_own_imports(self):
        import_ = self._import_rows(self._row())
        for model in self.models:
            with self.subTest(model=model):
                self.assertTrue(self._count(self.salesman, import_, model))
                self.assertFalse(self._count(self.stranger, import_, model))
                # Those who see all orders see all imports.
                self.assertTrue(self._count(self.colleague, import_, model))
                self.assertTrue(self._count(self.manager, import_, model))

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        boss = self._new_user("tsop_bos", "sales_team.group_sale_manager")
        boss.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        import_ = self._import_rows(self._row())
        for model in self.models:
            with self.subTest(model=model):
                self.assertFalse(self._count(boss, import_, model))
        mappings = self.env["sales.order.import.mapping"].with_user(boss)
        self.assertFalse(mappings.search([("id", "=", import_.mapping_id.id)]))
        with self.assertRaises(AccessError):
            import_.with_user(boss).read(["name"])

    def test_nobody_else(self):
        import_ = self._import_rows(self._row())
        for user in (self.portal_user, self.storeman):
            for model in (*self.models, "sales.order.import.mapping"):
                with self.subTest(user=user.login, model=model):
                    for right in ("read", "write", "create", "unlink"):
                        self.assertFalse(
                            self.env[model].with_user(user).has_access(right)
                        )
            with self.assertRaises(AccessError):
                import_.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self._upload(self._csv(self._row(order_number=user.login)), user)

    def test_rows_are_written_by_the_importer_alone(self):
        import_ = self._import_rows(self._row())
        row = self._get_rows(import_).with_user(self.manager)
        for call in (
            lambda: row.write({"status": "reported"}),
            lambda: row.unlink(),
            lambda: row.create({"import_id": import_.id, "line_no": 9}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_results_cannot_be_faked(self):
        import_ = self._upload(self._csv(self._row()))
        for name, value in (
            ("state", "done"),
            ("rows_total", 5),
            ("rows_imported", 5),
            ("user_id", self.manager.id),
            ("sha256", False),
        ):
            # Not even the superuser: no context and no sudo lets it pass.
            for user in (import_, import_.with_user(self.manager), import_.sudo()):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    user.write({name: value})
            with self.assertRaises(AccessError):
                self._upload(self._csv(self._row(order_number=name)), **{name: value})

    def test_cancelling_for_somebody_else(self):
        import_ = self._upload(self._csv(self._row()))
        for action in ("action_cancel", "action_import", "action_check"):
            with self.assertRaises(AccessError):
                getattr(import_.with_user(self.stranger), action)()
        import_.with_user(self.colleague).action_cancel()
        self.assertEqual(import_.state, "cancelled")

    def test_runs_with_the_rights_of_its_user(self):
        """The cron is the superuser; the orders are made by who uploaded the file."""
        import_ = self._import_rows(self._row())
        order = import_.order_ids
        self.assertEqual((order.create_uid, order.user_id), (self.salesman,) * 2)
        self.salesman.group_ids -= self.env.ref("sales_team.group_sale_salesman")
        import_ = self._upload(self._csv(self._row(order_number="A2")), self.manager)
        import_.action_import()
        import_._set({"user_id": self.salesman.id})
        self._work(import_)
        self.assertEqual(
            self._get_reasons(import_), [(2, "order_refused", "order_ref")]
        )

    def test_order_fields_are_internal(self):
        order = self._import_rows(self._row()).order_ids
        order.message_subscribe(self.portal_user.partner_id.ids)
        order.partner_id = self.portal_user.partner_id
        portal = order.with_user(self.portal_user)
        self.assertTrue(portal.name)
        for name in ("intake_key", "intake_date", "import_id"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                portal.read([name])

    def test_settings_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        values = {
            "filename": "a.csv",
            "file": base64.b64encode(self._csv(self._row())).decode(),
            "warehouse_id": warehouse.id,
        }
        with self.assertRaises(UserError):
            self.env["sales.order.import"].create(values)
