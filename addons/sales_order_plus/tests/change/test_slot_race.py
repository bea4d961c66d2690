import threading

from odoo import fields
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import GuardError
from ..common_race import RaceCommon


@tagged("post_install", "-at_install")
class TestSlotRace(RaceCommon):
    """Two orders are confirmed into the last place of a slot at the same moment."""

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            self._create_records(env)
        self.addCleanup(self._remove)

    def _create_records(self, env):
        partner = env["res.partner"].create({"name": "Slot race"})
        product = env["product.product"].create(
            {"name": "Slot race", "type": "service", "taxes_id": [Command.clear()]}
        )
        warehouse = env["stock.warehouse"].create({"name": "Slot race", "code": "SLR"})
        day = fields.Date.add(fields.Date.today(), days=7)
        slot = env["sales.delivery.slot"].create(
            {
                "warehouse_id": warehouse.id,
                "weekday": str(day.weekday()),
                "hour_from": 9,
                "hour_to": 12,
                "capacity": 1,
            }
        )
        line = {"product_id": product.id, "price_unit": 100.0}
        vals = {
            "partner_id": partner.id,
            "warehouse_id": warehouse.id,
            "requested_date": day,
            "requested_window_from": 9,
            "requested_window_to": 12,
            "order_line": [Command.create(line)],
        }
        self.order_ids = env["sale.order"].create([vals, vals]).ids
        self.slot_id, self.warehouse_id = slot.id, warehouse.id
        self.partner_id, self.product_id = partner.id, product.id

    def _remove(self):
        with self._open_worker() as env:
            self._remove_orders(env, self.order_ids)
            env["sales.delivery.slot"].browse(self.slot_id).unlink()
            env["stock.warehouse"].browse(self.warehouse_id).active = False
            env["product.product"].browse(self.product_id).active = False
            env["res.partner"].browse(self.partner_id).active = False

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_last_place_is_taken_once(self):
        barrier, results = threading.Barrier(2), {}

        def work(order_id):
            with self._open_worker() as env:
                order = env["sale.order"].browse(order_id)
                self.assertEqual(order.state, "draft")
                barrier.wait(30)
                try:
                    retrying(order.action_confirm, env)
                    results[order_id] = "done"
                except GuardError as error:
                    results[order_id] = error.context["findings"][0]["code"]
                    env.cr.rollback()
                except Exception as error:  # noqa: BLE001 compared below
                    results[order_id] = str(error)
                    env.cr.rollback()

        threads = [threading.Thread(target=work, args=(id_,)) for id_ in self.order_ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(sorted(results.values()), ["done", "order.delivery_slot"])
        with self._open_worker() as env:
            states = env["sale.order"].browse(self.order_ids).mapped("state")
            self.assertEqual(sorted(states), ["draft", "sale"])
