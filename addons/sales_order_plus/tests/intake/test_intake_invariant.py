from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestInvariant(IntakeCommon):
    """Rows in = rows imported + rows reported, for every kind of dirt."""

    def _check_dirt(self, reason, column, options=None, **values):
        """A bad row is reported; its good sibling and another order come in."""
        import_ = self._import_rows(
            self._row(),
            self._row(**values),
            self._row(order_number="A2"),
            **options or {},
        )
        self.assertBalanced(import_)
        self.assertEqual(self._get_reasons(import_), [(3, reason, column)])
        self.assertEqual(sorted(import_.order_ids.mapped("intake_key")), ["A1", "A2"])
        self.assertEqual(len(import_.order_ids.order_line), 2)
        return self._get_rows(import_)[1]

    def test_clean(self):
        import_ = self._import_rows(self._row(), self._row(sku="TSOP-S1", quantity="3"))
        self.assertBalanced(import_)
        self.assertEqual(import_.rows_reported, 0)
        order = import_.order_ids
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.customer.id,
                    "state": "draft",
                    "intake_key": "A1",
                    "client_order_ref": "A1",
                    "user_id": self.salesman.id,
                    "date_order": fields.Datetime.to_datetime("2026-01-15 00:00:00"),
                    # 2 × 9.50 + 3 × 9.50
                    "amount_untaxed": 47.5,
                }
            ],
        )

    def test_missing_order_number(self):
        self._check_dirt("missing_value", "order_ref", order_number="")

    def test_missing_product(self):
        self._check_dirt("missing_value", "product", sku="")

    def test_missing_quantity(self):
        self._check_dirt("missing_value", "quantity", quantity="")

    def test_missing_price(self):
        self._check_dirt("missing_value", "price_unit", unit_price="")

    def test_bad_quantity(self):
        row = self._check_dirt("bad_number", "quantity", quantity="NaN")
        self.assertEqual((row.header, row.value), ("Quantity", "NaN"))
        self.assertIn("number", row.next_step)

    def test_infinite_quantity(self):
        self._check_dirt("bad_number", "quantity", quantity="inf")

    def test_bad_price(self):
        self._check_dirt("bad_number", "price_unit", unit_price="1.234,56")

    def test_bad_date(self):
        self._check_dirt("bad_date", "order_date", order_date="2026-02-31")

    def test_zero_quantity(self):
        self._check_dirt("zero_quantity", "quantity", quantity="0")

    def test_negative_quantity(self):
        self._check_dirt("negative_quantity", "quantity", quantity="-3")

    def test_zero_price(self):
        self._check_dirt("zero_price", "price_unit", unit_price="0")

    def test_negative_price(self):
        self._check_dirt("negative_price", "price_unit", unit_price="-1")

    def test_unknown_product(self):
        self._check_dirt("product_unknown", "product", sku="nothing")

    def test_formula_as_text(self):
        row = self._check_dirt("product_unknown", "product", sku="=cmd|'/C calc'!A0")
        self.assertEqual(row.value, "=cmd|'/C calc'!A0")

    def test_megabyte_in_a_cell(self):
        self._check_dirt("cell_too_long", "product", sku="x" * 2**20)

    def test_cancellation(self):
        self._check_dirt(
            "cancellation",
            "order_ref",
            {"cancel_prefix": "C"},
            order_number="C1",
            quantity="-1",
        )

    def test_too_many_cells(self):
        rows = [self._row(), [*self._row(), "one", "two"]]
        import_ = self._import_rows(*rows)
        self.assertBalanced(import_)
        self.assertEqual(self._get_reasons(import_), [(3, "too_many_cells", "")])

    def test_bad_discount(self):
        headers = [
            "Order Number",
            "Customer ID",
            "SKU",
            "Quantity",
            "Price",
            "Discount",
        ]
        import_ = self._import(
            self._csv(
                ("A1", "TSOP-C1", "TSOP-P1", "1", "10", "25"),
                ("A1", "TSOP-C1", "TSOP-P1", "1", "10", "101"),
                headers=headers,
            )
        )
        self.assertBalanced(import_)
        self.assertEqual(self._get_reasons(import_), [(3, "bad_discount", "discount")])
        self.assertEqual(import_.order_ids.amount_untaxed, 7.5)

    def test_formula_in_a_workbook(self):
        import_ = self._import(
            self._xlsx(self._row(), self._row(quantity="=1+1")), filename="a.xlsx"
        )
        self.assertBalanced(import_)
        self.assertEqual(self._get_reasons(import_), [(3, "formula", "quantity")])

    def test_another_currency(self):
        headers = [
            "Order Number",
            "Customer ID",
            "SKU",
            "Quantity",
            "Price",
            "Currency",
        ]
        own = self.company.currency_id.name
        import_ = self._import(
            self._csv(
                ("A1", "TSOP-C1", "TSOP-P1", "1", "10", own.lower()),
                ("A2", "TSOP-C1", "TSOP-P1", "1", "10", "XAU"),
                headers=headers,
            )
        )
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_), [(3, "currency_mismatch", "currency")]
        )

    def test_rows_of_an_order_that_disagree(self):
        """Nobody can know which customer is right: no row of the order comes in."""
        other = self.env["res.partner"].create({"name": "Other", "ref": "TSOP-C2"})
        import_ = self._import_rows(
            self._row(),
            self._row(order_number="A2"),
            self._row(customer_id=other.ref),
        )
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_),
            [(2, "order_conflict", "customer"), (4, "order_conflict", "customer")],
        )
        self.assertEqual(import_.order_ids.intake_key, "A2")

    def test_customer_on_the_first_row_only(self):
        import_ = self._import_rows(
            self._row(), self._row(customer_id="", order_date="")
        )
        self.assertBalanced(import_)
        self.assertEqual(import_.rows_reported, 0)
        self.assertEqual(len(import_.order_ids.order_line), 2)

    def test_scattered_rows_are_one_order(self):
        rows = [self._row(order_number=f"A{number % 3}") for number in range(9)]
        import_ = self._import_rows(*rows)
        self.assertBalanced(import_)
        self.assertEqual(len(import_.order_ids), 3)
        self.assertEqual(set(map(len, import_.order_ids.mapped("order_line"))), {1})
        self.assertEqual(
            [len(order.order_line) for order in import_.order_ids], [3] * 3
        )

    def test_whole_orders_only(self):
        import_ = self._import_rows(
            self._row(),
            self._row(quantity="-1"),
            self._row(order_number="A2"),
            # Reported when it was read, before the orders are put together.
            self._row(order_number="A3", quantity="x"),
            self._row(order_number="A3"),
            whole_orders=True,
        )
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_),
            [
                (2, "order_incomplete", "order_ref"),
                (3, "negative_quantity", "quantity"),
                (5, "bad_number", "quantity"),
                (6, "order_incomplete", "order_ref"),
            ],
        )
        self.assertEqual(import_.order_ids.intake_key, "A2")

    def test_order_that_odoo_refuses(self):
        """One order that cannot be created does not stop the others of its batch."""
        self.env["ir.rule"].create(
            {
                "name": "no A2",
                "model_id": self.env.ref("sale.model_sale_order").id,
                "domain_force": "[('client_order_ref', '!=', 'A2')]",
            }
        )
        rows = [self._row(order_number=f"A{number}") for number in range(5)]
        import_ = self._import_rows(*rows)
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_), [(4, "order_refused", "order_ref")]
        )
        message = self._get_rows(import_)[2].message
        self.assertTrue(message)
        self.assertNotIn("Traceback", message)
        self.assertEqual(len(import_.order_ids), 4)

    def test_free_lines(self):
        import_ = self._import_rows(self._row(unit_price="0"), allow_zero_price=True)
        self.assertBalanced(import_)
        self.assertEqual(import_.order_ids.amount_untaxed, 0)

    def test_prices_from_the_pricelist(self):
        import_ = self._import_rows(
            self._row(unit_price="rubbish"), price_source="pricelist"
        )
        self.assertBalanced(import_)
        # List price 100, quantity 2.
        self.assertEqual(import_.order_ids.amount_untaxed, 200)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_another_sum(self):
        import_ = self._import_rows(self._row())
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE sales_order_import SET rows_imported = 0 WHERE id = %s",
                (import_.id,),
            )
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE sales_order_import SET rows_reported = 1 WHERE id = %s",
                (import_.id,),
            )

    def test_same_as_plain_odoo(self):
        """The order is the one a salesperson would have typed in."""
        import_ = self._import_rows(self._row(), self._row(sku="TSOP-S1"))
        typed = self._new_order((self.product, 2), (self.service, 2))
        typed.order_line.price_unit = 9.5
        imported = import_.order_ids
        for name in (
            "partner_invoice_id",
            "partner_shipping_id",
            "pricelist_id",
            "currency_id",
            "warehouse_id",
            "team_id",
            "fiscal_position_id",
            "payment_term_id",
            "amount_total",
            "picking_policy",
            "lifecycle_stage",
        ):
            self.assertEqual(imported[name], typed[name], name)
        for one, two in zip(imported.order_line, typed.order_line, strict=True):
            for name in ("name", "price_unit", "product_uom_id", "tax_ids", "discount"):
                self.assertEqual(one[name], two[name], name)
