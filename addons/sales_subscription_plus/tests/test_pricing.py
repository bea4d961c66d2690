from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.models.seam.sales_guard_mixin import Finding

from ..exceptions import SubscriptionLockedError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestPricing(SubscriptionCommon):
    """Price tables, introductory prices, seasons and discounts on periods."""

    def _new_price(self, product, plan=None, **values):
        return self.env["sales.plan.price"].create(
            {
                "plan_id": (plan or self.monthly).id,
                "product_id": product.id,
                "currency_id": self.company.currency_id.id,
                **values,
            }
        )

    def _new_tiers(self, *tiers):
        return [
            Command.create({"up_to": up_to, "price": price, "fee": fee})
            for up_to, price, fee in tiers
        ]

    def _get_amounts(self, subscription):
        return subscription.period_ids.sorted("period_no").mapped("amount")

    # === Tables === #

    def test_the_table_sets_the_price_of_order_and_subscription(self):
        self._new_price(
            self.care,
            pricing="graduated",
            tier_ids=self._new_tiers((100, 1.0, 0), (0, 0.5, 0)),
        )
        subscription = self._subscribe((self.care, 150), at="2026-01-31 10:00:00")
        self.assertEqual(subscription.origin_order_id.amount_untaxed, 125.0)
        self.assertEqual(subscription.amount_untaxed, 125.0)
        subscription.line_ids.quantity = 100
        self.assertEqual(subscription.amount_untaxed, 100.0)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self._get_amounts(subscription), [125.0, 100.0])

    def test_volume_and_stairstep(self):
        table = {"volume": 75.0, "stairstep": 20.0}
        for pricing, amount in table.items():
            product = self._new_recurring(pricing, 1.0, self.monthly, type="service")
            tiers = {
                "volume": ((100, 1.0, 0), (0, 0.5, 0)),
                "stairstep": ((100, 0, 9), (0, 0, 20)),
            }
            self._new_price(
                product, pricing=pricing, tier_ids=self._new_tiers(*tiers[pricing])
            )
            subscription = self._subscribe((product, 150))
            self.assertEqual(subscription.amount_untaxed, amount)

    def test_a_table_needs_an_open_end(self):
        for tiers in (
            (),
            ((100, 1, 0),),
            ((100, 1, 0), (100, 2, 0), (0, 3, 0)),
        ):
            product = self._new_recurring("Table", 1.0, self.monthly, type="service")
            with self.assertRaisesRegex(ValidationError, "without an end"):
                self._new_price(
                    product, pricing="volume", tier_ids=self._new_tiers(*tiers)
                )

    def test_half_price_for_three_periods(self):
        self._new_price(self.care, price=40.0, intro_discount=50.0, intro_periods=3)
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(
            self._get_amounts(subscription), [20.0, 20.0, 20.0, 40.0, 40.0]
        )
        # The order only agrees on it: the first period is the first reduced one.
        self.assertEqual(subscription.origin_order_id.invoice_status, "no")

    # === Seasons === #

    def test_twice_as_much_in_december(self):
        self.env["sales.subscription.season"].create(
            {
                "plan_id": self.monthly.id,
                "month_from": "12",
                "month_to": "12",
                "quantity_factor": 2,
            }
        )
        subscription = self._subscribe((self.care, 3), at="2026-11-15 10:00:00")
        for at in ("2026-12-15", "2027-01-15"):
            self._bill(f"{at} 12:00:00")
        lines = subscription.period_ids.order_line_ids.sorted("id")
        self.assertEqual(lines.mapped("product_uom_qty"), [3.0, 6.0, 3.0])
        self.assertEqual(self._get_amounts(subscription), [150.0, 300.0, 150.0])

    def test_nothing_in_summer(self):
        self.env["sales.subscription.season"].create(
            {
                "plan_id": self.monthly.id,
                "month_from": "7",
                "month_to": "8",
                "skip": True,
            }
        )
        subscription = self._subscribe(at="2026-06-15 10:00:00")
        self._bill("2026-09-15 12:00:00")
        self.assertEqual(
            [row[3] for row in self._get_ledger(subscription)],
            ["ordered", "skipped", "skipped", "invoiced"],
        )
        skipped = subscription.period_ids.filtered(lambda row: row.state == "skipped")
        self.assertFalse(skipped.order_id or skipped.move_id)
        orders = self.env["sale.order"].search([("origin", "=", subscription.name)])
        self.assertEqual(len(orders), 1)

    def test_a_season_over_new_year_and_of_one_product(self):
        self.env["sales.subscription.season"].create(
            {
                "plan_id": self.monthly.id,
                "product_id": self.care.id,
                "month_from": "12",
                "month_to": "1",
                "price_factor": 1.1,
            }
        )
        subscription = self._subscribe(
            (self.care, 1), (self.box, 1), at="2026-11-15 10:00:00"
        )
        self._bill("2027-02-15 12:00:00")
        self.assertEqual(self._get_amounts(subscription), [70.0, 75.0, 75.0, 70.0])

    # === Discounts === #

    def test_some_periods_are_cheaper(self):
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        discount = self.env["sales.subscription.discount"]
        discount.with_user(self.salesman).create(
            {
                "subscription_id": subscription.id,
                "name": "Stay",
                "percent": 20,
                "period_count": 3,
            }
        )
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(
            self._get_amounts(subscription), [50.0, 40.0, 40.0, 40.0, 50.0]
        )
        line = subscription.period_ids[1].order_line_ids
        self.assertEqual((line.price_unit, line.discount), (50.0, 20.0))

    def test_discounts_come_one_after_the_other(self):
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        subscription.line_ids.discount = 10
        for percent in (20, 50):
            self.env["sales.subscription.discount"].create(
                {
                    "subscription_id": subscription.id,
                    "name": "Off",
                    "percent": percent,
                    "period_count": 0,
                }
            )
        self._bill("2026-02-01 12:00:00")
        # 50 less 10 % is 45, less 20 % is 36, half of it is 18.
        self.assertEqual(self._get_amounts(subscription), [50.0, 18.0])

    def test_discounts_of_billed_periods_stay(self):
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        discounts = self.env["sales.subscription.discount"]
        vals = {"subscription_id": subscription.id, "name": "X", "percent": 5}
        with self.assertRaisesRegex(ValidationError, "billed already"):
            discounts.create({**vals, "first_period": 1})
        discount = discounts.create(vals)
        self._bill("2026-02-01 12:00:00")
        with self.assertRaisesRegex(SubscriptionLockedError, "billed with it"):
            discount.unlink()

    def test_a_high_discount_waits_for_whom_the_order_needs(self):
        def get_findings(orders, operation, baseline=None):
            high = orders.filtered(
                lambda order: max(order.order_line.mapped("discount"), default=0) > 30
            )
            return {one.id: [Finding("test", "Too much", "approve")] for one in high}

        self.patch(type(self.env["sale.order"]), "_get_guard_findings", get_findings)
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self.env["sales.subscription.discount"].with_user(self.salesman).create(
            {"subscription_id": subscription.id, "name": "Friend", "percent": 40}
        )
        self._bill("2026-02-01 12:00:00")
        period = subscription.period_ids[0]
        self.assertEqual(period.waiting_reason, "Too much")
        self.assertEqual(period.order_id.state, "draft")
        self.assertFalse(period.move_id)

    # === Taxes === #

    def _new_tax(self, name, amount, included=False):
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "sale",
                "price_include_override": "tax_included"
                if included
                else "tax_excluded",
            }
        )

    def _move_abroad(self, tax, included=False):
        """The customer moves to a country with another tax."""
        france = self.env.ref("base.fr")
        abroad = self._new_tax(f"Abroad 10% of {tax.name}", 10.0, included)
        position = self.env["account.fiscal.position"].create(
            {"name": f"FR {tax.name}", "auto_apply": True, "country_id": france.id}
        )
        abroad.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(tax.id)],
            }
        )
        self.customer.country_id = france
        return abroad

    def test_taxes_follow_the_customer(self):
        tax = self._new_tax("Home 20%", 20.0)
        self.care.taxes_id = tax
        self.customer.country_id = self.env.ref("base.de")
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self._bill("2026-02-01 12:00:00")
        abroad = self._move_abroad(tax)
        self._bill("2026-03-01 12:00:00")
        first, second = subscription.period_ids.sorted("period_no")[1:]
        self.assertEqual(first.move_id.invoice_line_ids.tax_ids, tax)
        self.assertEqual(second.move_id.invoice_line_ids.tax_ids, abroad)
        self.assertEqual((first.amount, second.amount), (60.0, 55.0))
        self.assertEqual(subscription.amount_total, 55.0)

    def test_a_position_chosen_by_hand_stays(self):
        tax = self._new_tax("Home 20%", 20.0)
        self.care.taxes_id = tax
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        subscription.fiscal_position_fixed = True
        self._move_abroad(tax)
        self._bill("2026-02-01 12:00:00")
        self.assertEqual(subscription.period_ids[0].order_line_ids.tax_ids, tax)

    def test_included_taxes_keep_the_price_or_the_net(self):
        for policy, amount in (("gross", 60.0), ("net", 55.0)):
            tax = self._new_tax(f"Home 20% {policy}", 20.0, included=True)
            product = self._new_recurring(policy, 60.0, self.monthly, type="service")
            product.taxes_id = tax
            self.customer.country_id = self.env.ref("base.de")
            subscription = self._subscribe((product, 1), at="2026-01-01 10:00:00")
            subscription.tax_policy = policy
            self.assertEqual(subscription.amount_total, 60.0)
            self._move_abroad(tax, included=True)
            with freeze_time("2026-02-01 12:00:00"):
                subscription.invalidate_recordset(["is_due"])
                subscription.with_user(self.manager).action_bill_now()
            self.assertEqual(subscription.period_ids[0].amount, amount)
            self.env["account.fiscal.position"].search(
                [("name", "=", "FR")]
            ).active = False
