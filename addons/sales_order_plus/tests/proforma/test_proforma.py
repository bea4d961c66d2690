from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...exceptions import ProformaError
from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestProforma(ProformaCommon):
    """A proforma is a numbered document of its own, never an account move."""

    @freeze_time("2041-03-10 12:00:00")
    def test_issue_percent(self):
        moves = self.env["account.move"].search_count([])
        order = self._new_order((self.product, 3), (self.service, 1))
        proforma = self._create(order, percent=30)
        self.assertEqual(proforma.state, "draft")
        proforma.action_issue()
        self.assertRecordValues(
            proforma,
            [
                {
                    "state": "issued",
                    "amount_total": 105.0,
                    "name": "PF/2041/0001",
                    "valid_until": proforma.date.replace(month=4, day=9),
                }
            ],
        )
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(self._get_events(proforma), ["proforma.issued"])

    def test_numbers_by_company_and_year(self):
        order = self._new_order((self.service, 10))
        with freeze_time("2031-12-31 12:00:00"):
            first = self._issue(order, percent=10)
            second = self._issue(order, percent=10)
        with freeze_time("2032-01-02 12:00:00"):
            third = self._issue(order, percent=10)
        names = [proforma.name for proforma in first | second | third]
        self.assertEqual(names, ["PF/2031/0001", "PF/2031/0002", "PF/2032/0001"])
        other = self.env["res.company"].create({"name": "Other Test"})
        sequence = other._get_proforma_sequence()
        self.assertEqual(sequence.company_id, other)
        self.assertEqual(sequence.next_by_id(sequence_date=first.date), "PF/2031/0001")

    def test_date_where_the_company_is(self):
        """Late in the evening in UTC, the company in Tokyo has the next day."""
        self.company.partner_id.tz = "Asia/Tokyo"
        with freeze_time("2026-12-31 20:00:00"):
            proforma = self._issue(self._new_order(), percent=10)
        self.assertEqual(str(proforma.date), "2027-01-01")
        self.assertTrue(proforma.name.startswith("PF/2027/"))

    def test_never_more_than_all(self):
        order = self._new_order((self.service, 10))
        self._issue(order, percent=70)
        with self.assertRaisesRegex(ProformaError, "30.00 % is left"):
            self._issue(order, percent=30.01)
        rest = self._issue(order, kind="full")
        self.assertEqual(rest.amount_total, 150.0)
        with self.assertRaisesRegex(ProformaError, "nothing is left"):
            self._issue(order, kind="full")

    def test_cancelling_frees_the_share(self):
        order = self._new_order((self.service, 10))
        first = self._issue(order, percent=70)
        first.action_cancel()
        self.assertEqual(first.state, "cancelled")
        self.assertEqual(self._issue(order, kind="full").amount_total, 500.0)

    def test_chosen_lines(self):
        order = self._new_order((self.product, 4), (self.service, 2))
        goods, work = order.order_line
        proforma = self._issue(order, kind="lines", quantities={goods: 1, work: 0})
        self.assertRecordValues(
            proforma.line_ids,
            [{"quantity": 1.0, "fraction": 0.25, "price_subtotal": 100.0}],
        )
        with self.assertRaisesRegex(ProformaError, "75.00 % is left"):
            self._issue(order, kind="lines", quantities={goods: 3.5})
        # Of the lines together 30 % are open, of the first one 75 %.
        self.assertEqual(self._issue(order, kind="full").amount_total, 400.0)

    def test_foreign_line_is_refused(self):
        order, other = self._new_order(), self._new_order()
        with self.assertRaisesRegex(ProformaError, "Lines"):
            self._create(order, kind="lines", quantities={other.order_line: 1})

    def test_price_cut_after_the_issue(self):
        """What was asked stays; no more than the new total may be asked."""
        order = self._new_order((self.service, 10))
        first = self._issue(order, percent=60)
        order.order_line.price_unit = 25.0
        self.assertEqual(first.amount_total, 300.0)
        with self.assertRaisesRegex(ProformaError, "the order is worth"):
            self._issue(order, percent=40)

    def test_content_is_fixed(self):
        order = self._new_order((self.service, 10))
        proforma = self._issue(order, percent=50)
        order.order_line.write({"price_unit": 1.0, "name": "Other"})
        self.assertEqual(proforma.amount_total, 250.0)
        self.assertEqual(proforma.line_ids.name, self.service.name)
        for vals in (
            {"note": "x"},
            {"currency_id": self.foreign.id},
            {"state": "paid"},
            {"issued_on": False},
            {"amount_total": 1.0},
            {"percent": 10.0},
            {"line_ids": [(5,)]},
        ):
            with self.assertRaises(ProformaError), self.cr.savepoint():
                proforma.write(vals)
        with self.assertRaises(ProformaError):
            proforma.unlink()
        with self.assertRaises(ProformaError):
            proforma.copy()

    def test_nobody_types_an_issued_one(self):
        order = self._new_order()
        model = self.env["sales.proforma"].with_user(self.salesman)
        for vals in (
            {"state": "issued"},
            {"issued_on": "2026-01-01"},
            {"name": "PF/1"},
        ):
            with self.assertRaises(ProformaError), self.cr.savepoint():
                model.create({"order_id": order.id, **vals})
        lines = self.env["sales.proforma.line"].with_user(self.salesman)
        with self.assertRaises(AccessError):
            lines.create({"proforma_id": self._create(order, kind="full").id})

    def test_context_grants_nothing(self):
        proforma = self._issue(self._new_order(), percent=10)
        with self.assertRaises(ProformaError):
            proforma.with_context(writing_proforma=True, sudo=True).sudo().write(
                {"percent": 90.0}
            )

    def test_bad_input_leaves_nothing(self):
        order = self._new_order()
        for values in (
            {"percent": 0},
            {"percent": -5},
            {"percent": 100.5},
            {"kind": "lines", "quantities": {}},
            {"kind": "lines", "quantities": {order.order_line: -1}},
        ):
            # A constraint or the check refuses; either names the field.
            with self.assertRaises(Exception) as caught, self.cr.savepoint():
                self._create(order, **values)
            self.assertRegex(str(caught.exception), "ercent|nothing is left")
        self.assertFalse(order.proforma_ids)

    def test_cancelled_order(self):
        order = self._new_order()
        proforma = self._issue(order, percent=10)
        draft = self._create(order, percent=10)
        order._action_cancel()
        self.assertEqual((proforma | draft).mapped("state"), ["cancelled"] * 2)
        with self.assertRaisesRegex(ProformaError, "is cancelled"):
            self._create(order, percent=10)

    def test_own_orders_only(self):
        order = self._new_order(user=self.colleague)
        proforma = self._issue(order, percent=10, user=self.colleague)
        with self.assertRaises(AccessError):
            proforma.with_user(self.salesman).read(["amount_total"])
        with self.assertRaises(AccessError):
            self._create(order, percent=10)
        self.assertTrue(proforma.with_user(self.accountant).read(["amount_total"]))

    def test_order_form_pays_little(self):
        """What this concern adds to the form of a domestic order: a few queries."""
        order = self._new_order((self.product, 1), (self.service, 1))
        names = (
            "proforma_count",
            "advance_paid",
            "advance_residual",
            "is_international",
            "export_missing",
            "customs_notice",
            "customs_count",
            "signature_void_reason",
            "customs_purpose",
            "duty_estimate",
        )
        order.env.invalidate_all()
        order.read(["partner_id", "amount_total", "order_line"])
        order.order_line.read(["product_id", "price_subtotal"])
        before = self.cr.sql_log_count
        order.read(names)
        # Warehouse and countries are among them, which the form reads anyway.
        self.assertLessEqual(self.cr.sql_log_count - before, 8)

    def test_wizard(self):
        order = self._new_order((self.product, 4))
        self._issue(order, percent=25)
        wizard = self.env["sales.proforma.create"].with_user(self.salesman)
        form = Form(wizard.with_context(active_id=order.id))
        self.assertEqual(form.amount_open, 300.0)
        form.kind = "lines"
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.quantity_open, 3.0)
            line.quantity = 2
        action = form.save().action_create_and_issue()
        proforma = self.env["sales.proforma"].browse(action["res_id"])
        self.assertRecordValues(proforma, [{"state": "issued", "amount_total": 200.0}])
        self.assertEqual(order.proforma_count, 2)
        self.assertEqual(
            order.action_view_proformas()["domain"], [("order_id", "=", order.id)]
        )
