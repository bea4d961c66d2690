from odoo.tests import tagged

from ...models.intake.intake_order import IntakeLine, IntakeOptions, IntakeOrder
from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestQueries(IntakeCommon):
    """What one more order costs, however many there are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Q{number}", "ref": f"Q{number}"} for number in range(100)]
        )
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"Q{number}", "default_code": f"Q{number}", "type": "service"}
                for number in range(20)
            ]
        )

    def _count(self, prefix, orders, lines, code="Q", confirm=False):
        """Return the queries of taking in so many orders of so many lines."""
        engine = self.env["sales.order.intake"].with_user(self.salesman)
        batch = [
            IntakeOrder(
                f"{prefix}{number}",
                customer=f"Q{number}",
                lines=[
                    IntakeLine(
                        source=line,
                        product=f"{code}{(number + line) % 20}",
                        quantity=1,
                        price_unit=5,
                    )
                    for line in range(lines)
                ],
            )
            for number in range(orders)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        options = IntakeOptions(self.company.id, self.salesman.id, confirm=confirm)
        engine._take_in(batch, options)
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        records = self.env["sale.order"].browse([order.order_id for order in batch])
        state = "sale" if confirm else "draft"
        self.assertEqual(records.mapped("state"), [state] * orders)
        return count

    def test_slope_of_orders(self):
        self._count("warm", 3, 3)
        few, many = self._count("few", 10, 3), self._count("many", 100, 3)
        # Number, warehouse and documents of each order; nothing that grows with it.
        self.assertLessEqual((many - few) / 90, 8, (few, many))

    def _stock_goods(self):
        """Twenty products that are delivered, and plenty of them."""
        for number in range(20):
            product = self._new_product(
                f"G{number}", 5, is_storable=True, default_code=f"G{number}"
            )
            self._set_stock(product, 10000)

    def test_slope_of_confirmed_orders(self):
        """Confirming and reserving costs the same few queries an order."""
        self._stock_goods()
        self._count("warm", 3, 3, "G", confirm=True)
        few = self._count("few", 10, 3, "G", confirm=True)
        many = self._count("many", 100, 3, "G", confirm=True)
        self.assertLessEqual((many - few) / 90, 25, (few, many))

    def test_slope_of_confirmed_lines(self):
        """A line more is a row more of the same statements."""
        self._stock_goods()
        self._count("warm", 3, 3, "G", confirm=True)
        few = self._count("few", 10, 2, "G", confirm=True)
        many = self._count("many", 10, 20, "G", confirm=True)
        self.assertLessEqual((many - few) / 180, 0.5, (few, many))

    def test_slope_of_lines(self):
        self._count("warm", 3, 3)
        few, many = self._count("few", 10, 2), self._count("many", 10, 20)
        # 180 lines more: a few inserts more, no query a line.
        self.assertLessEqual((many - few) / 180, 0.2, (few, many))

    def test_matching(self):
        """Searches are a few a batch, not one an order."""
        engine = self.env["sales.order.intake"].with_user(self.salesman)
        options = IntakeOptions(self.company.id, self.salesman.id)
        counts = []
        for size in (10, 100):
            orders = [IntakeOrder(f"m{i}", customer=f"Q{i}") for i in range(size)]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            engine._match_customers(orders, options)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)
        self.assertLessEqual(counts[1], 10)

    def test_staging_of_many_rows(self):
        """20,000 rows are staged in statements of hundreds, not one a row."""
        rows = [self._row(order_number=f"A{number // 4}") for number in range(20000)]
        import_ = self._upload(self._csv(*rows))
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        import_._stage()
        self.assertEqual(import_.rows_total, 20000)
        self.assertLess(self.env.cr.sql_log_count - before, 20000 / 500 + 40)
