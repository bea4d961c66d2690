from odoo.fields import Command
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestMetrics(ApprovalCommon):
    """Every way to give a discount, and what it measures; values by hand."""

    def _measure(self, *lines, basis="discount", **values):
        """Return the discount of an order; ``lines`` are dictionaries."""
        order = self._new_order(
            **{
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 1, **line}
                    )
                    for line in lines
                ],
                **values,
            }
        )
        return order._get_approval_metrics({basis, "amount"})[order.id][basis]

    def test_line_discount(self):
        self.assertEqual(self._measure({"discount": 12.5}), 12.5)

    def test_lowered_price(self):
        self.assertEqual(self._measure({"price_unit": 80}), 20)

    def test_lowered_price_and_line_discount(self):
        """100 -> 80 -> 10 % less = 72."""
        self.assertEqual(self._measure({"price_unit": 80, "discount": 10}), 28)

    def test_average_over_lines(self):
        """200 by the book, 200 - 30 paid: 15 %."""
        self.assertEqual(self._measure({"discount": 30}, {}), 15)

    def test_negative_line(self):
        """2 x 100 by the book, 50 given back: 25 %."""
        back = {"product_id": self.service.id, "price_unit": -50}
        self.assertEqual(self._measure({"product_uom_qty": 2}, back), 25)

    def test_negative_quantity(self):
        back = {"product_uom_qty": -1}
        self.assertEqual(self._measure({"product_uom_qty": 4}, back), 25)

    def test_free_item(self):
        """A second piece for nothing: 200 by the book, 100 paid."""
        self.assertEqual(self._measure({}, {"price_unit": 0}), 50)

    def test_surcharge_does_not_hide_a_discount(self):
        """100 sold at 60 and 100 sold at 140: paid in full, but 40 of 200 given."""
        self.assertEqual(self._measure({"price_unit": 60}, {"price_unit": 140}), 20)

    def test_discount_wizard(self):
        self.company.sale_discount_product_id = self._new_product(
            "Discount", 0, type="service"
        )
        order = self._new_discounted(0, quantity=2)
        self.env["sale.order.discount"].with_user(self.salesman).create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.3,
            }
        ).action_apply_discount()
        self.assertEqual(order.amount_untaxed, 140)
        self.assertEqual(
            order._get_approval_metrics({"discount"})[order.id]["discount"], 30
        )

    def test_product_without_price_counts_as_sold(self):
        """500 of work priced by hand and 100 sold at 40: 60 of 600 given."""
        work = self._new_product("Work", 0, type="service")
        found = self._measure(
            {"product_id": work.id, "price_unit": 500}, {"price_unit": 40}
        )
        self.assertEqual(found, 10)

    def test_only_a_discount(self):
        work = self._new_product("Work", 0, type="service")
        self.assertEqual(self._measure({"product_id": work.id, "price_unit": -5}), 100)

    def test_empty_order(self):
        order = self._new_order(order_line=[])
        self.assertEqual(
            order._get_approval_metrics({"discount", "amount"})[order.id],
            {"discount": 0, "amount": 0},
        )

    def test_sections_and_notes_do_not_count(self):
        order = self._new_discounted(20)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Section"}),
            Command.create({"display_type": "line_note", "name": "Note"}),
        ]
        self.assertEqual(
            order._get_approval_metrics({"discount"})[order.id]["discount"], 20
        )

    def test_other_unit(self):
        """A dozen costs 1,200 by the book."""
        dozen = self.env.ref("uom.product_uom_dozen")
        found = self._measure({"product_uom_id": dozen.id, "price_unit": 900})
        self.assertEqual(found, 25)

    def test_variant_extra_price(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "XL", "default_extra_price": 100}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "list_price": 100,
                "taxes_id": False,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        large = template.product_variant_ids[1]
        self.assertEqual(large.lst_price, 200)
        found = self._measure({"product_id": large.id, "price_unit": 100})
        self.assertEqual(found, 50)

    def test_tax_included_in_the_book_price(self):
        """110 with 10 % tax inside is 100 by the book; 80 without tax is 20 % less."""
        inside = self.env["account.tax"].create(
            {
                "name": "10 inside",
                "amount": 10,
                "price_include_override": "tax_included",
            }
        )
        product = self._new_product("Taxed", 110)
        product.taxes_id = inside
        line = {"product_id": product.id, "price_unit": 88, "tax_ids": inside.ids}
        self.assertEqual(self._measure(line), 20)
        line = {"product_id": product.id, "price_unit": 80, "tax_ids": []}
        self.assertEqual(self._measure(line), 20)

    def test_cheaper_price_list_counts(self):
        """The price list takes 30 % off: a discount from the sales price."""
        pricelist = self._new_pricelist(30)
        order_values = {"pricelist_id": pricelist.id}
        self.assertEqual(self._measure({}, **order_values), 30)
        self.assertEqual(
            self._measure({}, basis="pricelist_discount", **order_values), 0
        )

    def test_below_the_price_list(self):
        """70 by the price list, sold at 63: 10 %."""
        found = self._measure(
            {"price_unit": 63},
            basis="pricelist_discount",
            pricelist_id=self._new_pricelist(30).id,
        )
        self.assertEqual(found, 10)

    def _new_pricelist(self, percent):
        return self.env["product.pricelist"].create(
            {
                "name": "Cheap",
                "item_ids": [
                    Command.create(
                        {"compute_price": "formula", "price_discount": percent}
                    )
                ],
            }
        )

    def test_delivery_charge_does_not_count(self):
        order = self._new_discounted(20)
        charge = self._new_product("Freight", 0, type="service")
        carrier = self.env["delivery.carrier"].create(
            {"name": "Truck", "product_id": charge.id, "fixed_price": 1000}
        )
        order.set_delivery_line(carrier, 1000)
        self.assertTrue(order.order_line.filtered("is_delivery"))
        self.assertEqual(order.amount_untaxed, 1080)
        self.assertEqual(
            order._get_approval_metrics({"discount", "amount"})[order.id],
            {"discount": 20, "amount": 80},
        )

    def test_forged_delivery_line_counts(self):
        """``is_delivery`` is a plain field: without the carrier it hides nothing."""
        order = self._new_discounted(0, quantity=3)
        order.order_line.is_delivery = True
        self.assertEqual(
            order._get_approval_metrics({"amount"})[order.id]["amount"], 300
        )
        order.order_line = [
            Command.create(
                {"product_id": self.service.id, "price_unit": -60, "is_delivery": True}
            )
        ]
        self.assertEqual(
            order._get_approval_metrics({"discount"})[order.id]["discount"], 20
        )

    def test_forged_totals_do_not_count(self):
        """Stored totals and rates can be written over RPC; they are not what counts."""
        order = self._new_discounted(20, quantity=4)
        order.write({"amount_untaxed": 1, "amount_total": 1, "currency_rate": 1000})
        order.order_line.write({"price_subtotal": 1, "technical_price_unit": 80})
        self.env.flush_all()
        self.assertEqual(
            order._get_approval_metrics({"discount", "amount"})[order.id],
            {"discount": 20, "amount": 320},
        )

    def test_combo(self):
        """A combo of 120 over items of 100 and 50 is no discount; 20 % less is."""
        combos = self.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for product in self.product + self.service
            ]
        )
        menu = self._new_product("Menu", 120, type="combo", combo_ids=combos.ids)
        order = self._new_order((menu, 1))
        order.order_line = [
            Command.create(
                {
                    "product_id": item.product_id.id,
                    "combo_item_id": item.id,
                    "linked_line_id": order.order_line[0].id,
                    "product_uom_qty": 1,
                }
            )
            for item in combos.combo_item_ids
        ]
        self.assertEqual(order.amount_untaxed, 120)
        self.assertEqual(
            order._get_approval_metrics({"discount"})[order.id]["discount"], 0
        )
        order.order_line.discount = 20
        self.assertEqual(
            order._get_approval_metrics({"discount"})[order.id]["discount"], 20
        )

    def test_fingerprint_follows_what_is_sold(self):
        order = self._new_discounted(20)

        def fingerprint():
            return order._get_approval_fingerprint(order._get_approval_snapshot())

        seen = {fingerprint()}
        for values in (
            {"discount": 21},
            {"price_unit": 99},
            {"product_uom_qty": 2},
            {"product_id": self.service.id},
        ):
            order.order_line.write(values)
            self.assertNotIn(fingerprint(), seen, values)
            seen.add(fingerprint())
        self.assertEqual(len(fingerprint()), 64)

    def test_fingerprint_ignores_order_and_names(self):
        order = self._new_order((self.product, 1), (self.service, 2))
        before = order._get_approval_fingerprint(order._get_approval_snapshot())
        first, second = order.order_line
        first.write({"sequence": 99, "name": "Other words"})
        second.sequence = 1
        order.client_order_ref = "X"
        after = order._get_approval_fingerprint(order._get_approval_snapshot())
        self.assertEqual(before, after)
