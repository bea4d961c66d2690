from functools import partial

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common_equal import EqualCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 10:00:00")
class TestEqual(EqualCommon):
    """Orders that come in together leave the rows Odoo would have written."""

    # === Plain orders === #

    def test_enough_stock(self):
        self._fill()

        def expect(orders):
            self.assertEqual(set(orders.mapped("state")), {"sale"})
            self.assertEqual(set(orders.picking_ids.mapped("state")), {"assigned"})
            self.assertEqual(len(orders.picking_ids), 8)

        rows = self._compare(self._draw(8), expect)
        self.assertEqual(len(rows["stock.move.line"]), 16)
        self.assertTrue(all(row["reserved_quantity"] for row in rows["stock.quant"]))
        self.assertTrue(all(row["price_tax"] for row in rows["sale.order.line"]))

    def test_reserved_together(self):
        """The rows are equal because both are right, not because ours is off."""
        self._fill()
        calls = self._spy("stock.move.line", "create")
        self._try(partial(self._take_in, self._draw(8)))
        self.assertEqual([len(vals) for vals in calls if vals], [16])
        calls.clear()
        self._try(partial(self._confirm_plain, self._draw(8)))
        self.assertEqual([len(vals) for vals in calls if vals], [1] * 16)

    def test_short_stock(self):
        self._set_stock(self.goods[0], 5)
        self._set_stock(self.goods[1], 0.5)

        def expect(orders):
            states = orders.order_line.move_ids.mapped("state")
            self.assertEqual(
                set(states), {"assigned", "partially_available", "confirmed"}
            )

        self._compare(self._draw(6), expect)

    def test_nothing_there(self):
        rows = self._compare(self._draw(4))
        self.assertFalse(rows["stock.move.line"])
        self.assertEqual({row["state"] for row in rows["stock.move"]}, {"confirmed"})

    def test_negative_stock(self):
        self._fill()
        self._set_stock(self.goods[0], -1003)
        self._compare(self._draw(4))

    def test_same_product_twice_in_an_order(self):
        self._fill(7)
        product = self.goods[0]
        lines = [(product, 2), (self.goods[1], 1), (product, 3)]
        self._compare([("E0", lines), ("E1", lines)])

    def test_services_and_consumables(self):
        self._fill()
        consumable = self._new_product("TSOP consumable", 3, type="consu")
        orders = [
            ("E0", [(self.service, 1)]),
            ("E1", [(self.service, 2), (self.goods[0], 1)]),
            ("E2", [(consumable, 4), (self.goods[0], 2)]),
            ("E3", [(consumable, 1), (self.service, 1)]),
        ]
        rows = self._compare(orders)
        self.assertEqual(len(rows["stock.picking"]), 3)

    def test_delivered_at_once(self):
        """With the policy to deliver all at once a transfer waits for its last move."""
        self._set_stock(self.goods[0], 3)
        self._compare_confirming(self._draw(4), picking_policy="one")

    def test_commitment_date(self):
        self._fill()
        self._compare_confirming(self._draw(3), commitment_date="2026-03-20 08:00:00")

    # === Units, prices and taxes === #

    def test_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._set_stock(self.goods[0], 31)
        self._set_stock(self.goods[1], 31)
        orders = [(f"E{n}", [(self.goods[0], 1), (self.goods[1], 5)]) for n in range(3)]

        def create():
            records = self._create_plain(orders)
            for record in records:
                record.order_line[0].product_uom_id = dozen
            return records

        def expect(orders):
            moves = orders.order_line.move_ids
            self.assertIn("partially_available", moves.mapped("state"))

        self.env["ir.config_parameter"].sudo().set_param("stock.propagate_uom", "1")
        self.assertSameRows(
            lambda: self._confirm(create()),
            lambda: self._confirm_together(create()),
            expect,
        )

    def test_fractions(self):
        """What a unit rounds is reserved as it is rounded."""
        kilos = self.env.ref("uom.product_uom_kgm")
        product = self._new_product("TSOP kg", 2, is_storable=True, uom_id=kilos.id)
        self._set_stock(product, 2.005)
        orders = [(f"E{n}", [(product, 0.333)]) for n in range(8)]
        self._compare(orders)

    def test_pricelist_and_fiscal_position(self):
        self._fill()
        exempt = self.env["account.tax"].create(
            {
                "name": "TSOP 0%",
                "amount": 0,
                "type_tax_use": "sale",
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        position = self.env["account.fiscal.position"].create(
            {"name": "TSOP abroad", "tax_ids": [Command.set(exempt.ids)]}
        )
        pricelists = self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids = [Command.link(pricelists.id)]
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "TSOP",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10,
                            "min_quantity": 3,
                        }
                    )
                ],
            }
        )
        self.customer.write(
            {
                "property_account_position_id": position.id,
                "property_product_pricelist": pricelist.id,
            }
        )
        rows = self._compare(self._draw(4))
        self.assertEqual({row["price_tax"] for row in rows["sale.order.line"]}, {0})
        self.assertEqual(
            {row["pricelist_id"] for row in rows["sale.order"]}, {pricelist.id}
        )

    # === What people are told === #

    def test_messages(self):
        """Followers are told what they follow, in answers to what was said."""
        self._fill()
        subtypes = self.env["mail.message.subtype"].search([])
        people = self.customer | self.colleague.partner_id

        def create():
            records = self._create_plain(self._draw(4))
            for record in records[1:]:
                record.message_subscribe(people.ids, subtypes.ids)
            for number, record in enumerate(records):
                for _message in range(number):
                    record.message_post(body=record.name, message_type="comment")
            # Of what is new to the transaction no change is told.
            self.env.cr.flush()
            return records.with_context(tracking_disable=False)

        rows = self.assertSameRows(
            lambda: self._confirm(create()),
            lambda: self._confirm_together(create()),
        )
        told = {partner for row in rows["messages"] for partner in row[6]}
        self.assertIn(self.colleague.partner_id.id, told)
        self.assertTrue(any(row[7] for row in rows["messages"]))

    def test_followers_of_all_notes(self):
        """Who follows notes by default is told where a transfer comes from."""
        self._fill()
        self.env.ref("mail.mt_note").default = True
        self._compare_confirming(self._draw(3))
