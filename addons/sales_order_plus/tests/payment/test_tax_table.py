from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestTaxTable(PaymentCommon):
    """Goods for 94016 are charged the taxes of California and of its county."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_provider_id = cls.env["sales.tax.provider"].create(
            {"name": "Table"}
        )
        cls.usa = cls.env.ref("base.us")
        cls.california = cls.env.ref("base.state_us_5")
        cls.usual, cls.state, cls.county, cls.new_county = cls._new_taxes(
            ("Usual", 21), ("State", 6), ("County", 1.25), ("County new", 2)
        )
        cls._new_rate(cls.state, level="2_state", state_id=cls.california.id)
        values = {"level": "3_county", "zip_from": "94000", "zip_to": "94099"}
        cls._new_rate(cls.county, date_to="2026-06-30", **values)
        cls._new_rate(cls.new_county, date_from="2026-07-01", **values)
        cls.taxed = cls._new_product("Taxed", 100, type="service")
        cls.taxed.taxes_id = [Command.set(cls.usual.ids)]
        cls.shop = cls._new_address("94016-1234")

    @classmethod
    def _new_taxes(cls, *pairs):
        return cls.env["account.tax"].create(
            [
                {"name": name, "amount": amount, "type_tax_use": "sale"}
                for name, amount in pairs
            ]
        )

    @classmethod
    def _new_rate(cls, tax, **values):
        return (
            cls.env["sales.tax.rate"]
            .sudo()
            .create({"tax_id": tax.id, "country_id": cls.usa.id, **values})
        )

    @classmethod
    def _new_address(cls, zip_code):
        return cls.env["res.partner"].create(
            {
                "name": f"Shop {zip_code}",
                "type": "delivery",
                "parent_id": cls.customer.id,
                "country_id": cls.usa.id,
                "state_id": cls.california.id,
                "zip": zip_code,
            }
        )

    def _new_taxed(self, day="2026-03-01", **values):
        with freeze_time(f"{day} 18:00:00"):
            return self._new_order(
                (self.taxed, 1),
                partner_shipping_id=self.shop.id,
                date_order=f"{day} 18:00:00",
                **values,
            )

    def test_taxes_of_the_place_and_day(self):
        order = self._new_taxed()
        self.assertEqual(order.order_line.tax_ids, self.state | self.county)
        self.assertEqual(order.amount_tax, 7.25)
        later = self._new_taxed("2026-07-01")
        self.assertEqual(later.amount_tax, 8)

    def test_change_of_the_address(self):
        order = self._new_taxed()
        order.partner_shipping_id = self._new_address("90001")
        self.assertEqual(order.amount_tax, 6)

    def test_narrower_row_wins_on_its_level(self):
        city = self._new_taxes(("County of the quarter", 3))
        self._new_rate(city, level="2_state", zip_from="94016")
        order = self._new_taxed()
        self.assertEqual(order.order_line.tax_ids, city | self.county)

    def test_fiscal_position_goes_first(self):
        position = self.env["account.fiscal.position"].create({"name": "Reseller"})
        order = self._new_taxed(fiscal_position_id=position.id)
        self.assertEqual(order.order_line.tax_ids, position.map_tax(self.usual))

    def test_unknown_place_and_exempt_product(self):
        order = self._new_taxed()
        self.customer.country_id = self.env.ref("base.be")
        order.partner_shipping_id = self.customer
        usual = order.fiscal_position_id.map_tax(self.usual)
        self.assertEqual(order.order_line.tax_ids, usual)
        exempt = self._new_order((self.service, 1), partner_shipping_id=self.shop.id)
        self.assertFalse(exempt.order_line.tax_ids)

    def test_not_configured(self):
        self.company.tax_provider_id = False
        self.assertEqual(self._new_taxed().order_line.tax_ids, self.usual)

    def test_invoice_has_the_taxes(self):
        order = self._new_taxed()
        order.action_confirm()
        order.order_line.qty_delivered = 1
        self.assertEqual(order.sudo()._create_invoices().amount_tax, 7.25)

    def test_date_of_the_quotation_changes(self):
        order = self._new_taxed()
        order.date_order = "2026-07-02 18:00:00"
        self.assertEqual(order.amount_tax, 8)

    def test_row_with_a_rate_finds_or_makes_its_tax(self):
        values = {"country_id": self.usa.id, "state_id": self.california.id}
        rates = self.env["sales.tax.rate"].sudo()
        first, second = rates.create(
            [{**values, "level": "4_city", "jurisdiction": "Daly City", "rate": 0.5}]
            * 2
        )
        self.assertEqual(first.tax_id, second.tax_id)
        self.assertRecordValues(
            first.tax_id,
            [
                {
                    "amount": 0.5,
                    "jurisdiction_level": "city",
                    "jurisdiction_name": "Daly City",
                    "price_include": False,
                }
            ],
        )
        second.rate = 0.75
        self.assertEqual((first.tax_id.amount, second.tax_id.amount), (0.5, 0.75))
        self.assertEqual(self.county.amount, 1.25)

    def test_bad_rows(self):
        with self.assertRaisesRegex(ValidationError, "ZIP To"):
            self._new_rate(self.state, zip_from="9", zip_to="1")
        included = self.env["account.tax"].create(
            {"name": "Incl", "amount": 5, "price_include_override": "tax_included"}
        )
        with self.assertRaisesRegex(ValidationError, "not included"):
            self._new_rate(included)
        with self.assertRaises(AccessError):
            self.env["sales.tax.rate"].with_user(self.salesman).create(
                {"tax_id": self.state.id, "country_id": self.usa.id}
            )
