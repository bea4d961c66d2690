import base64

from odoo.tests import tagged

from ...exceptions import RestrictionError
from .common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestShippingRestriction(RestrictionCommon):
    def _restrict(self, **values):
        return self._new_entry(
            "sales.shipping.restriction",
            **{
                "name": "Lithium batteries",
                "country_ids": self.abroad.ids,
                "product_tag_ids": self.tag.ids,
                "legal_reference": "IATA DGR",
                **values,
            },
        )

    def _new_export(self, quantity=1, product=None):
        lines = ((product or self.laser, quantity),)
        return self._new_order(*lines, partner_shipping_id=self.address.id)

    def _attach(self, order, kind):
        order.env["sales.order.document"].create(
            {
                "name": "licence.pdf",
                "order_id": order.id,
                "file": base64.b64encode(b"%PDF-1.4"),
                "kind": kind,
            }
        )

    def test_prohibited(self):
        self._restrict()
        order = self._new_export()
        text = self._assert_refused_everywhere(order, "shipping")
        self.assertIn("Lithium batteries (IATA DGR), to Japan: Test Laser", text)
        self._assert_confirms(self._new_export(product=self.product))
        self._assert_confirms(self._new_order((self.laser, 1)))

    def test_invoice_address_does_not_matter(self):
        self._restrict()
        order = self._new_order((self.laser, 1), partner_invoice_id=self.address.id)
        self._assert_confirms(order)

    def test_group_of_countries_and_hs_code(self):
        group = self.env["res.country.group"].create(
            {"name": "T Far East", "country_ids": self.abroad.ids}
        )
        self._restrict(
            country_ids=False,
            country_group_ids=group.ids,
            product_tag_ids=False,
            hs_code_prefix="8507",
        )
        order = self._new_export()
        self.assertFalse(self._get_codes(order))
        self.laser.hs_code = "8507.60"
        self.assertEqual(self._get_codes(order), ["shipping"])
        group.country_ids = self.env.ref("base.nz")
        self.assertFalse(self._get_codes(order))

    def test_all_abroad(self):
        self.env.company.country_id = self.env.ref("base.us")
        self.warehouse.partner_id.country_id = self.env.ref("base.us")
        self._restrict(country_ids=False)
        self.assertEqual(self._get_codes(self._new_export()), ["shipping"])
        self.address.country_id = self.env.ref("base.us")
        self.assertFalse(self._get_codes(self._new_export()))

    def test_licence(self):
        self._restrict(kind="licence")
        order = self._new_export()
        text = self._assert_refused(order, "shipping")
        self.assertIn("Licence or permit", text)
        self._attach(order, "other")
        self._assert_refused(order, "shipping")
        self._attach(order, "licence")
        self._assert_confirms(order)

    def test_quantity(self):
        self._restrict(kind="max_qty", quantity=2)
        self._assert_confirms(self._new_export(2))
        text = self._assert_refused(self._new_export(3), "shipping")
        self.assertIn("up to 2", text)

    def test_above_value_warns_and_asks_for_eori(self):
        self._restrict(kind="max_value", amount=1000)
        self.assertFalse(self._get_codes(self._new_export(1)))
        order = self._new_export(2)
        (finding,) = self._get_findings(order)
        self.assertEqual(finding.severity, "warn")
        self.assertIn("EORI: ask Test Customer", finding.message)
        self.customer.eori = "DE123"
        self.env.company.eori = "DE456"
        (finding,) = self._get_findings(order)
        self.assertNotIn("EORI", finding.message)
        self._assert_confirms(order)

    def test_limits_are_complete(self):
        for values in (
            {"kind": "max_value"},
            {"kind": "max_qty", "quantity": -1},
            {"kind": "licence", "document_kind": False},
        ):
            with self.assertRaises(RestrictionError), self.cr.savepoint():
                self._restrict(**values)

    def test_export_data(self):
        self.env.company.country_id = self.env.ref("base.us")
        self.warehouse.partner_id.country_id = self.env.ref("base.us")
        self._new_check("export_data", threshold=1000)
        self.assertFalse(self._get_codes(self._new_export(1)))
        order = self._new_export(2)
        text = self._assert_refused(order, "export_data")
        for word in ("HS Code", "Origin of Goods", "Incoterm", "EORI"):
            self.assertIn(word, text)
        self.laser.write({"hs_code": "9013", "country_of_origin": self.abroad.id})
        order.incoterm = self.env["account.incoterms"].search([], limit=1)
        self.customer.eori = self.env.company.eori = "DE123"
        self._assert_confirms(order)
