from odoo.tests import Form, tagged

from .common_order import OrderCommon

MAIL = """From: Test Customer <customer@test.example>
To: sales-orders@our.example
Subject: Our order 4711
Message-Id: <order-4711@test.example>
Date: Tue, 05 May 2026 10:00:00 +0000
Content-Type: multipart/mixed; boundary="xx"

--xx
Content-Type: text/plain; charset="utf-8"

Please send ten gadgets.
--xx
Content-Type: text/csv; name="order.csv"
Content-Disposition: attachment; filename="order.csv"

gadget;10
--xx--
"""


@tagged("post_install", "-at_install")
class TestOrderSource(OrderCommon):
    def _receive(self, mail):
        thread = self.env["mail.thread"].with_context(tracking_disable=False)
        alias = self.env.ref("sales_order_plus.mail_alias_order")
        domain = self.env["mail.alias.domain"].search([], limit=1)
        domain = domain or domain.create({"name": "our.example"})
        alias.alias_domain_id = domain
        mail = mail.replace("our.example", domain.name)
        return self.env["sale.order"].browse(thread.message_process(False, mail))

    def test_reference_makes_it_a_purchase_order(self):
        order = self._new_order()
        self.assertFalse(order.source_kind)
        order.client_order_ref = "4711"
        self.assertEqual(order.source_kind, "po")

    def test_what_was_told_stays(self):
        order = self._new_order(source_kind="phone")
        order.client_order_ref = "4711"
        self.assertEqual(order.source_kind, "phone")

    def test_po_while_typing(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        form.client_order_ref = "4711"
        self.assertEqual(form.source_kind, "po")

    def test_mail_becomes_a_quotation(self):
        order = self._receive(MAIL)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.source_kind, "email")
        self.assertEqual(order.source_document, "Our order 4711")
        self.assertNotEqual(order.name, "Our order 4711")
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(
            set(attachments.mapped("name")), {"Our order 4711.txt", "order.csv"}
        )
        mail = attachments.filtered(lambda one: one.name.endswith(".txt"))
        self.assertIn("Please send ten gadgets.", mail.raw.decode())

    def test_mail_of_a_stranger(self):
        mail = MAIL.replace("customer@test.example", "new@stranger.example")
        order = self._receive(mail)
        self.assertEqual(order.partner_id.email, "new@stranger.example")


@tagged("post_install", "-at_install")
class TestClassification(OrderCommon):
    def test_bulk_by_quantity(self):
        self.company.bulk_order_quantity = 100
        order = self._new_order((self.product, 99))
        self.assertEqual(order.order_classification, "standard")
        order.order_line.product_uom_qty = 500
        self.assertEqual(order.order_classification, "bulk")

    def test_bulk_by_amount_in_our_currency(self):
        self.company.bulk_order_amount = 1000
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 2})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "TST", "currency_id": currency.id}
        )
        order = self._new_order((self.product, 9), pricelist_id=pricelist.id)
        self.assertEqual(order.amount_untaxed, 1800)
        self.assertEqual(order.order_classification, "standard")
        order.order_line.product_uom_qty = 10
        self.assertEqual(order.order_classification, "bulk")

    def test_coupon_makes_it_promotional(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "Summer",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [(0, 0, {"minimum_qty": 1})],
                "reward_ids": [(0, 0, {"reward_type": "discount", "discount": 10})],
            }
        )
        order = self._new_order((self.product, 2))
        order._update_programs_and_rewards()
        [(coupon, rewards)] = order._get_claimable_rewards().items()
        order._apply_program_reward(rewards & program.reward_ids, coupon)
        self.assertTrue(order.order_line.reward_id)
        self.assertEqual(order.order_classification, "promotional")

    def test_by_hand_it_stays(self):
        self.company.bulk_order_quantity = 100
        order = self._new_order((self.product, 1))
        order.order_classification = "custom"
        order.order_line.product_uom_qty = 500
        self.assertEqual(order.order_classification, "custom")
        order.order_classification = False
        self.assertEqual(order.order_classification, "bulk")

    def test_by_hand_while_typing(self):
        self.company.bulk_order_quantity = 100
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        form.order_classification = "custom"
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = 500
        self.assertEqual(form.order_classification, "custom")
        order = form.save()
        self.assertEqual(order.order_classification, "custom")

    def test_told_while_typing(self):
        self.company.bulk_order_quantity = 100
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = 500
        order = form.save()
        self.assertEqual(order.order_classification, "bulk")
        self.assertFalse(order.classification_given)
        order.order_line.product_uom_qty = 5
        self.assertEqual(order.order_classification, "standard")
