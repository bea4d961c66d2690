import threading

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ...exceptions import GuardError

NOISE = ("odoo.sql_db", "odoo.service.model")


@tagged("post_install", "-at_install")
class TestCreditRace(BaseCase):
    """Two confirmations at once, on committed data that is removed afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._remove)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env.company.credit_check = "hold"
            partner = env["res.partner"].create({"name": "Race Debtor"})
            partner.credit_limit = 100
            product = env["product.product"].create(
                {
                    "name": "Race Service",
                    "type": "service",
                    "list_price": 60,
                    "taxes_id": [Command.clear()],
                }
            )
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": partner.id,
                        "order_line": [Command.create({"product_id": product.id})],
                    }
                    for _number in range(2)
                ]
            )
            self.partner_id, self.product_id = partner.id, product.id
            self.order_ids = orders.ids

    def _remove(self):
        """Delete what was committed; events refuse the ORM."""
        statements = [
            "ALTER TABLE sales_audit_event DISABLE TRIGGER USER",
            "DELETE FROM sales_audit_event WHERE model = 'sale.order' AND res_id IN "
            "(SELECT id FROM sale_order WHERE partner_id = %(partner)s)",
            "ALTER TABLE sales_audit_event ENABLE TRIGGER USER",
            "DELETE FROM sale_order WHERE partner_id = %(partner)s",
        ]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for statement in statements:
                cr.execute(SQL(statement, partner=self.partner_id))
            env.company.credit_check = "none"
            env["product.product"].browse(self.product_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def test_only_one_of_two_passes(self):
        """Each fits the limit alone; both began before the other was confirmed."""
        barrier, results = threading.Barrier(2), {}

        def confirm(order_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # The snapshot is taken here, before either is confirmed.
                cr.execute("SELECT 1 FROM sale_order LIMIT 1")
                barrier.wait(30)
                order = env["sale.order"].browse(order_id)
                try:
                    retrying(order.action_confirm, env)
                    results[order_id] = "sale"
                except GuardError as error:
                    results[order_id] = error.context["findings"][0]["code"]
                    cr.rollback()

        threads = [
            threading.Thread(target=confirm, args=(order_id,))
            for order_id in self.order_ids
        ]
        with mute_logger(*NOISE):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(sorted(results.values()), ["credit.limit", "sale"])
        with self.registry.cursor() as cr:
            orders = api.Environment(cr, SUPERUSER_ID, {})["sale.order"]
            states = orders.browse(self.order_ids).mapped("state")
        self.assertEqual(sorted(states), ["draft", "sale"])
