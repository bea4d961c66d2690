from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestSplitQuants(BackorderCommon):
    """Goods of one place in several records, as two transactions at once leave them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.location = cls.warehouse.lot_stock_id
        cls.Quant = cls.env["stock.quant"].sudo()

    def _create_quants(self, *figures):
        return self.Quant.create(
            [
                {
                    "product_id": self.product.id,
                    "location_id": self.location.id,
                    "quantity": quantity,
                    "reserved_quantity": reserved,
                }
                for quantity, reserved in figures
            ]
        )

    def _release(self, quantity):
        self.Quant._update_reserved_quantity(self.product, self.location, -quantity)

    def _get_reserved(self):
        self.env.flush_all()
        return self.Quant.search(
            [
                ("product_id", "=", self.product.id),
                ("location_id", "=", self.location.id),
            ],
            order="id",
        ).mapped("reserved_quantity")

    def test_released_where_it_is_held(self):
        self._create_quants((13, 0), (0, 3))
        self._release(3)
        self.assertEqual(self._get_reserved(), [0.0, 0.0])

    def test_released_from_several(self):
        """No record holds all four: the sum is right, and merging makes one of them."""
        quants = self._create_quants((10, 2), (0, 3))
        self._release(4)
        self.assertEqual(sum(self._get_reserved()), 1.0)
        quants._merge_quants()
        self.assertEqual(self._get_reserved(), [1.0])

    def test_more_than_is_held(self):
        """Nothing to find: as Odoo does, never less than nothing."""
        self._create_quants((10, 0), (0, 3))
        self._release(4)
        self.assertEqual(min(self._get_reserved()), 0.0)

    def test_reserved_again(self):
        """A line that gets more gives up what it had first: all thirteen find an order."""
        orders = self.env["sale.order"]
        for _number in range(3):
            orders |= self._confirm((self.product, 5))
        moves = orders.picking_ids.move_ids
        first = self._create_quants((3, 0))
        moves._action_assign()
        self.assertEqual(self._get_reserved(), [3.0])
        # As if the first record had been locked, by a receipt of ten, at that time.
        first.write({"quantity": 13, "reserved_quantity": 0})
        self._create_quants((0, 3))
        moves._action_assign()
        self.assertEqual(sum(moves.mapped("quantity")), 13.0)
        self.assertEqual(sum(self._get_reserved()), 13.0)
