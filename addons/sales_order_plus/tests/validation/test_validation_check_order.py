from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import SuggestionError
from ..payment.common import PaymentCommon
from .common import ValidationCommon


@tagged("post_install", "-at_install")
class TestCheckDuplicate(ValidationCommon):
    def setUp(self):
        super().setUp()
        self._new_check("duplicate", days=7, threshold=80, severity="warn")
        self.first = self._new_order((self.product, 2), (self.service, 1))

    def test_same_lines_without_reference(self):
        order = self._new_order((self.product, 2), (self.service, 1))
        (finding,) = self._get_findings(order)
        self.assertIn("same 2 products and quantities", finding.message)
        self.assertEqual(finding.links[0]["id"], self.first.id)

    def test_other_quantity_customer_or_old(self):
        other = self.env["res.partner"].create({"name": "Other"})
        for values in ({}, {"partner_id": other.id}):
            lines = ((self.product, 3), (self.service, 1))
            lines = lines if not values else ((self.product, 2), (self.service, 1))
            self.assertFalse(self._get_codes(self._new_order(*lines, **values)))
        self.first.date_order = fields.Datetime.subtract(fields.Datetime.now(), days=8)
        order = self._new_order((self.product, 2), (self.service, 1))
        self.assertFalse(self._get_codes(order))

    def test_same_reference_written_otherwise(self):
        self.first.client_order_ref = "po 4711"
        order = self._new_order((self.service, 9), client_order_ref="PO-4711")
        self.assertIn("po 4711", self._get_findings(order)[0].message)
        order.client_order_ref = "PO-4712"
        self.assertFalse(self._get_codes(order))

    def test_noted_once_and_quiet(self):
        order = self._new_order((self.product, 2), (self.service, 1))
        (finding,) = self._get_findings(order)
        rule = self.env["sales.validation.rule"].browse(finding.rule_id)
        bypasses = self.env["sales.validation.bypass"].with_user(self.salesman)
        bypasses._ask(order, rule.with_user(self.salesman), "Both are meant")
        self.assertFalse(self._get_codes(order))


@tagged("post_install", "-at_install")
class TestCheckOrder(ValidationCommon):
    def test_empty_and_negative(self):
        self._new_check("empty")
        order = self._new_order()
        self._assert_confirms(order)
        nothing = self._new_order()
        nothing.order_line.unlink()
        self._assert_refused(nothing, "empty")
        negative = self._new_order()
        negative.order_line.price_unit = -10
        self._assert_refused(negative, "empty")

    def test_minimum_and_surcharge(self):
        surcharge = self._new_product("Surcharge", 15, type="service")
        self._new_check("min_order", threshold=200, product_ids=surcharge.ids)
        order = self._new_order((self.product, 1.5))
        self.assertIn("50.00 is missing", self._assert_refused(order, "min_order"))
        self._apply(order, "Surcharge")
        self.assertEqual(order.amount_total, 165)
        self._assert_confirms(order)
        self._assert_confirms(self._new_order((self.product, 2)))

    def test_limits_of_the_level(self):
        levels = self.env["res.partner.grade"]
        gold = levels.create({"name": "T Gold", "sales_max_order": 20000})
        bronze = levels.create({"name": "T Bronze"})
        group = self.env.ref("sales_team.group_sale_manager")
        self._new_check(
            "max_order",
            threshold=5000,
            severity="approve",
            exempt_group_ids=group.ids,
        )
        order = self._new_order((self.product, 100))
        self.customer.grade_id = bronze
        self._assert_refused(order, "max_order")
        self.customer.grade_id = gold
        self.assertFalse(self._get_codes(order))
        order.order_line.product_uom_qty = 201
        self._assert_refused(order, "max_order")
        self._assert_confirms(order.with_user(self.manager))

    def test_payment_terms(self):
        self._new_check("payment_terms")
        usual = self.env.ref("account.account_payment_term_30days")
        self.customer.property_payment_term_id = usual
        order = self._new_order()
        self.assertFalse(self._get_codes(order))
        order.payment_term_id = self.env.ref("account.account_payment_term_immediate")
        self.assertIn(usual.name, self._assert_refused(order, "payment_terms"))

    def test_tax_id_of_companies_abroad(self):
        self._new_check("vat_required")
        self.customer.write(
            {"is_company": True, "country_id": self.env.ref("base.fr").id}
        )
        self.company.account_fiscal_country_id = self.env.ref("base.be")
        order = self._new_order()
        self._assert_refused(order, "vat_required")
        self.customer.with_context(no_vat_validation=True).vat = "FR23334175221"
        self._assert_confirms(order)

    def test_address_without_zip_and_state(self):
        self._new_check("address")
        usa = self.env.ref("base.us")
        usa.write({"zip_required": True, "state_required": True})
        self.customer.write({"street": "1 Main", "city": "Town", "country_id": usa.id})
        order = self._new_order()
        message = self._assert_refused(order, "address")
        self.assertIn("ZIP, State", message)
        state = self.env.ref("base.state_us_5")
        self.customer.write({"zip": "94016", "state_id": state.id})
        self._assert_confirms(order)

    def test_document(self):
        self._new_check("document", document_kind="contract")
        order = self._new_order()
        self.assertIn("Contract", self._assert_refused(order, "document"))
        self.env["sales.order.document"].create(
            {
                "name": "contract.txt",
                "order_id": order.id,
                "file": "aGVsbG8=",
                "kind": "contract",
            }
        )
        self._assert_confirms(order)

    def test_promotions_do_not_add_up(self):
        self._new_check("promotions", threshold=1)
        programs = self.env["loyalty.program"].create(
            [
                {
                    "name": f"Test Promotion {number}",
                    "program_type": "promotion",
                    "trigger": "auto",
                    "applies_on": "current",
                    "rule_ids": [Command.create({"minimum_qty": 1})],
                    "reward_ids": [
                        Command.create(
                            {
                                "reward_type": "discount",
                                "discount": 5 + number,
                                "discount_mode": "percent",
                                "discount_applicability": "order",
                            }
                        )
                    ],
                }
                for number in range(2)
            ]
        )
        order = self._new_order()
        for program in programs:
            reward = program.reward_ids
            order.order_line = [
                Command.create(
                    {
                        "product_id": reward.discount_line_product_id.id,
                        "name": program.name,
                        "reward_id": reward.id,
                        "price_unit": -5,
                        "coupon_id": self.env["loyalty.card"]
                        .create({"program_id": program.id})
                        .id,
                        "points_cost": 0,
                        "reward_identifier_code": str(program.id),
                    }
                )
            ]
        self.assertIn("Test Promotion 0", self._get_findings(order)[0].message)
        order.order_line.filtered("reward_id")[0].unlink()
        self.assertFalse(self._get_codes(order))


@tagged("post_install", "-at_install")
class TestCheckMoney(ValidationCommon, PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._support_capture()
        cls.provider = cls._new_provider()

    def test_minimum_in_company_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": currency.id}
        )
        self._new_check("min_order", threshold=100)
        order = self._new_order(pricelist_id=pricelist.id)
        order.order_line.price_unit = 199
        self._assert_refused(order, "min_order")
        order.order_line.price_unit = 200
        self._assert_confirms(order)

    def test_prepayment_of_rush_orders(self):
        rush = (
            self.env["sales.order.type"]
            .sudo()
            .create({"name": "Rush", "code": "TRUSH", "kind": "rush"})
        )
        self._new_check("prepayment", threshold=100, order_type_ids=rush.ids)
        self._assert_confirms(self._new_order())
        order = self._new_order(order_type_id=rush.id)
        self._assert_refused(order, "prepayment")
        self._new_transaction(order, 60, state="authorized")
        order.invalidate_recordset()
        self.assertIn("60.00", self._assert_refused(order, "prepayment"))
        self._new_transaction(order, 40, state="done")
        order.invalidate_recordset()
        self.assertFalse(self._get_codes(order))


@tagged("post_install", "-at_install")
class TestSuggestion(ValidationCommon):
    def test_unknown_and_old_suggestions_are_refused(self):
        self._new_check("max_discount", threshold=10)
        order = self._new_order()
        order.order_line.discount = 15
        token = self._get_findings(order)[0].suggestions[0]["token"]
        with self.assertRaises(SuggestionError):
            order.action_apply_suggestion(token="nonsense")
        order.order_line.discount = 5
        with self.assertRaises(SuggestionError):
            order.action_apply_suggestion(token=token)

    def test_over_the_api(self):
        self._new_check("max_discount", threshold=10)
        order = self._new_order()
        order.order_line.discount = 15
        api = self.env["sales.order.api"].with_user(self.salesman)
        (finding,) = api.validate_order(name=order.name)["findings"]
        token = finding["suggestions"][0]["token"]
        answer = api.apply_suggestion(name=order.name, token=token)
        self.assertEqual(answer["findings"], [])
        self.assertEqual(order.order_line.discount, 10)
        self.assertIn("15 %", order.message_ids[0].body)
