from odoo.tests import tagged

from ...models.intake.sales_order_import import IntakeError
from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestMatching(IntakeCommon):
    """Customers and products: reference, barcode, e-mail, name, in that order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": "Match Ref", "ref": "M-REF", "email": "ref@match.example"},
                {"name": "Match Mail", "email": "Mail@Match.example"},
                {"name": "Match Name"},
                {"name": "Match Twin", "ref": "T1"},
                {"name": "Match Twin", "ref": "T2"},
                {"name": "Match Bar", "barcode": "0421"},
            ]
        )
        cls.ref, cls.mail, cls.named, cls.twin1, cls.twin2, cls.bar = cls.partners

    def _customer_of(self, **values):
        import_ = self._import_rows(self._row(customer_id="", **values))
        self.assertBalanced(import_)
        return import_.order_ids.partner_id, self._get_reasons(import_)

    def test_customer_by_each_key(self):
        for values, expected in (
            ({"customer_id": "M-REF"}, self.ref),
            ({"customer_id": "0421"}, self.bar),
            ({"customer_id": "mail@match.example"}, self.mail),
            ({"customer_id": "Match Name"}, self.named),
            ({"e_mail": "MAIL@match.EXAMPLE"}, self.mail),
            ({"customer_name": "Match Name"}, self.named),
            # The stronger key wins.
            ({"customer_id": "M-REF", "e_mail": "mail@match.example"}, self.ref),
            (
                {"e_mail": "mail@match.example", "customer_name": "Match Name"},
                self.mail,
            ),
        ):
            with self.subTest(values=values):
                import_ = self._import_rows(
                    self._row(order_number=str(values), **{"customer_id": "", **values})
                )
                self.assertBalanced(import_)
                self.assertEqual(import_.order_ids.partner_id, expected)

    def test_ambiguous_customer(self):
        partner, reasons = self._customer_of(customer_name="Match Twin")
        self.assertFalse(partner)
        self.assertEqual(reasons, [(2, "customer_ambiguous", "customer_name")])

    def test_name_of_somebody_else(self):
        """The reference in the file is unknown: the same name is another customer."""
        import_ = self._import_rows(
            self._row(customer_id="NEW", customer_name="Match Ref")
        )
        self.assertEqual(
            self._get_reasons(import_), [(2, "customer_unknown", "customer")]
        )

    def test_reference_distinguishes_twins(self):
        import_ = self._import_rows(
            self._row(customer_id="T2", customer_name="Match Twin")
        )
        self.assertEqual(import_.order_ids.partner_id, self.twin2)

    def test_default_customer(self):
        import_ = self._import_rows(
            self._row(customer_id=""),
            self._row(order_number="A2"),
            default_customer_id=self.named.id,
        )
        self.assertBalanced(import_)
        self.assertEqual(
            import_.order_ids.sorted("intake_key").partner_id,
            self.named | self.customer,
        )

    def test_archived_customer_is_unknown(self):
        self.ref.active = False
        import_ = self._import_rows(self._row(customer_id="M-REF"))
        self.assertEqual(
            self._get_reasons(import_), [(2, "customer_unknown", "customer")]
        )

    def test_customer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.ref.company_id = other
        import_ = self._import_rows(self._row(customer_id="M-REF"))
        self.assertEqual(
            self._get_reasons(import_), [(2, "customer_unknown", "customer")]
        )

    def test_product_by_each_key(self):
        product = self._new_product("Match Goods", 5, barcode="4006381333931")
        for sku, description, expected in (
            ("TSOP-P1", "", self.product),
            ("tsop-p1", "", self.product),
            ("4006381333931", "", product),
            ("Match Goods", "", product),
            ("", "Match Goods", product),
            ("TSOP-P1", "Match Goods", self.product),
        ):
            with self.subTest(sku=sku, description=description):
                row = self._row(
                    order_number=f"{sku}/{description}",
                    sku=sku,
                    description=description,
                )
                import_ = self._import_rows(row)
                self.assertBalanced(import_)
                self.assertEqual(import_.order_ids.order_line.product_id, expected)

    def test_ambiguous_product(self):
        self._new_product("Match Double", 1, default_code="D1")
        self._new_product("Match Double", 1, default_code="D2")
        import_ = self._import_rows(
            self._row(sku="", description="Match Double"),
            self._row(sku="D2", description="Match Double"),
        )
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_), [(2, "product_ambiguous", "product_name")]
        )
        self.assertEqual(import_.order_ids.order_line.product_id.default_code, "D2")

    def test_name_of_another_product(self):
        import_ = self._import_rows(
            self._row(sku="UNKNOWN", description=self.product.name)
        )
        self.assertEqual(
            self._get_reasons(import_), [(2, "product_unknown", "product")]
        )

    def test_archived_product_is_unknown(self):
        self.product.active = False
        import_ = self._import_rows(self._row())
        self.assertEqual(
            self._get_reasons(import_), [(2, "product_unknown", "product")]
        )


@tagged("post_install", "-at_install")
class TestCreating(IntakeCommon):
    """Customers and products that are not there yet, if the user allows it."""

    def test_unknown_is_reported_by_default(self):
        import_ = self._import_rows(
            self._row(customer_id="NEW"), self._row(order_number="A2", sku="NEW")
        )
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_),
            [(2, "customer_unknown", "customer"), (3, "product_unknown", "product")],
        )

    def test_created_once(self):
        rows = [
            self._row(
                order_number=number,
                customer_id="NEW",
                customer_name="New Shop",
                e_mail="new@shop.example",
                sku=sku,
                description="New Goods",
                unit_price="7",
            )
            for number, sku in (("A1", "N-1"), ("A1", "n-1"), ("A2", "N-1"))
        ]
        import_ = self._import_rows(
            *rows,
            user=self.creator,
            create_customers=True,
            create_products=True,
            new_product_storable=True,
        )
        self.assertBalanced(import_)
        self.assertEqual((import_.customers_created, import_.products_created), (1, 1))
        partner = import_.order_ids.partner_id
        self.assertRecordValues(
            partner,
            [{"name": "New Shop", "ref": "NEW", "email": "new@shop.example"}],
        )
        self.assertRecordValues(
            import_.order_ids.order_line.product_id,
            [
                {
                    "name": "New Goods",
                    "default_code": "N-1",
                    "list_price": 7,
                    "is_storable": True,
                }
            ],
        )

    def test_country_of_a_new_customer(self):
        headers = ["Order Number", "Customer ID", "Country", "SKU", "Quantity", "Price"]
        countries = ("United Kingdom", "EIRE", "USA", "de", "Unspecified")
        rows = [
            (f"A{i}", f"NEW{i}", country, "TSOP-P1", "1", "1")
            for i, country in enumerate(countries)
        ]
        import_ = self._import(
            self._csv(*rows, headers=headers), self.creator, create_customers=True
        )
        self.assertBalanced(import_)
        partners = import_.order_ids.sorted("intake_key").partner_id
        self.assertEqual(
            [partner.country_id.code for partner in partners],
            ["GB", "IE", "US", "DE", False],
        )

    def test_not_for_rows_that_are_reported(self):
        """Nothing is created for an order that does not come in."""
        import_ = self._import_rows(
            self._row(customer_id="NEW", sku="N-1", quantity="-1"),
            user=self.creator,
            create_customers=True,
            create_products=True,
        )
        self.assertBalanced(import_)
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "NEW")]))
        self.assertFalse(
            self.env["product.product"].search([("default_code", "=", "N-1")])
        )

    def test_service_codes(self):
        import_ = self._import_rows(
            self._row(),
            self._row(sku="POST", description="Postage", quantity="1", unit_price="4"),
            user=self.creator,
            create_products=True,
            new_product_storable=True,
            service_codes="post, bank charges",
        )
        self.assertBalanced(import_)
        postage = import_.order_ids.order_line.product_id - self.product
        self.assertRecordValues(
            postage, [{"name": "Postage", "type": "service", "is_storable": False}]
        )

    def test_service_codes_reported(self):
        import_ = self._import_rows(
            self._row(),
            self._row(sku="Bank Charges"),
            service_codes="POST,BANK CHARGES",
            service_policy="report",
        )
        self.assertBalanced(import_)
        self.assertEqual(self._get_reasons(import_), [(3, "service_code", "product")])

    def test_who_may_not_create_is_told_so(self):
        import_ = self._upload(self._csv(self._row()), create_products=True)
        with self.assertRaisesRegex(IntakeError, "Create Missing Products.*may not"):
            import_.action_import()
        with self.assertRaisesRegex(IntakeError, "Create Missing Products.*may not"):
            import_.action_check()
        self.assertEqual(import_.state, "draft")
