from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .common import LineCommon

LINES = st.lists(
    st.tuples(
        st.decimals(min_value="0.01", max_value="9999.99", places=2),
        st.integers(min_value=1, max_value=37),
        st.sampled_from([0, 3.33, 10, 12.5, 33.33]),
        st.sets(st.integers(min_value=0, max_value=4)),
    ),
    min_size=1,
    max_size=6,
)


@tagged("post_install", "-at_install")
class TestTaxBreakdown(LineCommon):
    """Taxes by jurisdiction are the order's taxes, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.state = cls._new_tax(
            "State 4%", 4, jurisdiction_level="state", jurisdiction_name="Oregon"
        )
        cls.county = cls._new_tax(
            "County 1%", 1, jurisdiction_level="county", jurisdiction_name="Lane"
        )

    def _new_taxed_order(self, price, taxes, **values):
        self.product.list_price = price
        order = self._new_order((self.product, 1), **values)
        order.order_line.tax_ids = taxes
        return order

    def test_state_and_county(self):
        order = self._new_taxed_order(100, self.state | self.county)
        self.assertEqual(
            [(row["level"], row["name"], row["tax"]) for row in order.tax_breakdown],
            [("state", "Oregon", 4.0), ("county", "Lane", 1.0)],
        )
        self.assertEqual(order.amount_tax, 5.0)

    def test_no_jurisdiction_no_table(self):
        plain = self._new_tax("Plain 10%", 10)
        order = self._new_taxed_order(100, plain)
        self.assertFalse(order.tax_breakdown)
        tree = self._render("sale.report_saleorder", order)
        self.assertFalse(tree.find_class("o_sales_tax_breakdown"))

    def test_tax_without_level_counts_too(self):
        plain = self._new_tax("Plain 10%", 10)
        order = self._new_taxed_order(100, self.state | plain)
        self.assertEqual(sum(row["tax"] for row in order.tax_breakdown), 14.0)

    def test_printed_and_on_portal(self):
        order = self._new_taxed_order(100, self.state | self.county)
        text = self._text(self._render("sale.report_saleorder", order))
        self.assertIn("State: Oregon", text)
        self.assertIn("County: Lane", text)

    def test_export_shows_duties_apart(self):
        """Abroad: no tax by fiscal position, and what customs will ask for."""
        abroad = self.env.ref("base.ch")
        self.env["sales.duty.rule"].create(
            {
                "name": "Import duty",
                "percent": 7.5,
                "hs_code_prefix": "9403",
                "country_ids": [Command.link(abroad.id)],
            }
        )
        self.product.hs_code = "940330"
        self.customer.country_id = abroad
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        order = self._new_order((self.product, 2), (self.service, 1))
        order.fiscal_position_id = position
        self.assertEqual(order.amount_tax, 0)
        self.assertEqual(order.duty_estimate, 15.0)
        self.assertEqual(order.amount_total, 250.0)
        text = self._text(self._render("sale.report_saleorder", order))
        self.assertIn("Estimated duties (not charged)", text)

    def test_no_duty_below_threshold_or_at_home(self):
        rule = self.env["sales.duty.rule"].create(
            {"name": "Import duty", "percent": 10, "threshold": 150}
        )
        order = self._new_order((self.product, 1))
        self.customer.country_id = self.company.country_id
        self.assertEqual(order.duty_estimate, 0)
        self.customer.country_id = self.env["res.country"].search(
            [("id", "!=", self.company.country_id.id)], limit=1
        )
        order.invalidate_recordset(["duty_estimate"])
        self.assertEqual(order.duty_estimate, 0, "below the threshold")
        rule.threshold = 99
        order.invalidate_recordset(["duty_estimate"])
        self.assertEqual(order.duty_estimate, 10.0)

    def _check_sum(self, order, trace):
        rows = order.tax_breakdown or []
        currency = order.currency_id
        total = currency.round(sum(row["tax"] for row in rows))
        if any(order.order_line.tax_ids.mapped("jurisdiction_level")):
            self.assertEqual(
                currency.compare_amounts(total, order.amount_tax), 0, trace
            )

    def test_sum_equals_tax_of_order(self):
        """Whatever the rounding, the taxes and the discounts are."""
        taxes = (
            self.state
            | self.county
            | self._new_tax("Plain 7%", 7)
            | self._new_tax(
                "City incl. 8.875%",
                8.875,
                price_include_override="tax_included",
                jurisdiction_level="city",
            )
            | self._new_tax(
                "Special 0.30 a piece",
                0.3,
                amount_type="fixed",
                jurisdiction_level="special",
            )
        )
        order = self._new_order()

        @settings(
            max_examples=60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(
            rounding=st.sampled_from(["round_per_line", "round_globally"]), lines=LINES
        )
        def check(rounding, lines):
            self.company.tax_calculation_rounding_method = rounding
            order.order_line = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": float(price),
                            "discount": discount,
                            "tax_ids": [
                                Command.set([taxes[index].id for index in chosen])
                            ],
                        }
                    )
                    for price, quantity, discount, chosen in lines
                ),
            ]
            self._check_sum(order, (rounding, lines))

        check()
