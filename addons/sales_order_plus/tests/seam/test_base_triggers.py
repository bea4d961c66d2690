from odoo.orm.models import BaseModel
from odoo.tests import TransactionCase, tagged

from ...models.seam.base_triggers import MERGED


@tagged("post_install", "-at_install")
class TestBaseTriggers(TransactionCase):
    """What is computed when fields change is what Odoo computes."""

    def _get_triggered(self, modified, records, names):
        fields = [records._fields[name] for name in names]
        found = modified(records, fields, False)
        return [(field, changed._name, changed._ids) for field, changed, _new in found]

    def _assert_same(self, records, names):
        ours = self._get_triggered(type(records)._modified, records, names)
        core = self._get_triggered(BaseModel._modified, records, names)
        # Branches of the tree may come in another order.
        self.assertCountEqual(ours, core)
        return ours

    def setUp(self):
        super().setUp()
        partner = self.env["res.partner"].create({"name": "Triggers"})
        product = self.env["product.product"].create({"name": "Pulled"})
        self.order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [(0, 0, {"product_id": product.id})] * 2,
            }
        )
        self.env.flush_all()

    def test_of_every_kind(self):
        line = self.order.order_line[0]
        for records in (self.order, line, line.product_id, self.order.partner_id):
            names = list(records._fields)
            for some in (names, names[::3], names[:1], ["create_uid"], ["write_date"]):
                with self.subTest(model=records._name, count=len(some)):
                    self._assert_same(records, some)

    def test_of_what_is_known_by_now(self):
        """Fields that are computed when they are read count once they were read."""
        self.env.invalidate_all()
        names = ["product_uom_qty", "price_unit"]
        line = self.order.order_line[0]
        before = self._assert_same(line, names)
        self.order.mapped("tax_totals")
        after = self._assert_same(line, names)
        self.assertLess(len(before), len(after))

    def test_changed_fields_change_what_is_kept(self):
        """As when a field is added from the screen."""
        pool = self.env.registry
        self._assert_same(self.order, ["partner_id", "company_id"])
        self.assertIn(MERGED, pool._field_trigger_trees)
        pool._discard_fields([])
        self.assertNotIn(MERGED, pool._field_trigger_trees)
        self._assert_same(self.order, ["partner_id", "company_id"])

    def test_nothing_depends_on_it(self):
        self.assertEqual(self._assert_same(self.order, ["access_token"]), [])
