from odoo.exceptions import UserError

from ..validation.common import ValidationCommon


class RestrictionCommon(ValidationCommon):
    """Lists kept by those who may, orders by a salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._new_user(
            "tsop_off", "sales_order_plus.group_compliance_officer"
        )
        cls.spirits = cls.env["product.category"].create({"name": "T Spirits"})
        cls.brandy = cls._new_product("Test Brandy", 24.0, categ_id=cls.spirits.id)
        cls.tag = cls.env["product.tag"].create({"name": "T Dual-use"})
        cls.laser = cls._new_product(
            "Test Laser", 900.0, product_tag_ids=cls.tag.ids, weight=2
        )
        cls.abroad = cls.env.ref("base.jp")
        cls.address = cls.env["res.partner"].create(
            {
                "name": "Test Branch",
                "parent_id": cls.customer.id,
                "type": "other",
                "country_id": cls.abroad.id,
            }
        )

    def _new_entry(self, model, user=None, **values):
        return self.env[model].with_user(user or self.manager).create(values)

    def _assert_refused_everywhere(self, order, *codes):
        """Refused by the button and by RPC; held when the customer signs."""
        text = self._assert_refused(order, *codes)
        with self.assertRaises(UserError), self.cr.savepoint():
            order.write({"state": "sale"})
        order.invalidate_recordset()
        self.assertIn(order.state, ("draft", "sent"))
        # As the page of the customer does when he signs.
        order.sudo()._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.hold_since)
        return text
