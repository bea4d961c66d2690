from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import SalesPlusCommon

# Fields of ours that a customer may read of his own order.
PORTAL_FIELDS = {
    # For him without what is kept back: see test_portal_user_reads_no_assortment.
    "assortment_domain",
    "closing_text",
    "intro_text",
    "lifecycle_stage",
    "reordered_on",
    "revision_number",
    "terms_version",
}


@tagged("post_install", "-at_install")
class TestPortalFields(SalesPlusCommon):
    def test_margin_is_internal(self):
        order = self._new_order((self.product, 1)).sudo()
        order.partner_id = self.portal_user.partner_id
        order.message_subscribe(self.portal_user.partner_id.ids)
        self.assertTrue(order.with_user(self.portal_user).read(["amount_total"]))
        for field in ("margin", "margin_percent"):
            with self.assertRaises(AccessError):
                order.with_user(self.portal_user).read([field])

    def test_our_fields_are_internal(self):
        """What we add to orders stays inside unless it is listed above."""
        seen = self.env["sale.order"].with_user(self.portal_user).fields_get()
        ours = {
            field.name
            for field in self.env["sale.order"]._fields.values()
            if "sales_order_plus" in field._modules and field.name in seen
        }
        core = {
            field.name
            for field in self.env["sale.order"]._fields.values()
            if {"sale", "sale_stock", "sale_margin"} & set(field._modules)
        }
        self.assertEqual(ours - core, PORTAL_FIELDS)
