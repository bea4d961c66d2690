from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestReallocationCost(BackorderCommon):
    """Many transfers change at once: what is told of them is written together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.env["res.partner"].create(
            {"name": "Test VIP", "customer_class": "vip"}
        )
        cls.env["sales.backorder.policy"].create(
            {"name": "Test Best", "strategy": "best", "customer_class": "vip"}
        )

    def _swap(self, count):
        """Deal out anew what ``count`` orders hold and as many of a VIP wait for.

        :return: (transfers of the losers, of the winners, queries of applying it)
        """
        product = self._new_product("Test Swapped", 5.0, is_storable=True)
        self._set_stock(product, 2 * count)
        orders = self.env["sale.order"]
        for _number in range(count):
            orders |= self._new_order((product, 2))
        winners = self.env["sale.order"]
        for _number in range(count):
            winners |= self._new_order((product, 2), partner_id=self.vip.id)
        orders.action_confirm()
        winners.action_confirm()
        self._flush()
        run = self.env["sales.backorder.run"].with_user(self.storeman)
        run = run.create({"product_ids": [Command.set(product.ids)]})
        run.action_propose()
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        run.action_apply()
        self._flush()
        queries = self.env.cr.sql_log_count - start
        return orders.sudo().picking_ids, winners.sudo().picking_ids, queries

    def _get_states(self, picking):
        """Return (old status, new status) of the notes of a transfer."""
        notes = self.env["mail.tracking.value"].search(
            [
                ("mail_message_id.model", "=", "stock.picking"),
                ("mail_message_id.res_id", "=", picking.id),
                ("field_id.name", "=", "state"),
            ],
            order="id",
        )
        return [(note.old_value_char, note.new_value_char) for note in notes]

    def test_each_transfer_tells_its_own(self):
        losers, winners, _queries = self._swap(3)
        for picking in winners:
            self.assertEqual(picking.state, "assigned")
            self.assertIn(("Waiting", "Ready"), self._get_states(picking))
        for picking in losers:
            self.assertEqual(picking.state, "confirmed")
            self.assertIn(("Ready", "Waiting"), self._get_states(picking))

    def test_queries_of_many(self):
        """Twenty transfers more: one query for each that loses, of Odoo's, for its
        analytic entries."""
        self._swap(2)
        few, many = self._swap(5)[2], self._swap(15)[2]
        self.assertLessEqual((many - few) / 20, 0.5, (few, many))
