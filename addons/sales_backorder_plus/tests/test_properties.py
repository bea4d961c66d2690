import random

from odoo.tests import tagged
from odoo.tools import SQL

from .common import BackorderCommon

FIGURES = """
SELECT l.id, l.product_uom_qty AS ordered,
       COALESCE(SUM(m.product_qty) FILTER (WHERE m.state IN %(open)s), 0) AS open,
       COALESCE(SUM(r.quantity) FILTER (WHERE m.state IN %(open)s), 0) AS reserved,
       COALESCE(SUM(r.quantity) FILTER (WHERE m.state = 'done'), 0) AS done
  FROM sale_order_line l
  LEFT JOIN stock_move m ON m.sale_line_id = l.id
  LEFT JOIN (SELECT move_id, SUM(quantity_product_uom) AS quantity
               FROM stock_move_line GROUP BY move_id) r ON r.move_id = m.id
 WHERE l.order_id IN %(orders)s GROUP BY l.id
"""
OPEN = ("waiting", "confirmed", "partially_available", "assigned")


@tagged("post_install", "-at_install")
class TestProperties(BackorderCommon):
    """Whatever happens in whatever order, the records say what the moves say."""

    def _check(self, orders, trace):
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(FIGURES, open=OPEN, orders=tuple(orders.ids))
        )
        self.env.invalidate_all()
        for row in rows:
            backorders = self.env["sales.backorder"].search(
                [("sale_line_id", "=", row["id"]), ("state", "=", "open")]
            )
            self.assertLessEqual(len(backorders), 1, trace)
            # Each delivery step is one move here: short is what is planned and not
            # reserved, and what is ordered and not planned any more.
            unplanned = row["ordered"] - row["open"] - row["done"]
            short = row["open"] - row["reserved"] + unplanned
            self.assertAlmostEqual(backorders.qty_short, short, 2, trace)
            if backorders:
                self.assertFigures(
                    backorders, open=row["open"], reserved=row["reserved"]
                )

    def _step(self, rng, orders):
        pickings = self._pickings(orders)
        choices = ["receive", "assign", "unreserve", "ship", "cancel", "plan", "raise"]
        step = rng.choice(choices)
        if step == "receive":
            self._receive(self.product, rng.randint(1, 6))
        elif step == "raise":
            rng.choice(orders).order_line.product_uom_qty += rng.randint(1, 3)
        elif step == "plan":
            self._find(orders).action_plan_delivery()
        elif pickings:
            self._step_on_picking(step, rng.choice(pickings))
        self._flush()
        return step

    def _step_on_picking(self, step, picking):
        if step == "assign":
            picking.action_assign()
        elif step == "unreserve":
            picking.do_unreserve()
        elif step == "cancel":
            picking.action_cancel()
        elif any(picking.move_ids.mapped("quantity")):
            self._ship(picking)

    def test_random_sequences(self):
        for seed in range(8):
            with self.subTest(seed=seed):
                rng = random.Random(seed)
                trace = [f"seed {seed}"]
                orders = self.env["sale.order"].union(
                    *(
                        self._confirm((self.product, rng.randint(2, 9)))
                        for _ in range(3)
                    )
                )
                self._check(orders, trace)
                for _number in range(14):
                    trace.append(self._step(rng, orders))
                    self._check(orders, trace)
