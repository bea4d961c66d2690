from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import MergeError
from ..common import SalesPlusCommon
from .test_sale_order_clone import PIXEL


@tagged("post_install", "-at_install")
class TestSaleOrderMerge(SalesPlusCommon):
    def setUp(self):
        super().setUp()
        self.old = self._new_order((self.product, 2), client_order_ref="PO 1")
        self.new = self._new_order(
            (self.product, 3), (self.service, 1), client_order_ref="PO 2"
        )
        self.both = self.old | self.new

    def test_two_quotations_become_one(self):
        """The acceptance: all lines in the oldest, the other cancelled and linked."""
        form = Form(
            self.env["sales.order.merge"]
            .with_user(self.salesman)
            .with_context(active_ids=self.both.ids)
        )
        self.assertFalse(form.problem)
        self.assertEqual(form.target_id, self.old)
        form.join_lines = False
        action = form.save().action_merge()
        self.assertEqual(action["res_id"], self.old.id)
        self.assertRecordValues(
            self.old.order_line,
            [
                {"product_id": self.product.id, "product_uom_qty": 2},
                {"product_id": self.product.id, "product_uom_qty": 3},
                {"product_id": self.service.id, "product_uom_qty": 1},
            ],
        )
        self.assertEqual(self.old.amount_total, 550)
        self.assertEqual(self.old.client_order_ref, "PO 1, PO 2")
        self.assertEqual(self.new.state, "cancel")
        self.assertEqual(len(self.new.order_line), 2)
        relation = self.old._get_order_relations()[self.old.id][0]
        self.assertEqual(
            (relation.order, relation.kind, relation.is_origin),
            (self.new, "merge", False),
        )
        told = "".join(self.new.message_ids.mapped("body"))
        self.assertIn(self.old.name, told)

    def test_equal_lines_are_added_up(self):
        self.both._merge(join_lines=True)
        self.assertRecordValues(
            self.old.order_line,
            [
                {"product_id": self.product.id, "product_uom_qty": 5},
                {"product_id": self.service.id, "product_uom_qty": 1},
            ],
        )
        self.assertEqual(self.old.amount_total, 550)

    def test_other_price_stays_a_line_of_its_own(self):
        self.new.order_line[0].price_unit = 90
        self.both._merge(join_lines=True)
        self.assertEqual(self.old.order_line.mapped("price_unit"), [100.0, 90.0, 50.0])

    def test_other_discount_and_taxes_too(self):
        tax = self.env["account.tax"].create({"name": "T 5", "amount": 5})
        third = self._new_order((self.product, 1))
        third.order_line.tax_ids = tax
        self.new.order_line[0].discount = 5
        (self.both | third)._merge(join_lines=True)
        self.assertEqual(len(self.old.order_line), 4)

    def test_joined_price_does_not_follow_the_quantity(self):
        self.old.order_line.price_unit = 77
        self.new.order_line[0].price_unit = 77
        self.both._merge()
        self.assertEqual(self.old.order_line[0].price_unit, 77)

    def test_signature_goes(self):
        self.old.sudo().write({"signature": PIXEL, "signed_by": "Somebody"})
        self.both._merge()
        self.assertFalse(self.old.signature)

    def test_freight_is_worked_out_anew(self):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Free over 500",
                "fixed_price": 9,
                "free_over": True,
                "amount": 500,
                "product_id": self._new_product("Freight", 9, type="service").id,
            }
        )
        for order in self.both:
            order.set_delivery_line(carrier, 9)
        self.both._merge()
        freight = self.old.order_line.filtered("is_delivery")
        self.assertEqual(freight.mapped("price_unit"), [0.0])

    def test_remarks(self):
        self.new.payment_term_id = self.env["account.payment.term"].create(
            {"name": "Other"}
        )
        self.assertIn("Payment Terms", self.both._get_merge_remarks())
        self.both._merge()
        self.assertFalse(self.old.payment_term_id)

    # === Refusals === #

    def _refused(self, orders, field):
        with self.assertRaises(MergeError) as refusal, self.env.cr.savepoint():
            orders._merge()
        self.assertEqual(refusal.exception.context["field"], field)
        self.assertEqual(self.old.order_line.product_uom_qty, 2)
        return str(refusal.exception)

    def test_other_currency(self):
        """Refused with a sentence."""
        franc = self.env.ref("base.CHF")
        franc.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Francs", "currency_id": franc.id}
        )
        self.new.pricelist_id = pricelist
        text = self._refused(self.both, "currency_id")
        self.assertIn("CHF", text)
        self.assertIn("Currency", text)
        form = Form(
            self.env["sales.order.merge"]
            .with_user(self.salesman)
            .with_context(active_ids=self.both.ids)
        )
        self.assertIn("CHF", form.problem)

    def test_other_customer(self):
        self.new.partner_id = self.env["res.partner"].create({"name": "Other"})
        self._refused(self.both, "partner_id")

    def test_contact_of_the_same_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        self.new.partner_id = contact
        self.assertEqual(self.both._merge(), self.old)

    def test_other_fiscal_position(self):
        self.new.fiscal_position_id = self.env["account.fiscal.position"].create(
            {"name": "Abroad"}
        )
        self._refused(self.both, "fiscal_position_id")

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        other = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": company.id}
        )
        orders = self.old.with_user(self.env.user) | other
        self._refused(orders, "company_id")

    def test_confirmed(self):
        self.new.action_confirm()
        self._refused(self.both, "state")

    def test_one_alone(self):
        self._refused(self.old, "order_ids")

    def test_accepted_and_waiting(self):
        self.new.sudo()._write_own({"hold_since": self.new.create_date})
        self._refused(self.both, "state")

    def test_order_of_a_colleague(self):
        hidden = self._new_order(user=self.colleague)
        with self.assertRaises(AccessError):
            (self.old | hidden.with_user(self.salesman))._merge()

    def test_sections_and_combos_are_kept(self):
        self.new.order_line = [
            Command.create({"display_type": "line_note", "name": "Ring twice"})
        ]
        self.both._merge()
        self.assertIn("Ring twice", self.old.order_line.mapped("name"))
