from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import AllocationError
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestReallocation(BackorderCommon):
    """Who holds goods is dealt out anew: as shown, explained, and never too much."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.env["res.partner"].create(
            {"name": "Test VIP", "customer_class": "vip"}
        )

    def _new_policy(self, strategy, **values):
        return (
            self.env["sales.backorder.policy"]
            .with_user(self.manager)
            .create({"name": f"Test {strategy}", "strategy": strategy, **values})
        )

    def _new_run(self, **values):
        run = self.env["sales.backorder.run"].with_user(self.storeman)
        run = run.create({"product_ids": [Command.set(self.product.ids)], **values})
        run.action_propose()
        return run

    def _apply(self, run):
        run.action_apply()
        self._flush()

    def _reserved(self, *orders):
        return [
            sum(order.sudo().order_line.move_ids.mapped("quantity")) for order in orders
        ]

    # === VIP === #

    def test_vip_takes_from_a_standard_order(self):
        self._new_policy("best", customer_class="vip")
        self._set_stock(self.product, 5)
        standard = self._confirm((self.product, 5))
        vip = self._confirm((self.product, 5), partner_id=self.vip.id)
        self.assertEqual(self._reserved(standard, vip), [5.0, 0.0])
        run = self._new_run()
        self.assertEqual(self._reserved(standard, vip), [5.0, 0.0])
        self.assertRecordValues(
            run.line_ids.sorted("rank"),
            [
                {"order_id": vip.id, "qty_before": 0.0, "qty_after": 5.0, "rank": 1},
                {
                    "order_id": standard.id,
                    "qty_before": 5.0,
                    "qty_after": 0.0,
                    "rank": 2,
                },
            ],
        )
        self._apply(run)
        self.assertEqual(self._reserved(standard, vip), [0.0, 5.0])
        self.assertFigures(self._find(standard), short=5.0)
        self.assertEqual(self._find(vip, states=("filled",)).qty_reserved, 5.0)
        for order in (standard, vip):
            event = (
                self.env["sales.audit.event"]
                .sudo()
                .search(
                    [
                        ("model", "=", "sale.order"),
                        ("res_id", "=", order.id),
                        ("code", "=", "backorder.reallocated"),
                    ]
                )
            )
            self.assertEqual(event.user_id, self.storeman)
            self.assertEqual(event.data["run"], run.name)
            self.assertIn(run.name, "".join(order.sudo().message_ids.mapped("body")))

    def test_many_over_two_shelves(self):
        """Goods on two shelves, many who gain and lose at once: as shown, to the piece."""
        self._new_policy("best", customer_class="vip")
        self._new_policy("fair", sequence=20)
        shelf = self.env["stock.location"].create(
            {"name": "TSBO Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        self._set_stock(self.product, 8)
        self.env["stock.quant"]._update_available_quantity(self.product, shelf, 7)
        plain = [self._confirm((self.product, 4)) for _number in range(4)]
        picked = self._pickings(plain[0])
        picked.move_line_ids.picked = True
        vips = [
            self._confirm((self.product, 3), partner_id=self.vip.id)
            for _number in range(2)
        ]
        self.env["stock.quant"]._update_available_quantity(self.product, shelf, 2)
        run = self._new_run()
        shown = {line.order_id: line.qty_after for line in run.line_ids}
        self._apply(run)
        orders = [*plain, *vips]
        self.assertEqual(self._reserved(*orders), [shown[one] for one in orders])
        self.assertEqual(self._reserved(*vips), [3.0, 3.0])
        self.assertEqual(self._reserved(plain[0]), [4.0])
        # Seven are left for three who want four each: nobody gets a part of a piece.
        self.assertEqual(self._reserved(*plain[1:]), [3.0, 2.0, 2.0])
        moves = self.env["sale.order"].union(*orders).sudo().order_line.move_ids
        for move in moves:
            full = move.quantity >= move.product_uom_qty
            state = "assigned" if full else "partially_available"
            self.assertEqual(move.state, state if move.quantity else "confirmed")
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product.id),
                ("location_id", "child_of", self.warehouse.lot_stock_id.id),
            ]
        )
        self.assertEqual(sum(quants.mapped("reserved_quantity")), 17.0)
        for quant in quants:
            details = moves.move_line_ids.filtered(
                lambda one, place=quant.location_id: one.location_id == place
            )
            self.assertEqual(quant.reserved_quantity, sum(details.mapped("quantity")))
            self.assertLessEqual(quant.reserved_quantity, quant.quantity)

    def test_second_run_proposes_nothing(self):
        self._new_policy("best", customer_class="vip")
        self._set_stock(self.product, 5)
        self._confirm((self.product, 5))
        self._confirm((self.product, 5), partner_id=self.vip.id)
        self._apply(self._new_run())
        again = self._new_run()
        self.assertFalse(again.line_ids)
        self.assertEqual(again.change_count, 0)

    def test_firm_reservations_stay(self):
        """Picked, packed, printed, in lots or promised soon: never taken."""
        self._new_policy("best", customer_class="vip")
        plain = self._new_policy("redistribute", sequence=20, firm_days=3)
        soon = fields.Datetime.now() + timedelta(days=2)

        def pick(picking):
            picking.move_line_ids.picked = True

        def pack(picking):
            picking.move_line_ids.result_package_id = (
                self.env["stock.package"].sudo().create({"name": "TSBO-PACK"})
            )

        def print_it(picking):
            picking.printed = True

        cases = {
            "picked": (pick, {}),
            "packed": (pack, {}),
            "printed": (print_it, {}),
            "promised": (lambda picking: None, {"commitment_date": soon}),
        }
        for reason, (act, values) in cases.items():
            with self.subTest(reason=reason):
                product = self._new_product(f"Test {reason}", 5.0, is_storable=True)
                self._set_stock(product, 5)
                standard = self._confirm((product, 5), **values)
                act(self._pickings(standard))
                vip = self._confirm((product, 5), partner_id=self.vip.id)
                move = standard.sudo().order_line.move_ids
                self.assertEqual(move._get_firm_reason(plain.sudo()), reason)
                run = self._new_run(product_ids=[Command.set(product.ids)])
                self.assertFalse(run.line_ids)
                self.assertEqual(self._reserved(standard, vip), [5.0, 0.0])

    def test_without_policies_nobody_loses(self):
        self._set_stock(self.product, 5)
        first = self._confirm((self.product, 5))
        second = self._find(self._confirm((self.product, 5)))
        second.priority = "3"
        self.assertFalse(self._new_run().line_ids)
        self.assertEqual(self._reserved(first), [5.0])

    # === Strategies === #

    def test_keep(self):
        self._new_policy("best", customer_class="vip")
        self._new_policy("keep", sequence=20)
        self._set_stock(self.product, 5)
        standard = self._confirm((self.product, 5))
        self._confirm((self.product, 5), partner_id=self.vip.id)
        self.assertFalse(self._new_run().line_ids)
        self.assertEqual(self._reserved(standard), [5.0])

    def test_redistribute_by_promise(self):
        self._new_policy("redistribute")
        self._set_stock(self.product, 5)
        now = fields.Datetime.now()
        late = self._confirm((self.product, 5), commitment_date=now + timedelta(days=9))
        soon = self._confirm((self.product, 4), commitment_date=now + timedelta(days=2))
        self._apply(self._new_run())
        self.assertEqual(self._reserved(late, soon), [1.0, 4.0])

    def test_fair_share(self):
        self._new_policy("fair")
        self._set_stock(self.product, 8)
        orders = [self._confirm((self.product, qty)) for qty in (8, 4, 4)]
        self.assertEqual(self._reserved(*orders), [8.0, 0.0, 0.0])
        self._apply(self._new_run())
        self.assertEqual(self._reserved(*orders), [4.0, 2.0, 2.0])
        self.assertFalse(self._new_run().line_ids)

    def test_give_way(self):
        self._new_policy("give", customer_class="vip")
        self._set_stock(self.product, 5)
        polite = self._confirm((self.product, 5), partner_id=self.vip.id)
        other = self._confirm((self.product, 3))
        self._apply(self._new_run())
        self.assertEqual(self._reserved(polite, other), [2.0, 3.0])

    def test_tier_gets_the_next_receipt(self):
        """Policies also rank who is served when goods arrive; nobody runs anything."""
        self._new_policy("best", customer_class="vip")
        standard = self._confirm((self.product, 5))
        vip = self._confirm((self.product, 5), partner_id=self.vip.id)
        self._receive(self.product, 6)
        self.assertEqual(self._reserved(standard, vip), [1.0, 5.0])

    # === As shown === #

    def test_stock_changed_since_the_proposal(self):
        self._new_policy("best", customer_class="vip")
        self._set_stock(self.product, 5)
        standard = self._confirm((self.product, 5))
        vip = self._confirm((self.product, 5), partner_id=self.vip.id)
        run = self._new_run()
        self._set_stock(self.product, 2)
        with (
            self.assertRaises(AllocationError) as caught,
            self.env.cr.savepoint(),
        ):
            run.action_apply()
        self.assertEqual(caught.exception.context["rule"], "stale")
        self.assertEqual(self._reserved(standard, vip), [5.0, 0.0])
        run.action_propose()
        self._apply(run)
        self.assertEqual(self._reserved(standard, vip), [2.0, 5.0])

    def test_not_without_a_look(self):
        run = self.env["sales.backorder.run"].with_user(self.storeman).create({})
        with self.assertRaises(AllocationError):
            run.action_apply()

    def test_applied_run_is_a_log(self):
        self._new_policy("best", customer_class="vip")
        self._set_stock(self.product, 5)
        self._confirm((self.product, 5))
        self._confirm((self.product, 5), partner_id=self.vip.id)
        run = self._new_run()
        self._apply(run)
        line = run.line_ids[0]
        self.assertIn("Place 1 of 2: Medium, Test best (Best first)", line.explanation)
        self.assertIn("It gains 5 Units.", line.explanation)
        with self.assertRaises(AllocationError), self.env.cr.savepoint():
            run.warehouse_id = self.warehouse
        with self.assertRaises(AllocationError), self.env.cr.savepoint():
            run.unlink()
        with self.assertRaises(AllocationError):
            run.action_apply()
        with self.assertRaises(AccessError):
            line.write({"qty_after": 1.0})

    def test_proposals_cost_a_constant(self):
        """A proposal over nine orders costs about as many queries as over three."""
        self._new_policy("redistribute")
        self._set_stock(self.product, 4)
        now, counts = fields.Datetime.now(), []
        for size in (3, 6):
            for day in range(size):
                promised = now + timedelta(days=30 - day)
                self._confirm((self.product, 2), commitment_date=promised)
            run = self.env["sales.backorder.run"].with_user(self.storeman)
            run = run.create({"product_ids": [Command.set(self.product.ids)]})
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            run.action_propose()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
            self.assertTrue(run.line_ids)
        self.assertLessEqual(counts[1] - counts[0], 12, counts)

    def test_who_may_reallocate(self):
        for user in (self.salesman, self.portal_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["sales.backorder.run"].with_user(user).create({})
        self.env["sales.backorder.run"].with_user(self.manager).create({})

    def test_dozens(self):
        """Quantities of moves are in their own unit; goods are counted in the product's."""
        self._new_policy("best", customer_class="vip")
        self._set_stock(self.product, 18)
        standard = self._confirm((self.product, 18))
        vip = self._new_order((self.product, 1), partner_id=self.vip.id)
        vip.order_line.product_uom_id = self.dozen
        vip.action_confirm()
        self._flush()
        self._apply(self._new_run())
        moves = (standard | vip).sudo().order_line.move_ids
        held = {m.sale_line_id.order_id: m._get_moved_quantity() for m in moves}
        self.assertEqual((held[standard], held[vip]), (6.0, 12.0))

    def test_two_steps(self):
        """The picking from the shelf is what reserves; it is what is dealt out."""
        self._new_policy("best", customer_class="vip")
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.product, 5)
        standard = self._confirm((self.product, 5))
        vip = self._confirm((self.product, 5), partner_id=self.vip.id)
        self._apply(self._new_run())
        self.assertEqual(self._reserved(standard, vip), [0.0, 5.0])
