import threading
from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError
from odoo.fields import Command, Domain
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ..exceptions import AllocationError

NOISE = ("odoo.sql_db", "odoo.service.model")


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    """Two real transactions at once, on committed data that is removed afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._remove)
        with self._env() as env:
            self.warehouse_id = env["stock.warehouse"].search([], limit=1).id
            partner = env["res.partner"].create({"name": "Race Customer"})
            product = env["product.product"].create(
                {"name": "Race Gadget", "is_storable": True}
            )
            self.partner_id, self.product_id = partner.id, product.id

    def _env(self):
        return _Transaction(self.registry)

    def _remove(self):
        """Delete what was committed; done moves and events refuse the ORM."""
        names = {"product": self.product_id, "partner": self.partner_id}
        tables = [
            "ALTER TABLE sales_audit_event DISABLE TRIGGER USER",
            "DELETE FROM sales_audit_event WHERE document_name LIKE '%%Race Gadget%%'",
            "DELETE FROM sales_audit_event WHERE model = 'sale.order' AND res_id IN "
            "(SELECT id FROM sale_order WHERE partner_id = %(partner)s)",
            "ALTER TABLE sales_audit_event ENABLE TRIGGER USER",
            "DELETE FROM stock_move_line WHERE product_id = %(product)s",
            "DELETE FROM stock_picking WHERE id IN "
            "(SELECT picking_id FROM stock_move WHERE product_id = %(product)s)",
            "DELETE FROM stock_move WHERE product_id = %(product)s",
            "DELETE FROM stock_quant WHERE product_id = %(product)s",
            "DELETE FROM stock_reference WHERE id IN (SELECT reference_id FROM "
            "stock_reference_sale_rel WHERE sale_id IN "
            "(SELECT id FROM sale_order WHERE partner_id = %(partner)s))",
            "DELETE FROM sale_order WHERE partner_id = %(partner)s",
        ]
        with self._env() as env:
            for statement in tables:
                env.cr.execute(SQL(statement, **names))
            env.invalidate_all()
            env["product.product"].browse(self.product_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _new_orders(self, count, quantity=5):
        with self._env() as env:
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": self.partner_id,
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": self.product_id,
                                    "product_uom_qty": quantity,
                                }
                            )
                        ],
                    }
                ]
                * count
            )
            return orders.ids

    def _new_receipt(self, quantity):
        with self._env() as env:
            warehouse = env["stock.warehouse"].browse(self.warehouse_id)
            picking = env["stock.picking"].create(
                {
                    "picking_type_id": warehouse.in_type_id.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product_id,
                                "product_uom_qty": quantity,
                                "location_id": env.ref(
                                    "stock.stock_location_suppliers"
                                ).id,
                                "location_dest_id": warehouse.lot_stock_id.id,
                            }
                        )
                    ],
                }
            )
            picking.action_confirm()
            return picking.id

    def _run_at_once(self, *works):
        """Run each work in a thread and a transaction of its own, as requests do."""
        barrier, errors = threading.Barrier(len(works)), []

        def run(work):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    cr.execute("SELECT 1")
                    barrier.wait(30)
                    retrying(lambda: work(env), env)
            except Exception as error:  # noqa: BLE001 handed to the test below
                errors.append(error)

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        with mute_logger(*NOISE):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertFalse(errors)

    def _get_rows(self):
        with self._env() as env:
            return (
                env["sales.backorder"]
                .search([("product_id", "=", self.product_id)], order="id")
                .read(["order_id", "state", "qty_open", "qty_reserved", "qty_short"])
            )

    def test_two_confirmations(self):
        orders = self._new_orders(2)
        self._run_at_once(
            *(
                lambda env, order=order: (
                    env["sale.order"].browse(order).action_confirm()
                )
                for order in orders
            )
        )
        rows = self._get_rows()
        self.assertEqual(sorted(row["order_id"][0] for row in rows), orders)
        self.assertEqual({row["qty_short"] for row in rows}, {5.0})

    def test_two_receipts(self):
        """Both come in while two orders wait: ten units, ten reserved, none twice."""
        orders = self._new_orders(2)
        with self._env() as env:
            env["sale.order"].browse(orders).action_confirm()
        receipts = [self._new_receipt(4), self._new_receipt(6)]
        self._run_at_once(
            *(
                lambda env, receipt=receipt: (
                    env["stock.picking"].browse(receipt).button_validate()
                )
                for receipt in receipts
            )
        )
        rows = self._get_rows()
        self.assertEqual([row["qty_reserved"] for row in rows], [5.0, 5.0])
        self.assertEqual({row["state"] for row in rows}, {"filled"})

    def test_two_receipts_and_the_scheduler(self):
        """All three reserve at once, by rank: never more than there is, and all of it."""
        orders = self._new_orders(3)
        with self._env() as env:
            env["sale.order"].browse(orders).action_confirm()
            env.cr.flush()
            critical = env["sale.order"].browse(orders[2]).backorder_ids
            critical.write({"priority": "3"})
            product = env["product.product"].browse(self.product_id)
            stock = env["stock.warehouse"].browse(self.warehouse_id).lot_stock_id
            # Nobody was told of these: they wait for the scheduler.
            env["stock.quant"]._update_available_quantity(product, stock, 3)
        receipts = [self._new_receipt(4), self._new_receipt(6)]
        with self._scheduler_of_the_product():
            self._run_at_once(
                lambda env: env["stock.picking"].browse(receipts[0]).button_validate(),
                lambda env: env["stock.picking"].browse(receipts[1]).button_validate(),
                lambda env: env["stock.rule"]._run_scheduler_tasks(),
            )
        reserved = {row["order_id"][0]: row["qty_reserved"] for row in self._get_rows()}
        self.assertEqual(sum(reserved.values()), 13.0)
        self.assertEqual(reserved[orders[2]], 5.0)
        self._assert_reserved_on_hand()

    @contextmanager
    def _scheduler_of_the_product(self):
        """What is committed here must not change what other tests find."""
        mine = Domain("product_id", "=", self.product_id)
        with self._env() as env:
            rules = type(env["stock.rule"])
        moves, points = rules._get_moves_to_assign_domain, rules._get_orderpoint_domain
        with (
            patch.object(
                rules,
                "_get_moves_to_assign_domain",
                lambda self, company_id: moves(self, company_id) & mine,
            ),
            patch.object(
                rules,
                "_get_orderpoint_domain",
                lambda self, company_id=False: points(self, company_id) + list(mine),
            ),
        ):
            yield

    def _assert_reserved_on_hand(self):
        """Two transactions at once may leave a place in two records: their sums count."""
        with self._env() as env:
            places = env["stock.quant"]._read_group(
                [
                    ("product_id", "=", self.product_id),
                    ("location_id.usage", "=", "internal"),
                ],
                ["location_id"],
                ["reserved_quantity:sum", "quantity:sum"],
            )
            self.assertTrue(places)
            for location, reserved, quantity in places:
                self.assertLessEqual(reserved, quantity, location.display_name)

    def test_reallocated_while_it_is_shipped(self):
        """One deals the goods out anew, one ships them: what is shipped is not dealt."""
        orders = self._new_orders(2)
        with self._env() as env:
            env["sale.order"].browse(orders[0]).action_confirm()
        receipt = self._new_receipt(5)
        with self._env() as env:
            env["stock.picking"].browse(receipt).button_validate()
        with self._env() as env:
            policy = env["sales.backorder.policy"].create(
                {"name": "Race", "strategy": "redistribute"}
            )
            self.addCleanup(self._remove_policy, policy.id)
            second = env["sale.order"].browse(orders[1])
            second.action_confirm()
            env.cr.flush()
            second.backorder_ids.write({"priority": "3"})
            run = env["sales.backorder.run"].create(
                {"product_ids": [Command.set([self.product_id])]}
            )
            run.action_propose()
            self.assertEqual(run.change_count, 2)
            run_id, first = run.id, env["sale.order"].browse(orders[0])
            picking_id = first.picking_ids.id

        def reallocate(env):
            with suppress(AllocationError):
                env["sales.backorder.run"].browse(run_id).action_apply()

        def ship(env):
            picking = env["stock.picking"].browse(picking_id)
            if picking.state == "assigned":
                picking.button_validate()

        self._run_at_once(reallocate, ship)
        with self._env() as env:
            moves = env["stock.move"].search(
                [("product_id", "=", self.product_id), ("sale_line_id", "!=", False)]
            )
            self.assertEqual(sum(moves.mapped("quantity")), 5.0)
        self._assert_reserved_on_hand()

    def _remove_policy(self, policy_id):
        with self._env() as env:
            # Applied runs are kept for good.
            env.cr.execute(
                SQL(
                    "DELETE FROM sales_backorder_run WHERE id IN (SELECT run_id FROM "
                    "sales_backorder_run_line WHERE product_id = %s)",
                    self.product_id,
                )
            )
            env["sales.backorder.policy"].browse(policy_id).unlink()

    def test_same_line_twice(self):
        """The unique index stops the second record; running again finds the first."""
        (order,) = self._new_orders(1)
        with self._env() as env:
            model = type(env["sale.order.line"])
            original = model._note_stock_changes
            # The confirmation without its record, as if both came in between.
            model._note_stock_changes = lambda *args, **kwargs: None
            try:
                env["sale.order"].browse(order).action_confirm()
                env.flush_all()
            finally:
                model._note_stock_changes = original
        with self.registry.cursor() as one, self.registry.cursor() as two:
            for cr in (one, two):
                cr.execute("SELECT 1")
            self._sync_line(one, order)
            one.commit()
            with mute_logger(*NOISE), self.assertRaises(ConcurrencyError):
                self._sync_line(two, order)
            two.rollback()
            self._sync_line(two, order)
            two.commit()
        rows = self._get_rows()
        self.assertEqual([row["qty_short"] for row in rows], [5.0])

    def _sync_line(self, cr, order):
        env = api.Environment(cr, SUPERUSER_ID, {})
        lines = env["sale.order"].browse(order).order_line
        env["sales.backorder"]._sync(lines)
        cr.flush()


class _Transaction:
    """A transaction that is committed when the block ends well."""

    def __init__(self, registry):
        self._cursor = registry.cursor()

    def __enter__(self):
        self._cursor.__enter__()
        return api.Environment(self._cursor, SUPERUSER_ID, {})

    def __exit__(self, *error):
        return self._cursor.__exit__(*error)
