from unittest.mock import patch

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.intake import sales_order_import_run
from ...models.intake.sales_order_import import IntakeError
from .common import IntakeCommon

RUN = "odoo.addons.sales_order_plus.models.intake.sales_order_import_run"


@tagged("post_install", "-at_install")
class TestResume(IntakeCommon):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(sales_order_import_run, "BATCH_ORDERS", 2))

    def _start(self, orders=7, prefix="A"):
        rows = [self._row(order_number=f"{prefix}{i}") for i in range(orders)]
        import_ = self._upload(self._csv(*rows))
        import_.action_import()
        return import_

    def test_batches(self):
        import_ = self._start()
        worker = import_.sudo()
        progress = []
        while worker._process_batch():
            progress.append((import_.state, import_.rows_imported))
        self.assertEqual(
            progress,
            [
                ("running", 0),
                ("running", 2),
                ("running", 4),
                ("running", 6),
                ("running", 7),
            ],
        )
        self.assertBalanced(import_)
        self.assertEqual(import_.progress, 100)

    def test_large_orders_make_smaller_batches(self):
        rows = [self._row(order_number=f"A{i // 3}") for i in range(9)]
        import_ = self._upload(self._csv(*rows))
        import_.action_import()
        self.patch(sales_order_import_run, "BATCH_ROWS", 4)
        worker = import_.sudo()
        worker._process_batch()
        worker._process_batch()
        self.assertEqual(import_.rows_imported, 3)
        self._work(import_)
        self.assertBalanced(import_)

    def test_cron(self):
        imports = self._start(3), self._start(5, prefix="B")
        self.env.ref("sales_order_plus.ir_cron_order_import").method_direct_trigger()
        for import_ in imports:
            import_.invalidate_recordset()
            self.assertBalanced(import_)

    def test_stopped_and_started_again(self):
        """What a killed worker had committed stays, the rest is done once."""
        import_ = self._start()
        worker = import_.sudo()
        for _batch in range(3):
            worker._process_batch()
        self.assertEqual(import_.rows_imported, 4)
        first = import_.order_ids
        self.env.invalidate_all()
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(len(import_.order_ids), 7)
        self.assertLess(first, import_.order_ids)

    def test_batch_is_all_or_nothing(self):
        """Orders, rows and counts of a batch live and die together."""
        import_ = self._start()
        worker = import_.sudo()
        worker._process_batch()
        with self.assertRaisesRegex(ValueError, "killed"), self.env.cr.savepoint():
            worker._process_batch()
            self.assertEqual(import_.rows_imported, 2)
            raise ValueError("killed")
        self.env.invalidate_all()
        self.assertEqual((import_.rows_imported, len(import_.order_ids)), (0, 0))
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(len(import_.order_ids), 7)

    def test_another_worker_holds_it(self):
        import_ = self._start()
        nothing = import_.browse()
        with patch.object(
            type(import_), "try_lock_for_update", lambda *a, **k: nothing
        ):
            self.assertFalse(import_.sudo()._process_batch())
        self.assertEqual(import_.state, "queued")

    def test_conflict_is_repeated(self):
        import_ = self._start(1)
        worker = import_.sudo()
        worker._process_batch()
        engine = type(self.env["sales.order.intake"])
        original, calls = engine._take_in, []

        def take_in(*args):
            calls.append(1)
            if len(calls) == 1:
                raise ConcurrencyError("taken in elsewhere")
            return original(*args)

        with (
            patch.object(engine, "_take_in", take_in),
            patch.object(self.env.cr, "rollback"),
            patch("time.sleep"),
        ):
            self._work(import_)
        self.assertEqual(len(calls), 2)
        self.assertBalanced(import_)

    def test_conflict_without_end_is_raised(self):
        import_ = self._start(1)
        worker = import_.sudo()
        worker._process_batch()
        engine = type(self.env["sales.order.intake"])
        with (
            patch.object(engine, "_take_in", side_effect=OperationalError("no")),
            patch.object(self.env.cr, "rollback"),
            patch("time.sleep"),
            self.assertRaises(OperationalError),
        ):
            worker._process_batch()
        self.env.invalidate_all()
        self.assertEqual(import_.state, "running")

    @mute_logger("odoo.addons.sales_order_plus.models.intake.sales_order_intake")
    def test_bug_in_one_order(self):
        """Even what nobody foresaw is one reported order, without a traceback."""
        original = type(self.env["sales.order.intake"])._prepare_order_vals

        def prepare(engine, order, options):
            if order.key == "A3":
                raise KeyError("unforeseen")
            return original(engine, order, options)

        import_ = self._start()
        with patch.object(
            type(self.env["sales.order.intake"]), "_prepare_order_vals", prepare
        ):
            self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_), [(5, "order_refused", "order_ref")]
        )

    def test_cancel_in_the_middle(self):
        import_ = self._start()
        worker = import_.sudo()
        worker._process_batch()
        worker._process_batch()
        import_.action_cancel()
        self.assertEqual(import_.state, "cancelled")
        self.assertEqual((import_.rows_imported, import_.rows_reported), (2, 5))
        self.assertEqual(
            {reason for _line, reason, _column in self._get_reasons(import_)},
            {"import_cancelled"},
        )
        self.assertFalse(worker._process_batch())
        self.assertEqual(len(import_.order_ids), 2)
        with self.assertRaises(IntakeError):
            import_.action_cancel()

    def test_cancel_before_the_start(self):
        import_ = self._start()
        import_.action_cancel()
        self.assertEqual((import_.state, import_.rows_total), ("cancelled", 0))

    def test_failed_and_resumed(self):
        """A file that breaks off in the middle fails as a whole, with the reason."""
        content = self._csv(*[self._row(order_number=f"A{i}") for i in range(3000)])
        content += "A,ü".encode("latin-1")
        import_ = self._upload(content, encoding="utf-8")
        import_.action_import()
        self._work(import_)
        self.assertEqual(import_.state, "failed")
        self.assertRegex(import_.failure, "Encoding: line .* is not written in utf-8")
        self.assertFalse(self._get_rows(import_))
        import_.encoding = "latin-1"
        self.assertEqual(import_.state, "draft")

    def test_resume_needs_a_failure(self):
        import_ = self._start()
        with self.assertRaises(IntakeError):
            import_.action_resume()
        import_._fail("for the test")
        import_.action_resume()
        self.assertEqual((import_.state, import_.failure), ("queued", False))
        self._work(import_)
        self.assertBalanced(import_)
