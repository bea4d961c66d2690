from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from ..common import SalesPlusCommon

AMOUNTS = ("amount_untaxed", "amount_tax", "amount_total")

# One line: price in cents, quantity in hundredths, discount in tenths of a percent,
# taxes (a subset of those below) and, in percent, how much of it goes to either part.
LINES = st.lists(
    st.tuples(
        st.integers(1, 99999),
        st.integers(1, 2000),
        st.sampled_from((0, 0, 33, 125, 999)),
        st.sampled_from(((), (0,), (1,), (0, 2), (3,), (0, 3))),
        st.integers(0, 100),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=4,
)


@tagged("post_install", "-at_install")
class TestSaleOrderSplitExact(SalesPlusCommon):
    """Whatever is ordered and however it is split: not a cent is lost or gained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_tax = cls.env["account.tax"].create
        cls.taxes = [
            new_tax({"name": "T 19", "amount": 19}),
            new_tax(
                {
                    "name": "T 7.7 included",
                    "amount": 7.7,
                    "price_include_override": "tax_included",
                }
            ),
            new_tax({"name": "T 2.35", "amount": 2.35}),
            new_tax({"name": "T fixed", "amount": 0.13, "amount_type": "fixed"}),
        ]
        cls.others = cls.env["product.pricelist"].create(
            {"name": "Yen", "currency_id": cls._get_yen().id}
        )

    @classmethod
    def _get_yen(cls):
        """A currency without cents, at a rate that never comes out even."""
        yen = cls.env.ref("base.JPY")
        yen.active = True
        cls.env["res.currency.rate"].create(
            {"currency_id": yen.id, "name": "2020-01-01", "rate": 148.7}
        )
        return yen

    def _order(self, rows, **values):
        return self._new_order(
            **values,
            order_line=[
                Command.create(
                    {
                        "product_id": self.product.id,
                        "product_uom_qty": quantity / 100,
                        "price_unit": price / 100,
                        "discount": discount / 10,
                        "tax_ids": [Command.set([self.taxes[i].id for i in taxes])],
                    }
                )
                for price, quantity, discount, taxes, _one, _two in rows
            ],
        )

    def _quantities(self, order, rows):
        """Return what goes to two parts; something always stays."""
        parts = [{}, {}]
        for line, row in zip(order.order_line, rows, strict=True):
            left = line.product_uom_qty
            for part, percent in zip(parts, row[4:], strict=True):
                quantity = round(left * percent / 100, 2)
                if quantity:
                    part[line] = quantity
                    left = round(left - quantity, 2)
        first = order.order_line[:1]
        moved = sum(part.get(first, 0) for part in parts)
        if moved >= first.product_uom_qty:
            for part in parts:
                part.pop(first, None)
        return [part for part in parts if part]

    def _check(self, rows, method, confirm=False, **values):
        self.company.tax_calculation_rounding_method = method
        savepoint = self.env.cr.savepoint(flush=True)
        order = self._order(rows, **values)
        if confirm:
            order.action_confirm()
        before = {name: order[name] for name in AMOUNTS}
        if quantities := self._quantities(order, rows):
            orders = order | order._split(quantities)
            self.env.flush_all()
            self.env.invalidate_all()
            for name, amount in before.items():
                parts = sum(orders.mapped(name))
                self.assertAlmostEqual(parts, amount, 4, f"{name}: {rows}")
            for part in orders:
                total = part.amount_untaxed + part.amount_tax
                self.assertAlmostEqual(part.amount_total, total, 4)
        savepoint.close(rollback=True)
        self.env.invalidate_all()

    _settings = settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )

    @_settings
    @given(rows=LINES)
    def test_rounded_per_line(self, rows):
        self._check(rows, "round_per_line")

    @_settings
    @given(rows=LINES)
    def test_rounded_globally(self, rows):
        self._check(rows, "round_globally")

    @settings(_settings, max_examples=15)
    @given(rows=LINES, method=st.sampled_from(("round_per_line", "round_globally")))
    def test_currency_without_cents(self, rows, method):
        self._check(rows, method, pricelist_id=self.others.id)

    @settings(_settings, max_examples=8)
    @given(rows=LINES, method=st.sampled_from(("round_per_line", "round_globally")))
    def test_confirmed(self, rows, method):
        self._check(rows, method, confirm=True)

    def test_where_the_engine_alone_loses_a_cent(self):
        """The case the exact shares are for: without them the test says nothing."""
        self.company.tax_calculation_rounding_method = "round_per_line"
        # 2 x 0.35 at half price is 0.35, but one alone is 0.175, so 0.18.
        rows = [(35, 200, 500, (), 0, 0)]
        order = self._order(rows)
        line = order.order_line
        quantities = [{line: 1.0}]
        natural = order._get_natural_parts(
            [line], [order._get_rest(quantities), *quantities]
        )
        self.assertNotEqual(
            round(sum(part.totals[2] for part in natural), 2), order.amount_total
        )
        new = order._split(quantities)
        self.assertAlmostEqual(order.amount_total + new.amount_total, 0.35, 2)

    def test_exact_shares_reach_the_invoice(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        rows = [(35, 300, 500, (0,), 0, 0), (33, 700, 0, (0, 2), 0, 0)]
        order = self._order(rows)
        self.product.invoice_policy = "order"
        new = order._split([{order.order_line[0]: 1, order.order_line[1]: 3}])
        orders = order | new
        orders.action_confirm()
        for part in orders:
            invoice = part.sudo()._create_invoices()
            self.assertEqual(invoice.amount_untaxed, part.amount_untaxed)
            self.assertEqual(invoice.amount_tax, part.amount_tax)

    def test_exact_shares_end_with_the_quantity(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        order = self._order([(35, 200, 500, (), 0, 0)])
        new = order._split([{order.order_line: 1.0}])
        for line in (order | new).order_line:
            line.write({"product_uom_qty": 100, "price_unit": 0.35, "discount": 50})
            self.assertAlmostEqual(line.price_subtotal, 17.5, 2)
