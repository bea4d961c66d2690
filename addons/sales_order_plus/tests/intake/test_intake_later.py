from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import test_intake_equal, test_intake_equal_special
from .common_equal import EqualCommon

QUEUE = "odoo.addons.sales_order_plus.models.intake.batch.sales_intake_queue"


@tagged("post_install", "-at_install")
class TestEqualLater(test_intake_equal.TestEqual):
    """Rows are those of Odoo, too, when goods are reserved after the orders."""

    later = True


@tagged("post_install", "-at_install")
class TestEqualSpecialLater(test_intake_equal_special.TestEqualSpecial):
    """The same for steps, serial numbers, shelves, owners and so on."""

    later = True


@tagged("post_install", "-at_install")
class TestReservedLater(EqualCommon):
    """Between the orders and their goods there is a commit, and all that can happen."""

    later = True

    def setUp(self):
        super().setUp()
        self._fill(20)
        self.queue = self.env["sales.intake.queue"]

    def _get_states(self, orders):
        return set(orders.picking_ids.mapped("state"))

    def _get_reserved(self, orders):
        quants = self._search_quants(orders)
        return sum(quants.mapped("reserved_quantity"))

    def test_at_once_in_a_transaction_that_wrote(self):
        """Who goes on with the orders himself may count on their goods."""
        options = self._options(confirm=True)
        self.assertFalse(self.queue._is_untouched())
        self.assertFalse(self.queue._enter(options))
        self.later = False
        taken = self._take_in(self._draw(2), commit=False)
        self.assertEqual(self._get_states(taken), {"assigned"})

    def test_after_the_commit(self):
        taken = self._take_in(self._draw(4), commit=False)
        self.env.cr.flush()
        self.assertEqual(set(taken.mapped("state")), {"sale"})
        self.assertEqual(self._get_states(taken), {"confirmed"})
        self.assertFalse(self._get_reserved(taken))
        self.assertFalse(any(taken.order_line.mapped("estimated_delivery_date")))
        self.assertTrue(all(taken.mapped("goods_pending")))
        self._commit()
        self.assertEqual(self._get_states(taken), {"assigned"})
        self.assertEqual(self._get_reserved(taken), 20)
        self.assertTrue(all(taken.order_line.mapped("estimated_delivery_date")))
        self.assertFalse(any(taken.mapped("goods_pending")))

    def test_one_of_many_is_refused(self):
        """Moves that were made and taken back get nothing."""
        order_class = self.env.registry["sale.order"]
        core = order_class._action_confirm
        tried = []

        def fail_late(orders):
            result = core(orders)
            tried.append(len(orders))
            if "E2" in orders.mapped("client_order_ref"):
                raise ValueError("not this one")
            return result

        self.patch(order_class, "_action_confirm", fail_late)
        orders = [(f"E{n}", [(self.goods[0], 2)]) for n in range(5)]
        with mute_logger("odoo.addons.sales_order_plus.models.intake"):
            taken = self._take_in(orders, unconfirmed=("E2",))
        self.assertGreater(len(tried), 2)
        sold = taken.filtered(lambda order: order.state == "sale")
        self.assertEqual(len(sold), 4)
        self.assertEqual(self._get_states(sold), {"assigned"})
        self.assertEqual(self._get_reserved(taken), 8)

    def test_cancelled_in_between(self):
        taken = self._take_in(self._draw(3), commit=False)
        cancelled = taken[1]
        cancelled.sudo()._action_cancel()
        self._commit()
        self.assertEqual(cancelled.picking_ids.state, "cancel")
        self.assertEqual(self._get_states(taken - cancelled), {"assigned"})
        held = sum((taken - cancelled).order_line.mapped("product_uom_qty"))
        self.assertEqual(self._get_reserved(taken), held)

    def test_deleted_in_between(self):
        taken = self._take_in(self._draw(3), commit=False)
        gone = taken[1]
        gone.sudo()._action_cancel()
        gone.picking_ids.sudo().unlink()
        self._commit()
        self.assertEqual(self._get_states(taken - gone), {"assigned"})

    def test_somebody_was_faster(self):
        """What is left is given to the first of the batch."""
        taken = self._take_in([("E0", [(self.goods[0], 8)])], commit=False)
        self._confirm_plain([("P0", [(self.goods[0], 15)])])
        self._commit()
        self.assertEqual(taken.picking_ids.move_ids.quantity, 5)
        self.assertEqual(taken.picking_ids.move_ids.state, "partially_available")

    def test_others_in_the_way(self):
        """Only the goods are tried again, and the orders stay as they are."""
        taken = self._take_in(self._draw(2), commit=False)
        queue_class = self.env.registry["sales.intake.queue"]
        core, tries = queue_class._reserve_together, []

        def fail_twice(queue, move_ids):
            tries.append(move_ids)
            if len(tries) < 3:
                raise SerializationFailure("could not serialize")
            return core(queue, move_ids)

        self.patch(queue_class, "_reserve_together", fail_twice)
        with patch("time.sleep"):
            self._commit()
        self.assertEqual(len(tries), 3)
        self.assertEqual(self._get_states(taken), {"assigned"})

    def test_reserved_by_the_cron(self):
        """What fails is no error of a call that is over; the cron does it."""
        taken = self._take_in(self._draw(2), commit=False)
        fail = patch.object(
            self.env.registry["sales.intake.queue"],
            "_reserve_together",
            side_effect=ValueError("no disk"),
        )
        with fail, self.assertLogs(QUEUE, "ERROR") as logs:
            self._commit()
        self.assertIn("4 moves of a batch are not reserved", logs.output[0])
        self.assertEqual(self._get_states(taken), {"confirmed"})
        self.assertTrue(all(taken.mapped("goods_pending")))
        self.queue._cron_reserve()
        self.env.invalidate_all()
        self.assertEqual(self._get_states(taken), {"assigned"})
        self.assertEqual(self._get_reserved(taken), 10)
        # Once more: there is nothing to do.
        with patch.object(type(self.queue), "_reserve") as reserve:
            self.queue._cron_reserve()
        reserve.assert_not_called()

    def test_by_the_cron_before_the_call(self):
        """Both may come to the same goods; what follows is done once."""
        taken = self._take_in(self._draw(2), commit=False)
        followed = self._spy("sale.order", "_follow_reservation")
        self.env.flush_all()
        self.queue._cron_reserve()
        self.env.invalidate_all()
        self.assertEqual(self._get_states(taken), {"assigned"})
        self._commit()
        self.assertEqual(sum(map(len, followed)), 2)
        self.assertEqual(self._get_reserved(taken), 10)

    def test_nothing_left_of_the_batch(self):
        """An import that fails after its orders takes the moves with it."""
        gone = self.env["stock.move"].search([], order="id desc", limit=1).id + 1000
        with self.assertNoLogs(QUEUE, "INFO"):
            self.queue._reserve(self.warehouse.ids, [gone])

    def test_left_to_people(self):
        """The cron has nothing to do with what people reserve or cancelled."""
        self.warehouse.out_type_id.reservation_method = "manual"
        by_hand = self._take_in([("E0", [(self.goods[0], 1)])])
        self.assertFalse(by_hand.goods_pending)
        self.warehouse.out_type_id.reservation_method = "at_confirm"
        cancelled = self._take_in([("E1", [(self.goods[0], 1)])], commit=False)
        self.env.cr.postcommit.clear()
        cancelled.sudo()._action_cancel()
        self.env.flush_all()
        self.queue._cron_reserve()
        self.env.invalidate_all()
        self.assertEqual(by_hand.picking_ids.state, "confirmed")
        self.assertEqual(cancelled.picking_ids.state, "cancel")
        self.assertFalse(cancelled.goods_pending)
