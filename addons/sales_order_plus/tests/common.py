from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

# What a customer draws on his page: a PNG of one pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


class SalesPlusCommon(TransactionCase):
    """People, a customer and products for tests of all our addons.

    New cursors join the test's transaction: refusals write their audit event
    through a cursor of their own.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.salesman = cls._new_user("tsop_sam", "sales_team.group_sale_salesman")
        cls.colleague = cls._new_user(
            "tsop_col", "sales_team.group_sale_salesman_all_leads"
        )
        cls.manager = cls._new_user("tsop_man", "sales_team.group_sale_manager")
        cls.storeman = cls._new_user("tsop_sto", "stock.group_stock_user")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Test Customer", "email": "customer@test.example"}
        )
        cls.portal_user = new_test_user(
            cls.env,
            login="tsop_portal",
            groups="base.group_portal",
            name="Test Portal",
        )
        cls.portal_user.partner_id.parent_id = cls.customer
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.product = cls._new_product("Test Gadget", 100.0, is_storable=True)
        cls.service = cls._new_product("Test Service", 50.0, type="service")

    def setUp(self):
        super().setUp()
        if not self._registry_patched:
            self.registry_enter_test_mode()

    @classmethod
    def _new_user(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
        )

    @classmethod
    def _new_product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {"name": name, "list_price": price, "taxes_id": [Command.clear()], **values}
        )

    @classmethod
    def _set_stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, quantity
        )

    def _commit(self):
        """Do what follows a commit, with nothing in memory."""
        self.env.cr.flush()
        self.env.invalidate_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def _new_order(self, *lines, user=None, **values):
        """Create a quotation as ``user`` (the salesman) from (product, qty) pairs."""
        user = user or self.salesman
        order = (
            self.env["sale.order"]
            .with_user(user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "user_id": user.id,
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": qty}
                        )
                        for product, qty in lines or ((self.product, 1),)
                    ],
                    **values,
                }
            )
        )
        # In the session of the user: else the rows say that the superuser wrote them.
        order.env.flush_all()
        return order
