import threading

from psycopg2.errors import SerializationFailure

from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import GuardError
from ..common_race import RaceCommon


@tagged("post_install", "-at_install")
class TestAlternativeRace(RaceCommon):
    """The customer's two colleagues take two alternatives at the same moment."""

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            self._create_records(env)
        self.addCleanup(self._remove)

    def _create_records(self, env):
        partner = env["res.partner"].create({"name": "Race"})
        product = env["product.product"].create(
            {"name": "Race", "type": "service", "taxes_id": [Command.clear()]}
        )
        line = {"product_id": product.id, "price_unit": 100.0}
        vals = {"partner_id": partner.id, "order_line": [Command.create(line)]}
        orders = env["sale.order"].create([vals, vals])
        env["sales.order.link"]._link(*orders, "alternative")
        orders.action_quotation_sent()
        self.order_ids, self.product_id = orders.ids, product.id
        self.partner_id = partner.id

    def _remove(self):
        with self._open_worker() as env:
            self._remove_orders(env, self.order_ids)
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _get_states(self):
        with self._open_worker() as env:
            return env["sale.order"].browse(self.order_ids).mapped("state")

    @mute_logger("odoo.sql_db")
    def test_old_picture_of_the_other_one(self):
        """Who began before the other one was confirmed is refused by the database."""
        with self._open_worker() as first, self._open_worker() as late:
            one = first["sale.order"].browse(self.order_ids[0])
            other = late["sale.order"].browse(self.order_ids[1])
            self.assertEqual((one.state, other.state), ("sent", "sent"))
            one.action_confirm()
            first.cr.commit()
            with self.assertRaises(SerializationFailure):
                other.action_confirm()
                late.flush_all()
            late.cr.rollback()
            # ... and the server's repetition meets the rule.
            with self.assertRaises(GuardError):
                late["sale.order"].browse(self.order_ids[1]).write({"state": "sale"})
            late.cr.rollback()
        self.assertEqual(self._get_states(), ["sale", "cancel"])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_at_the_same_moment(self):
        barrier, results = threading.Barrier(2), {}

        def confirm(order_id):
            with self._open_worker() as env:
                order = env["sale.order"].browse(order_id)
                self.assertEqual(order.state, "sent")
                barrier.wait(30)
                try:
                    retrying(order.action_confirm, env)
                    results[order_id] = "sale"
                except GuardError as error:
                    results[order_id] = error.context["findings"][0]["code"]
                    env.cr.rollback()

        threads = [
            threading.Thread(target=confirm, args=(order_id,))
            for order_id in self.order_ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(len(results), 2)
        self.assertEqual(sorted(self._get_states()), ["cancel", "sale"])
        [winner] = [id_ for id_, result in results.items() if result == "sale"]
        self.assertEqual(self._get_states()[self.order_ids.index(winner)], "sale")
