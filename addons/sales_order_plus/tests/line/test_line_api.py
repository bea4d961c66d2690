from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import LineRuleError
from .common import LineCommon

INTERNAL = {
    "sale.order": ["general_discount", "amount_total_company", "discount_reason"],
    "sale.order.line": [
        "internal_note",
        "list_price_unit",
        "price_source",
        "source_warehouse_id",
        "qty_issue",
    ],
}


@tagged("post_install", "-at_install")
class TestLineApi(LineCommon):
    def _api(self, user=None):
        return self.env["sales.order.api"].with_user(user or self.salesman)

    def test_lines_and_taxes(self):
        self.product.write({"default_code": "GAD-9", "sale_min_qty": 5})
        tax = self._new_tax("State 4%", 4, jurisdiction_level="state")
        order = self._new_order((self.product, 2))
        order.order_line.tax_ids = tax
        [row] = self._api().get_order_lines(name=order.name)
        self.assertEqual(
            (row["sku"], row["quantity_issue"], row["quantity_suggested"]),
            ("GAD-9", "minimum 5 Units", 5),
        )
        taxes = self._api().get_order_taxes(name=order.name)
        self.assertEqual(taxes["amount_tax"], 8)
        self.assertEqual(taxes["jurisdictions"][0]["tax"], 8)

    def test_add_allocate_change(self):
        self.product.default_code = "GAD-9"
        self._set_rate(self.foreign, 2.0)
        order = self._new_order((self.service, 1))
        api = self._api()
        self.assertEqual(api.add_product(name=order.name, code="GAD-9")["quantity"], 1)
        rows = api.allocate_warehouses(name=order.name)
        self.assertEqual(rows[1]["warehouse"], self.warehouse.code)
        data = api.change_currency(name=order.name, currency=self.foreign.name)
        self.assertEqual(
            (data["currency"], data["amount_untaxed"]), (self.foreign.name, 300)
        )
        with self.assertRaisesRegex(LineRuleError, "XXQ"):
            api.change_currency(name=order.name, currency="XXQ")

    def test_portal_reads_nothing_internal(self):
        order = self._new_order((self.product, 1))
        order.partner_id = self.portal_user.partner_id
        order.action_quotation_sent()
        for record in (order, order.order_line):
            for name in INTERNAL[record._name]:
                with self.assertRaises(AccessError, msg=name):
                    record.with_user(self.portal_user).read([name])
        read = order.order_line.with_user(self.portal_user).read(["customer_note"])
        self.assertEqual(len(read), 1)

    def test_agreements_belong_to_the_manager(self):
        """Who sells must not lower the minimum he sells below."""
        vals = {
            "partner_id": self.customer.id,
            "product_tmpl_id": self.product.product_tmpl_id.id,
            "min_qty": 1,
        }
        agreements = self.env["sales.customer.product"]
        with self.assertRaises(AccessError):
            agreements.with_user(self.salesman).create(vals)
        self.assertTrue(agreements.with_user(self.manager).create(vals))

    def test_stock_user_writes_no_duties(self):
        with self.assertRaises(AccessError):
            self.env["sales.duty.rule"].with_user(self.storeman).create({"name": "x"})


@tagged("post_install", "-at_install")
class TestLineQueries(LineCommon):
    """A long quotation costs no query a line of ours."""

    def _count(self, lines):
        order = self._new_order(
            *((self._new_product(f"P{n}", 10, sale_min_qty=3), 1) for n in range(lines))
        )
        fields = [
            "product_code",
            "customer_product_code",
            "qty_issue",
            "price_source",
            "list_price_unit",
            "promo_price_unit",
            "estimated_delivery_date",
            "source_warehouse_id",
        ]
        # Warm: the first reading fills caches of the registry.
        order.order_line.read(fields)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.with_user(self.salesman).order_line.read(fields)
        return self.env.cr.sql_log_count - before

    def test_no_query_a_line(self):
        few, many = self._count(3), self._count(30)
        self.assertLessEqual(many, few + 2)

    def test_unconfigured_confirming_gives_plain_rows(self):
        """Nothing configured: no findings, one delivery, dates as Odoo plans them."""
        self._set_stock(self.product, 5)
        order = self._new_order((self.product, 2))
        self.assertEqual(order.guard_state, "free")
        order.action_confirm()
        move = order.picking_ids.move_ids
        self.assertEqual(len(move), 1)
        self.assertEqual(move.location_id, self.warehouse.lot_stock_id)
        self.assertFalse(move.sale_source_location_id)
        self.assertLess(abs(move.date - order.date_order), timedelta(minutes=1))
        self.assertFalse(order.activity_ids)

    def test_typing_a_plain_quotation(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        for _x in range(3):
            with form.order_line.new() as line:
                line.product_id = self.product
        order = form.save()
        self.assertEqual(order.amount_untaxed, 300)
        order.order_line = [Command.delete(order.order_line[0].id)]
        self.assertEqual(order.amount_untaxed, 200)
