import base64
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.intake.intake_order import IntakeLine, IntakeOptions, IntakeOrder
from ...models.intake.sales_order_import import IntakeError
from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestSameFile(IntakeCommon):
    def test_refused(self):
        content = self._csv(self._row())
        first = self._import(content)
        with self.assertRaisesRegex(IntakeError, first.name) as caught:
            self._upload(content)
        self.assertEqual(caught.exception.context["import_id"], first.id)
        # Another name does not make it another file; nor does another user.
        with self.assertRaises(IntakeError):
            self._upload(content, filename="renamed.csv")
        with self.assertRaises(IntakeError):
            self._upload(content, self.colleague)

    def test_uploading_it_into_another_import(self):
        content = self._csv(self._row())
        self._upload(content)
        other = self._upload(self._csv(self._row(order_number="B1")))
        with self.assertRaises(IntakeError):
            other.file = base64.b64encode(content)

    def test_forced(self):
        content = self._csv(self._row())
        self._import(content)
        again = self._import(content, force=True)
        self.assertBalanced(again)
        # The order is there all the same.
        self.assertEqual(
            self._get_reasons(again), [(2, "duplicate_order", "order_ref")]
        )

    def test_cancelled_import_does_not_count(self):
        content = self._csv(self._row())
        self._upload(content).action_cancel()
        self.assertTrue(self._upload(content))

    def test_another_company(self):
        content = self._csv(self._row())
        self._upload(content)
        other = self.env["res.company"].create({"name": "Other"})
        self.salesman.company_ids |= other
        import_ = self.env["sales.order.import"].with_user(self.salesman)
        import_ = import_.with_company(other).create(
            {"filename": "a.csv", "file": base64.b64encode(content).decode()}
        )
        self.assertEqual(import_.company_id, other)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_it_too(self):
        one = self._upload(self._csv(self._row()))
        two = self._upload(self._csv(self._row(order_number="B1")))
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE sales_order_import SET sha256 = %s WHERE id = %s",
                (one.sha256, two.id),
            )


@tagged("post_install", "-at_install")
class TestSameOrder(IntakeCommon):
    """The same order number in two files."""

    def _import_twice(self, **values):
        first = self._import_rows(self._row(), self._row(order_number="A2"))
        second = self._import_rows(
            self._row(quantity="5"), self._row(order_number="A3"), **values
        )
        self.assertBalanced(second)
        return first, second

    def test_reported(self):
        first, second = self._import_twice()
        self.assertEqual(
            self._get_reasons(second), [(2, "duplicate_order", "order_ref")]
        )
        row = self._get_rows(second)[0]
        self.assertIn(first.order_ids.sorted("intake_key")[0].name, row.message)
        self.assertEqual(second.order_ids.intake_key, "A3")

    def test_added(self):
        first, second = self._import_twice(duplicates="add")
        order = first.order_ids.sorted("intake_key")[0]
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 5])
        self.assertEqual(self._get_rows(second)[0].order_id, order)
        self.assertEqual(second.order_ids.intake_key, "A3")

    def test_created(self):
        _first, second = self._import_twice(duplicates="create")
        self.assertEqual(len(second.order_ids), 2)
        self.assertEqual(set(second.order_ids.mapped("client_order_ref")), {"A1", "A3"})
        # One more time: the import keeps its own orders apart from those before.
        third = self._import_rows(
            self._row(quantity="6"), self._row(order_number="A3"), duplicates="create"
        )
        self.assertBalanced(third)
        self.assertEqual(len(third.order_ids), 2)

    def test_order_of_a_colleague(self):
        """A double is a double, also when the user may not read the first."""
        self._import_rows(self._row(), user=self.creator)
        second = self._import_rows(self._row(quantity="5"))
        self.assertEqual(
            self._get_reasons(second), [(2, "duplicate_order", "order_ref")]
        )

    def test_adding_to_an_order_of_a_colleague(self):
        first = self._import_rows(self._row(), user=self.creator)
        second = self._import_rows(self._row(quantity="5"), duplicates="add")
        self.assertBalanced(second)
        self.assertEqual(self._get_reasons(second), [(2, "order_refused", "order_ref")])
        self.assertEqual(len(first.order_ids.order_line), 1)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_double(self):
        order = self._import_rows(self._row()).order_ids
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            order.copy().sudo()._write_own({"intake_key": "A1"})
            self.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_order_committed_by_somebody_else(self):
        """Not visible in our snapshot, but refused by the index: all is repeated."""
        self._import_rows(self._row())
        engine = self.env["sales.order.intake"].with_user(self.salesman)
        line = IntakeLine(source=0, product_id=self.product.id, quantity=1)
        order = IntakeOrder("A1", lines=[line], partner_id=self.customer.id)
        options = IntakeOptions(self.company.id, self.salesman.id)
        blind = patch.object(type(engine), "_check_existing")
        with blind, self.assertRaises(ConcurrencyError):
            engine._take_in([order], options)

    def test_copy_is_no_double(self):
        order = self._import_rows(self._row()).order_ids
        copy = order.copy()
        self.assertFalse(copy.intake_key or copy.import_id or copy.intake_date)
