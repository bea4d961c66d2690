import threading

from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import SalesError
from ..common_race import RaceCommon


@tagged("post_install", "-at_install")
class TestCancelRace(RaceCommon):
    """The customer cancels at the moment at which the warehouse ships."""

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            self._create_records(env)
        self.addCleanup(self._remove)

    def _create_records(self, env):
        partner = env["res.partner"].create({"name": "Cancel race"})
        product = env["product.product"].create(
            {"name": "Cancel race", "type": "consu", "taxes_id": [Command.clear()]}
        )
        policy = env["sales.change.policy"].create(
            {"name": "Race", "sequence": 0, "cancel_until": "open"}
        )
        line = {"product_id": product.id, "product_uom_qty": 5, "price_unit": 100.0}
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [Command.create(line)]}
        )
        order.action_confirm()
        order.picking_ids.action_assign()
        self.order_id, self.product_id = order.id, product.id
        self.partner_id, self.policy_id = partner.id, policy.id

    def _remove(self):
        """Remove it all; what is shipped can only be removed past the ORM."""
        with self._open_worker() as env:
            order = env["sale.order"].browse(self.order_id)
            pickings, moves = order.picking_ids, order.order_line.move_ids
            cancellations = order.cancellation_ids.ids
            self._delete_rows(env, "stock_move_line", "move_id", moves.ids or [0])
            self._delete_rows(env, "stock_move", "id", moves.ids or [0])
            self._delete_rows(env, "stock_picking", "id", pickings.ids or [0])
            for table, column in (
                ("sales_order_cancellation_line", "cancellation_id"),
                ("sales_order_cancellation", "id"),
            ):
                self._delete_rows(env, table, column, cancellations or [0])
            self._delete_rows(env, "sales_order_version", "order_id", [self.order_id])
            self._delete_rows(env, "sale_order_line", "order_id", [self.order_id])
            self._delete_rows(env, "sale_order", "id", [self.order_id])
            self._delete_rows(env, "stock_quant", "product_id", [self.product_id])
            env["sales.change.policy"].browse(self.policy_id).unlink()
            env["product.product"].browse(self.product_id).active = False
            env["res.partner"].browse(self.partner_id).active = False

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_at_the_same_moment(self):
        barrier, results = threading.Barrier(2), {}

        def work(name, method):
            with self._open_worker() as env:
                order = env["sale.order"].browse(self.order_id)
                self.assertEqual(order.picking_ids.state, "assigned")
                barrier.wait(30)
                try:
                    retrying(lambda: method(order), env)
                    results[name] = "done"
                except SalesError as error:
                    results[name] = error.context.get("rule")
                    env.cr.rollback()
                except Exception as error:  # noqa: BLE001 compared below
                    results[name] = str(error)
                    env.cr.rollback()

        jobs = {"cancel": self._cancel, "ship": self._ship}
        threads = [threading.Thread(target=work, args=job) for job in jobs.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(sorted(results), ["cancel", "ship"])
        # One of them won, as a whole.
        self.assertEqual(list(results.values()).count("done"), 1, results)
        with self._open_worker() as env:
            order = env["sale.order"].browse(self.order_id)
            shipped = order.picking_ids.state == "done"
            self.assertEqual(results["ship"] == "done", shipped)
            self.assertEqual(order.state, "sale" if shipped else "cancel")
            self.assertEqual(bool(order.order_line.qty_delivered), shipped)

    def _cancel(self, order):
        reason = order.env.ref("sales_order_plus.cancel_reason_changed_mind")
        order._request_cancellation_as_customer(None, reason, "Too late?")

    def _ship(self, order):
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
