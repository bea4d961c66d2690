from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestCriteria(ApprovalCommon):
    """What is measured beyond amount and discount; values by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Measured"})
        cls.product.standard_price = 70

    def _new(self, *lines, **values):
        values.setdefault("partner_id", self.customer.id)
        lines = [
            Command.create({"product_id": self.product.id, **line})
            for line in lines or ({},)
        ]
        return self._new_order(order_line=lines, **values)

    def _measure(self, name, order):
        return order._get_approval_metrics({name})[order.id][name]

    # --- price --- #

    def test_margin(self):
        """100 sold, 70 paid for: 30 %. With 20 % less: 80 - 70 = 10 of 80."""
        self.assertEqual(self._measure("margin", self._new()), 30)
        self.assertEqual(self._measure("margin", self._new({"discount": 20})), 12.5)

    def test_margin_does_not_believe_the_line(self):
        """A salesperson may write the cost of a line; it is not what is measured."""
        order = self._new({"purchase_price": 1})
        self.assertEqual(self._measure("margin", order), 30)

    def test_margin_of_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._new({"product_uom_id": dozen.id, "price_unit": 1000})
        # 1000 - 12 x 70 = 160 of 1000.
        self.assertEqual(self._measure("margin", order), 16)

    def test_margin_of_a_gift(self):
        self.assertEqual(self._measure("margin", self._new({"price_unit": 0})), -100)

    def test_lowest_margin_of_a_line(self):
        order = self._new({}, {"price_unit": 56})
        self.assertEqual(self._measure("line_margin", order), -25)

    def test_highest_discount_of_a_line(self):
        order = self._new({}, {"discount": 12}, {"price_unit": 95})
        self.assertEqual(self._measure("line_discount", order), 12)

    def test_competitors(self):
        """Median of 90, 100 and 110: 97 is 3 % below it, 103 is 3 % above."""
        prices = self.env["sales.competitor.price"]
        order = self._new({"price_unit": 97})
        self.assertEqual(self._measure("competitor_gap", order), 0)
        for number, price in enumerate((90, 100, 110)):
            competitor = self.env["res.partner"].create({"name": f"Rival {number}"})
            prices.create(
                {
                    "partner_id": competitor.id,
                    "product_tmpl_id": self.product.product_tmpl_id.id,
                    "price": price,
                    "date": fields.Date.today(),
                }
            )
        self.assertEqual(self._measure("competitor_gap", order), -3)
        order.order_line.price_unit = 103
        self.assertEqual(self._measure("competitor_gap", order), 3)

    def test_discount_deviation(self):
        """Usually 2, 4, 6, 8, 10 (mean 6, deviation 3.16): 22 is 5.06 away."""
        for discount in (2, 4, 6, 8):
            self._new({"discount": discount}).action_confirm()
        order = self._new({"discount": 22})
        self.assertEqual(self._measure("discount_deviation", order), 0)
        self._new({"discount": 10}).action_confirm()
        self.assertEqual(self._measure("discount_deviation", order), 5.06)

    # --- customer --- #

    def test_new_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        order = self._new()
        self.assertTrue(self._measure("new_customer", order))
        self._new(partner_id=contact.id).action_confirm()
        self.assertFalse(self._measure("new_customer", order))

    def test_new_customer_in_the_gate(self):
        """The order itself, confirmed inside the gate, makes nobody known."""
        self._new_policy(name="New", new_customer={})
        order = self._new().with_user(self.salesman)
        with self.assertRaises(UserError) as caught:
            order.action_confirm()
        self.assertIn("New: New customer", str(caught.exception))

    def test_amount_of_the_day(self):
        """Three orders of 400 instead of one of 1,200."""
        self._new({"product_uom_qty": 4}).action_confirm()
        with freeze_time(fields.Datetime.now() - timedelta(hours=30)):
            self._new({"product_uom_qty": 50}).action_confirm()
        order = self._new({"product_uom_qty": 4})
        self.assertEqual(self._measure("amount_day", order), 800)
        both = order + self._new({"product_uom_qty": 4})
        self.assertEqual(
            [both._get_approval_metrics({"amount_day"})[one.id] for one in both],
            [{"amount_day": 1200}] * 2,
        )

    def _new_invoice(self, amount, days):
        """Post an invoice that is due ``days`` ago."""
        due = fields.Date.today() - timedelta(days=days)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": due,
                "invoice_date_due": due,
                "company_id": self.company.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "x",
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    def test_overdue(self):
        self._new_invoice(300, 40)
        self._new_invoice(50, 10)
        self._new_invoice(1000, -5)
        order = self._new()
        self.assertEqual(self._measure("overdue_amount", order), 350)
        self.assertEqual(self._measure("overdue_days", order), 40)

    def test_credit_excess(self):
        """Limit 1,000, due 900, this order 200 (no tax): 100 over it."""
        self.product.taxes_id = False
        self.company.account_use_credit_limit = True
        self._new_invoice(900, -5)
        order = self._new({"product_uom_qty": 2})
        self.assertEqual(self._measure("credit_excess", order), 0)
        self.customer.with_company(self.company).credit_limit = 1000
        self.assertEqual(self._measure("credit_excess", order), 100)

    def test_payment_terms(self):
        def term(days):
            line = Command.create(
                {"value": "percent", "value_amount": 100, "nb_days": days}
            )
            return self.env["account.payment.term"].create(
                {"name": f"{days} days", "line_ids": [line]}
            )

        order = self._new(payment_term_id=term(60).id)
        self.assertEqual(self._measure("payment_days", order), 60)
        self.assertEqual(self._measure("payment_extension", order), 60)
        self.customer.with_company(self.company).property_payment_term_id = term(45)
        self.assertEqual(self._measure("payment_extension", order), 15)

    def test_address_mismatch(self):
        abroad = self.env["res.partner"].create(
            {"name": "Abroad", "country_id": self.env.ref("base.fr").id}
        )
        self.customer.country_id = self.env.ref("base.de")
        self.assertFalse(self._measure("address_mismatch", self._new()))
        order = self._new(partner_shipping_id=abroad.id)
        self.assertTrue(self._measure("address_mismatch", order))

    # --- goods --- #

    def test_categories(self):
        chemicals = self.env["product.category"].create({"name": "Chemicals"})
        acids = self.env["product.category"].create(
            {"name": "Acids", "parent_id": chemicals.id}
        )
        policy = self._new_policy(
            name="Chemicals", categories={"category_ids": [Command.link(chemicals.id)]}
        )
        order = self._new()
        standings = order._get_approval_standings("confirm")
        self.assertFalse(standings)
        self.product.categ_id = acids
        self.env.invalidate_all()
        standing = order._get_approval_standings("confirm")[order.id]
        self.assertEqual(standing.policies, policy)
        self.assertIn("Chemicals: Product category Acids", order.guard_message)

    def test_shortage_and_promise(self):
        """10 wanted, 4 free: 6 are missing; a receipt of 6 comes in five days."""
        product = self._new_product("Short", 10, is_storable=True)
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, 4
        )
        order = self._new_order((product, 10), commitment_date=self._in_days(1))
        shortages = order._get_approval_shortages()[order.id]
        self.assertEqual([one["short"] for one in shortages], [6])
        self.assertEqual(self._measure("short_lines", order), 1)
        self.assertEqual(self._measure("promise_gap", order), 999)
        self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 6,
                "product_uom": product.uom_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "date": self._in_days(5),
                "company_id": self.company.id,
            }
        )._action_confirm()
        self.assertEqual(self._measure("promise_gap", order), 4)
        self.assertEqual(self._measure("lead_days", order), 1)

    def _in_days(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    # --- policies --- #

    def test_four_policies_and_their_values(self):
        """The preview names exactly what is hit, with what was measured."""
        chemicals = self.env["product.category"].create({"name": "Chemicals"})
        large = self._new_policy(
            name="Large", amount={"operator": "above", "value": 10000}
        )
        new = self._new_policy(name="New", new_customer={})
        self._new_policy(
            name="Chemicals", categories={"category_ids": [Command.link(chemicals.id)]}
        )
        order = self._new({"product_uom_qty": 150, "discount": 20})
        (preview,) = order.with_user(self.salesman).action_preview_approval()
        self.assertEqual(preview["state"], "to_submit")
        found = {
            policy["id"]: [
                (one["metric"], one["value"]) for one in policy["conditions"]
            ]
            for policy in preview["policies"]
        }
        self.assertEqual(
            found,
            {
                self.policy.id: [("discount", 20)],
                large.id: [("amount", 12000)],
                new.id: [("new_customer", True)],
            },
        )

    def test_margin_gets_worse(self):
        """Less margin than what was approved needs a new approval, more does not."""
        self.policy.active = False
        self._new_policy(name="Margin", margin=20)
        order = self._new({"discount": 15}).with_user(self.salesman)
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        self.assertEqual(order.approval_state, "approved")
        order.order_line.discount = 14
        self.assertEqual(order.approval_state, "approved")
        order.order_line.discount = 16
        self.assertEqual(order.approval_state, "to_submit")

    def test_policy_of_yes_or_no_watches_amount_and_discount(self):
        """Approved as new with 100: a thousand of them is another order."""
        self.policy.active = False
        self._new_policy(name="New", new_customer={})
        order = self._new().with_user(self.salesman)
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        order.order_line.product_uom_qty = 1000
        self.assertEqual(order.approval_state, "to_submit")

    def test_last_one(self):
        """The policies below one that is the last are not looked at."""
        first = self._new_policy(
            name="Key account", sequence=1, is_last=True, amount=50, domain=self._only()
        )
        order = self._new({"discount": 50})
        standing = order._get_approval_standings("confirm")[order.id]
        self.assertEqual(standing.policies, first)
        somebody = self.env["res.partner"].create({"name": "Somebody"})
        other = self._new({"discount": 50}, partner_id=somebody.id)
        standing = other._get_approval_standings("confirm")[other.id]
        self.assertEqual(standing.policies, self.policy)

    def _only(self):
        return f"[('partner_id', '=', {self.customer.id})]"

    def test_forbidden(self):
        """Nobody can approve it; the salesperson is told to change it."""
        self._new_policy(name="Below cost", outcome="forbid", line_margin=0)
        order = self._new({"price_unit": 60}).with_user(self.salesman)
        self.assertEqual(order.approval_state, "forbidden")
        self.assertEqual(order.guard_state, "blocked")
        self.assertIn("nobody can approve it", order.guard_message)
        with self.assertRaisesRegex(UserError, "a policy forbids it"):
            order.action_submit_for_approval()
        for path in (
            order.action_confirm,
            lambda: order.write({"state": "sale"}),
            lambda: order.sudo().write({"state": "sale"}),
        ):
            with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                path()
            self.assertIn("This is forbidden", str(caught.exception))
            self.env.invalidate_all()
            self.assertEqual(order.state, "draft")
        order.order_line.price_unit = 100
        order.action_confirm()
        self.assertEqual(order.state, "sale")
