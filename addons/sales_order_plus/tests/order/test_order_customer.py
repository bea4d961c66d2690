from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderCustomer(OrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"phone": "+32 10 58 85 58", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Brandon Freeman",
                "parent_id": cls.customer.id,
                "email": "brandon@test.example",
            }
        )

    def _search(self, text):
        """Search as the search view does for number, e-mail or phone."""
        return (
            self.env["sale.order"]
            .with_user(self.salesman)
            .search(
                [
                    "|",
                    "|",
                    ("partner_id.ref", "ilike", text),
                    ("partner_id.email", "ilike", text),
                    ("partner_id.phone_mobile_search", "ilike", text),
                ]
            )
        )

    def test_customer_at_a_glance(self):
        self.customer.ref = "C-77"
        order = self._new_order()
        self.assertRecordValues(
            order,
            [
                {
                    "customer_ref": "C-77",
                    "customer_email": "customer@test.example",
                    "customer_phone": "+32 10 58 85 58",
                }
            ],
        )
        for text in ("C-77", "customer@test", "10588558"):
            self.assertIn(order, self._search(text), text)

    def test_customer_number_with_the_first_order(self):
        self._new_order()
        self.assertFalse(self.customer.ref)
        self.company.number_customers = True
        self._new_order()
        number = self.customer.ref
        self.assertRegex(number, r"^C\d{5}$")
        self._new_order()
        self.assertEqual(self.customer.ref, number)

    def test_class_of_the_company_is_kept_on_the_order(self):
        self.customer.customer_class = "wholesale"
        self.assertEqual(self.contact.customer_class, "wholesale")
        order = self._new_order(partner_id=self.contact.id)
        self.assertEqual(order.customer_class, "wholesale")
        self.customer.customer_class = "vip"
        self.assertEqual(order.customer_class, "wholesale")

    def test_analysis_by_class(self):
        self.customer.customer_class = "wholesale"
        order = self._new_order((self.service, 2))
        report = self.env["sale.report"].with_user(self.manager)
        groups = report._read_group(
            [("order_reference", "=", f"sale.order,{order.id}")],
            ["customer_class"],
            ["price_total:sum"],
        )
        self.assertEqual(groups, [("wholesale", 100)])

    def test_level_and_points(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        )
        pricelist = self.env["product.pricelist"].create({"name": "Gold"})
        gold = self.env["res.partner.grade"].create(
            {"name": "Gold", "default_pricelist_id": pricelist.id}
        )
        self.customer.grade_id = gold
        program = self.env["loyalty.program"].create(
            {"name": "Points", "program_type": "loyalty"}
        )
        self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.customer.id, "points": 120}
        )
        order = self._new_order()
        self.assertEqual(order.pricelist_id, pricelist)
        self.assertEqual(order.customer_grade_id, gold)
        self.assertEqual(order.loyalty_points, 120)
        self.customer.grade_id = False
        self.assertEqual(order.customer_grade_id, gold)

    def test_contact_is_addressed(self):
        order = self._new_order(contact_id=self.contact.id)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )[0]
        self.assertIn("Attn.", html.decode())
        self.assertIn("Brandon Freeman", html.decode())
        action = order.action_quotation_send()
        composer = Form.from_action(order.env, action).save()
        # The salesperson reads along, the company does not.
        self.assertEqual(composer.partner_ids, self.contact + self.salesman.partner_id)

    def test_without_contact_the_customer_is_written_to(self):
        order = self._new_order()
        recipients = order._message_get_default_recipients()[order.id]
        self.assertEqual(recipients["partner_ids"], self.customer.ids)

    def test_contact_of_another_customer_is_forgotten(self):
        order = self._new_order(contact_id=self.contact.id)
        other = self.env["res.partner"].create({"name": "Somebody"})
        order.partner_id = other
        self.assertFalse(order.contact_id)

    def test_notes_are_for_those_they_are_for(self):
        order = self._new_order()
        order.internal_note = "<p>for colleagues</p>"
        order.with_user(self.manager).restricted_note = "<p>for managers</p>"
        self.assertNotIn("restricted_note", order.fields_get())
        with self.assertRaises(AccessError):
            order.read(["restricted_note"])
        with self.assertRaises(AccessError):
            order.search([("restricted_note", "ilike", "managers")])
        order.sudo().partner_id = self.portal_user.partner_id
        with self.assertRaises(AccessError):
            order.with_user(self.portal_user).read(["internal_note"])
        self.assertFalse(order.copy().internal_note)
