from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import GuardError, LineRuleError
from ...models.seam.sales_guard_mixin import Finding
from .common import LineCommon


@tagged("post_install", "-at_install")
class TestLinePrice(LineCommon):
    """Where a price comes from, quantity prices, and the discount of the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("sale.group_discount_per_so_line")
        cls.salesman.group_ids |= cls.env.ref("sale.group_discount_per_so_line")
        cls.ten_percent = cls._new_pricelist(
            compute_price="percentage", percent_price=10, applied_on="3_global"
        )

    def test_list_pricelist_manual(self):
        order = self._new_order((self.product, 1))
        line = order.order_line
        self.assertEqual((line.price_source, line.list_price_unit), ("list", 100))
        order.pricelist_id = self.ten_percent
        order.action_update_prices()
        self.assertEqual(line.price_source, "pricelist")
        waterfall = line.get_price_waterfall()
        self.assertEqual((waterfall["list"], waterfall["net"]), (100, 90))
        line.price_unit = 85
        self.assertEqual(line.price_source, "manual")

    def test_pricelist_at_creation(self):
        order = self._new_order((self.product, 1), pricelist_id=self.ten_percent.id)
        line = order.order_line
        self.assertEqual(line.price_source, "pricelist")
        self.assertEqual(line.list_price_unit, 100)

    def test_list_price_in_unit_and_currency(self):
        self._set_rate(self.foreign, 2.0)
        dozen = self.env.ref("uom.product_uom_dozen")
        pricelist = self._new_pricelist(self.foreign)
        order = self._new_order((self.product, 1), pricelist_id=pricelist.id)
        self.assertEqual(order.order_line.list_price_unit, 200)
        self.product.uom_ids = dozen
        order.order_line.product_uom_id = dozen
        self.assertEqual(order.order_line.list_price_unit, 2400)
        self.assertEqual(order.order_line.price_source, "list")

    def test_promotion_share(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "Ten off",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({})],
                "reward_ids": [
                    Command.create({"reward_type": "discount", "discount": 10})
                ],
            }
        )
        order = self._new_order((self.product, 1), (self.service, 2))
        order._update_programs_and_rewards()
        coupon = next(
            coupon
            for coupon in order._get_claimable_rewards()
            if coupon.program_id == program
        )
        order._apply_program_reward(program.reward_ids, coupon)
        reward = order.order_line.filtered("is_reward_line")
        self.assertEqual(reward.price_source, "promotion")
        goods = order.order_line - reward
        self.assertEqual(goods.mapped("promo_price_unit"), [90, 45])

    def test_tiers(self):
        pricelist = self._new_pricelist()
        pricelist.item_ids = [
            Command.create(
                {
                    "applied_on": "1_product",
                    "product_tmpl_id": self.product.product_tmpl_id.id,
                    "compute_price": "fixed",
                    "fixed_price": price,
                    "min_quantity": quantity,
                }
            )
            for quantity, price in ((10, 80), (100, 60))
        ]
        order = self._new_order(
            (self.product, 1), (self.service, 1), pricelist_id=pricelist.id
        )
        tiers = order._get_price_tiers(order.order_line)
        rows = tiers[order.order_line[0].id]
        self.assertEqual(
            [(row["min_quantity"], row["price"]) for row in rows],
            [(1, 100), (10, 80), (100, 60)],
        )
        self.assertNotIn(order.order_line[1].id, tiers)
        self.assertFalse(order._get_portal_price_tiers())
        self.company.sales_show_tiers = True
        self.assertEqual(order._get_portal_price_tiers(), tiers)

    def test_general_discount_on_later_lines(self):
        order = self._new_order((self.product, 1))
        order.general_discount = 10
        self.assertEqual(order.order_line.discount, 10)
        self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.service.id}
        )
        self.assertEqual(order.order_line.mapped("discount"), [10, 10])
        self.assertEqual(order.amount_untaxed, 135)
        order.order_line[0].product_uom_qty = 2
        self.assertEqual(order.order_line[0].discount, 10)
        order.action_update_prices()
        self.assertEqual(order.order_line.mapped("discount"), [10, 10])
        order.general_discount = 0
        self.assertEqual(order.order_line.mapped("discount"), [0, 0])

    def test_general_discount_while_typing(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        form.general_discount = 10
        with form.order_line.new() as line:
            line.product_id = self.product
            self.assertEqual(line.discount, 10)
        with form.order_line.new() as line:
            line.product_id = self.service
            line.discount = 25
        order = form.save()
        self.assertEqual(order.order_line.mapped("discount"), [10, 25])

    def test_general_discount_on_top_of_pricelist(self):
        order = self._new_order(
            (self.product, 1),
            pricelist_id=self.ten_percent.id,
            general_discount=20,
        )
        self.assertAlmostEqual(order.order_line.discount, 28)
        self.assertEqual(order.amount_untaxed, 72)

    def test_general_discount_range_and_lock(self):
        order = self._new_order((self.product, 1))
        order.action_confirm()
        order.action_lock()
        with self.assertRaisesRegex(LineRuleError, "General Discount"):
            order.general_discount = 5
        self.assertEqual(order.order_line.discount, 0)

    def test_general_discount_passes_the_gate(self):
        """A discount on a confirmed order is a change like any other."""
        order = self._new_order((self.product, 1))
        order.action_confirm()

        def get_findings(orders, operation, baseline=None):
            if operation != "amend":
                return {}
            return {order.id: [Finding("test", "too cheap") for _x in orders]}

        self.patch(type(order), "_get_guard_findings", get_findings)
        with self.assertRaisesRegex(GuardError, "too cheap"):
            order.general_discount = 40


@tagged("post_install", "-at_install")
class TestCurrency(LineCommon):
    """Totals in our currency, and quotations that move to another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_rate(cls.foreign, 2.0)
        cls.pricelist = cls._new_pricelist(cls.foreign)

    def test_total_in_company_currency(self):
        own = self._new_order((self.product, 1))
        foreign = self._new_order((self.product, 3), pricelist_id=self.pricelist.id)
        self.assertEqual(foreign.amount_total, 600)
        self.assertEqual(foreign.amount_total_company, 300)
        [(total,)] = self.env["sale.order"]._read_group(
            [("id", "in", (own | foreign).ids)], [], ["amount_total_company:sum"]
        )
        self.assertEqual(total, 400)
        text = self._text(self._render("sale.report_saleorder", foreign))
        self.assertIn(f"Total in {self.company.currency_id.name}", text)
        text = self._text(self._render("sale.report_saleorder", own))
        self.assertNotIn("Total in", text)

    def test_locked_rate_outlives_confirming(self):
        orders = [
            self._new_order((self.product, 1), pricelist_id=self.pricelist.id)
            for _x in range(2)
        ]
        orders[0].rate_locked = True
        self._set_rate(self.foreign, 4.0)
        for order in orders:
            order.action_confirm()
        self.assertEqual([order.currency_rate for order in orders], [2.0, 4.0])

    def test_change_currency(self):
        order = self._new_order((self.product, 1), (self.service, 1))
        order.order_line[1].price_unit = 44
        wizard = (
            self.env["sales.currency.change"]
            .with_user(self.salesman)
            .create({"order_id": order.id, "currency_id": self.foreign.id})
        )
        self.assertEqual((wizard.rate, wizard.manual_count), (2.0, 1))
        wizard.action_apply()
        self.assertEqual(order.currency_id, self.foreign)
        self.assertEqual(order.order_line.mapped("price_unit"), [200, 88])
        self.assertEqual(order.order_line.mapped("price_source"), ["list", "manual"])

    def test_change_currency_makes_a_pricelist(self):
        self.pricelist.active = False
        order = self._new_order((self.product, 1))
        order._change_currency(self.foreign, 2.0)
        self.assertEqual(order.currency_id, self.foreign)
        self.assertEqual(order.order_line.price_unit, 200)

    def test_refusals(self):
        order = self._new_order((self.product, 1), pricelist_id=self.pricelist.id)
        with self.assertRaisesRegex(LineRuleError, "rate above 0"):
            order._change_currency(self.foreign, 0)
        order.rate_locked = True
        with self.assertRaisesRegex(LineRuleError, "Lock Currency Rate"):
            order.pricelist_id = self._new_pricelist()
        order.action_confirm()
        with self.assertRaisesRegex(LineRuleError, "Only quotations"):
            order._change_currency(self.company.currency_id, 0.5)

    def test_options_stand_apart(self):
        order = self._new_order((self.product, 1))
        order.order_line = [
            Command.create(
                {"display_type": "line_section", "name": "Options", "is_optional": True}
            ),
            Command.create({"product_id": self.service.id, "product_uom_qty": 0}),
        ]
        self.assertEqual(order.amount_total, 100)
        self.assertEqual(order.amount_options, 50)
        text = self._text(self._render("sale.report_saleorder", order))
        self.assertIn("Options not included", text)
