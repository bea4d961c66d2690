from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from ..common import SIGNATURE
from .common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestAssortment(RestrictionCommon):
    def _deny_spirits(self, **values):
        return self._new_entry(
            "sales.assortment.rule",
            **{
                "name": "No spirits for retail",
                "categ_ids": self.spirits.ids,
                "customer_class": "retail",
                **values,
            },
        )

    def _get_choice(self, order, model="product.product"):
        """Return what the line of ``order`` offers in its list."""
        return self.env[model].search(list(order.assortment_domain))

    def test_retail_cannot_choose(self):
        self._deny_spirits()
        self.customer.customer_class = "retail"
        order = self._new_order()
        for model, brandy, gadget in (
            ("product.product", self.brandy, self.product),
            (
                "product.template",
                self.brandy.product_tmpl_id,
                self.product.product_tmpl_id,
            ),
        ):
            choice = self._get_choice(order, model)
            self.assertNotIn(brandy, choice)
            self.assertIn(gadget, choice)
        action = order.action_add_from_catalog()
        catalog = self.env["product.product"].search(action["domain"])
        self.assertNotIn(self.brandy, catalog)
        self.assertIn(self.product, catalog)
        self.customer.customer_class = "wholesale"
        self.assertIn(self.brandy, self._get_choice(self._new_order()))

    def test_portal_user_reads_no_assortment(self):
        """The customer's own order tells him nothing of what is kept from whom."""
        self._deny_spirits()
        self.customer.customer_class = "retail"
        order = self._new_order(partner_id=self.portal_user.partner_id.id)
        order.message_subscribe(self.portal_user.partner_id.ids)
        inside = str(order.assortment_domain)
        outside = str(order.with_user(self.portal_user).sudo(False).assortment_domain)
        self.assertIn("categ_id", inside)
        self.assertNotIn("categ_id", outside)

    def test_choice_follows_customer_while_typing(self):
        self._deny_spirits()
        self.customer.customer_class = "retail"
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = self.env.user.partner_id
            products = self.env["product.product"]
            self.assertIn(self.brandy, products.search(form.assortment_domain))
            form.partner_id = self.customer
            self.assertNotIn(self.brandy, products.search(form.assortment_domain))

    def test_rpc_line_is_flagged_and_refused(self):
        self._deny_spirits()
        self.customer.customer_class = "retail"
        order = self._new_order((self.product, 1))
        line = self.env["sale.order.line"].with_user(self.salesman)
        line.create({"order_id": order.id, "product_id": self.brandy.id})
        self.assertEqual(order.guard_state, "blocked")
        self.assertEqual(order.rule_findings[0]["code"], "assortment")
        text = self._assert_refused_everywhere(order, "assortment")
        self.assertIn("Test Brandy", text)
        self.assertIn("No spirits for retail", text)

    def test_option_chosen_by_the_customer(self):
        self._deny_spirits()
        self.customer.customer_class = "retail"
        order = self._new_order()
        order._add_optional_products(self.brandy)
        option = order.order_line.filtered(lambda x: x.product_id == self.brandy)
        self.assertFalse(self._get_codes(order))
        # As the customer does on his page.
        option.sudo().product_uom_qty = 1
        self._assert_refused(order, "assortment")

    def test_not_recommended_to_retail(self):
        self.customer.customer_class = "retail"
        self._assert_confirms(self._new_order((self.product, 1), (self.brandy, 1)))
        order = self._new_order()
        self.assertEqual(order._get_recommendations(), [(self.brandy, 1)])
        self._deny_spirits()
        self.assertEqual(order._get_recommendations(), [])

    def test_confirmed_order_takes_no_denied_line(self):
        self._deny_spirits()
        self.customer.customer_class = "retail"
        order = self._new_order()
        self._assert_confirms(order)
        with self.assertRaisesRegex(Exception, "No spirits"), self.cr.savepoint():
            order.write(
                {"order_line": [Command.create({"product_id": self.brandy.id})]}
            )

    def test_only_these_and_deny_wins(self):
        self.env["sales.assortment.rule"].search([]).unlink()
        only = self._deny_spirits(name="Spirits only", kind="allow")
        self.customer.customer_class = "retail"
        order = self._new_order((self.product, 1), (self.brandy, 1))
        (finding,) = self._get_findings(order)
        self.assertIn("Test Gadget", finding.message)
        self.assertEqual(self._get_choice(order) & self.product, self.product.browse())
        self._deny_spirits(product_tmpl_ids=self.brandy.product_tmpl_id.ids)
        self.assertEqual(len(self._get_findings(order)), 2)
        only.active = False
        (finding,) = self._get_findings(order)
        self.assertIn("Test Brandy", finding.message)

    def test_scope_of_customers(self):
        grade = self.env["res.partner.grade"].create({"name": "T Gold"})
        rule = self._deny_spirits(customer_class=False, grade_ids=grade.ids)
        order = self._new_order((self.brandy, 1))
        self.assertFalse(self._get_codes(order))
        self.customer.grade_id = grade
        self.assertEqual(self._get_codes(order), ["assortment"])
        rule.write({"grade_ids": False, "partner_ids": self.customer.ids})
        self.assertEqual(self._get_codes(order), ["assortment"])
        rule.partner_ids = self.portal_user.partner_id
        self.assertFalse(self._get_codes(order))
        rule.write({"partner_ids": False, "date_from": "2099-01-01"})
        self.assertFalse(self._get_codes(order))

    def test_area_by_delivery_or_invoice(self):
        self._deny_spirits(customer_class=False, country_ids=self.abroad.ids)
        order = self._new_order((self.brandy, 1))
        self.assertFalse(self._get_codes(order))
        order.partner_shipping_id = self.address
        self.assertEqual(self._get_codes(order), ["assortment"])
        order.partner_shipping_id = self.customer
        order.partner_invoice_id = self.address
        self.assertEqual(self._get_codes(order), ["assortment"])

    def test_unconfigured_costs_no_query(self):
        order = self._new_order((self.brandy, 1))
        rules = self.env["sales.validation.rule"]
        rules._get_rules("confirm")
        order.mapped("company_id.name")
        with self.assertQueryCount(0):
            self.assertFalse(rules._get_findings(order, "confirm"))
            order.invalidate_recordset(["assortment_domain"])
            self.assertTrue(order.assortment_domain)

    def test_salesperson_only_reads(self):
        rule = self._deny_spirits().with_user(self.salesman)
        self.assertEqual(rule.name, "No spirits for retail")
        with self.assertRaisesRegex(Exception, "not allowed"), self.cr.savepoint():
            rule.name = "None"


@tagged("post_install", "-at_install")
class TestAssortmentPortal(RestrictionCommon, HttpCase):
    def test_customer_signs_denied_order(self):
        self._new_entry(
            "sales.assortment.rule", name="No spirits", categ_ids=self.spirits.ids
        )
        order = self._new_order(
            (self.brandy, 1), require_signature=True, require_payment=False
        )
        order.action_quotation_sent()
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
            },
        )
        order.invalidate_recordset()
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.hold_since)
