from odoo.fields import Command

from ..revenue.common_revenue import RevenueCommon


class BundleCommon(RevenueCommon):
    """A box: a card, three of six teas, honey for who likes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._new_product("Test Card", 4.0, invoice_policy="order")
        cls.honey = cls._new_product("Test Honey", 9.0, invoice_policy="order")
        cls.teas = cls.env["product.product"]
        for number, price in enumerate((8.0, 10.0, 14.0, 7.0, 6.0, 16.0)):
            cls.teas |= cls._new_product(
                f"Test Tea {number}", price, type="service", invoice_policy="order"
            )
        cls.tea_combo = cls._new_combo("Teas", cls.teas, {2: 2.0, 5: 3.0})
        cls.card_combo = cls._new_combo("A card", cls.card)
        cls.honey_combo = cls._new_combo("On top", cls.honey, {0: 5.0})
        cls.boxed = cls._new_plan(
            "Boxed",
            bundle_line_ids=[
                Command.create(
                    {"combo_id": cls.tea_combo.id, "kind": "choose", "choose_count": 3}
                ),
                Command.create({"combo_id": cls.card_combo.id, "kind": "fixed"}),
                Command.create({"combo_id": cls.honey_combo.id, "kind": "optional"}),
            ],
        )
        combos = cls.tea_combo | cls.card_combo | cls.honey_combo
        cls.tea_box = cls._new_recurring(
            "Test Tea Box",
            25.0,
            cls.boxed,
            type="combo",
            combo_ids=[Command.set(combos.ids)],
        )

    @classmethod
    def _new_combo(cls, name, products, extras=()):
        extras = dict(extras)
        return cls.env["product.combo"].create(
            {
                "name": name,
                "combo_item_ids": [
                    Command.create(
                        {"product_id": product.id, "extra_price": extras.get(number, 0)}
                    )
                    for number, product in enumerate(products)
                ],
            }
        )

    def _get_items(self, *products):
        combos = self.tea_combo | self.card_combo | self.honey_combo
        return combos.combo_item_ids.filtered(
            lambda item: any(item.product_id == product for product in products)
        )

    def _start_box(self, start="2026-01-10", quantity=1, **values):
        subscription = self._new_subscription(
            start, (self.tea_box, quantity), plan_id=self.boxed.id, **values
        )
        subscription.action_start()
        return subscription.sudo()
