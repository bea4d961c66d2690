from .common import ProformaCommon


class CustomsCommon(ProformaCommon):
    """An American company that sells two kinds of goods to Paris."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.italy = cls.env.ref("base.it")
        cls.warehouse.partner_id.country_id = cls.env.ref("base.us")
        cls.company.partner_id.country_id = cls.env.ref("base.us")
        cls.customer.write(
            {
                "street": "Rue de la Paix 1",
                "city": "Paris",
                "zip": "75002",
                "country_id": cls.france.id,
                "eori": "FR123456789",
            }
        )
        cls.goods = cls._new_product(
            "Silk Scarf", 40.0, is_storable=True, weight=0.25, default_code="SCARF"
        )
        cls.fair = cls._new_product("Poster", 10.0, is_storable=True, weight=0.1)
        for product in cls.goods | cls.fair:
            cls._set_stock(product, 100)

    def _complete(self, products=None):
        (products or self.goods | self.fair).write(
            {"hs_code": "6214.10", "country_of_origin": self.italy.id}
        )

    def _new_shipped(self, quantity=3):
        """Order 5 and 2, ship ``quantity`` of the first and 2 of the second."""
        order = self._new_order((self.goods, 5), (self.fair, 2))
        order.action_confirm()
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = quantity if move.product_id == self.goods else 2
            move.picked = True
        picking._action_done()
        return order

    def _declare(self, order, **values):
        action = order.with_user(self.salesman).action_customs_documents()
        declaration = self.env["sales.customs.declaration"].browse(action["res_id"])
        if values:
            declaration.with_user(self.salesman).write(values)
        return declaration.with_user(self.salesman)
