import threading

from psycopg2.errors import SerializationFailure

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import ProformaError
from ..common_race import RaceCommon


@tagged("post_install", "-at_install")
class TestProformaRace(RaceCommon):
    """Two people issue 60 % of one order at the same moment, on real connections."""

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            self._create_records(env)
        self.addCleanup(self._remove)

    def _create_records(self, env):
        partner = env["res.partner"].create({"name": "Race"})
        product = env["product.product"].create(
            {"name": "Race", "type": "service", "taxes_id": [Command.clear()]}
        )
        line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": 100.0}
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [Command.create(line)]}
        )
        self.order_id, self.product_id = order.id, product.id
        self.partner_id = partner.id
        # The sequence of the company is there before the race begins.
        order.company_id._get_proforma_sequence()
        self.proforma_ids = [
            order._create_proforma("percent", percent=60).id for _one in range(2)
        ]

    def _remove(self):
        with self._open_worker() as env:
            for table, column in (
                ("sales_proforma_line", "proforma_id"),
                ("sales_proforma", "id"),
            ):
                self._delete_rows(env, table, column, self.proforma_ids)
            self._remove_orders(env, [self.order_id])
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _issue(self, index, seen, go):
        """Issue one of the two, with a picture of the database taken before ``go``."""
        with self._open_worker() as env:
            proforma = env["sales.proforma"].browse(self.proforma_ids[index])
            self.assertEqual(proforma.state, "draft")
            seen.wait(10)
            go.wait(10)
            proforma.action_issue()

    def _get_states(self):
        with self._open_worker() as env:
            proformas = env["sales.proforma"].browse(self.proforma_ids)
            return sorted(proformas.mapped("state"))

    @mute_logger("odoo.sql_db")
    def test_one_of_two_wins(self):
        errors, seen, go = [], threading.Barrier(2), threading.Event()

        def late():
            try:
                self._issue(1, seen, go)
            except SerializationFailure as error:
                errors.append(error)

        worker = threading.Thread(target=late)
        worker.start()
        # The first one issues while the second one has an old picture.
        started = threading.Event()
        started.set()
        self._issue(0, seen, started)
        go.set()
        worker.join(30)
        # Not silently twice: the database refuses the second one, ...
        self.assertEqual(len(errors), 1)
        self.assertEqual(self._get_states(), ["draft", "issued"])
        # ... and the server's repetition meets the rule.
        with self.assertRaises(ProformaError), self._open_worker() as env:
            env["sales.proforma"].browse(self.proforma_ids[1]).action_issue()
        self.assertEqual(self._get_states(), ["draft", "issued"])

    @mute_logger("odoo.sql_db")
    def test_the_second_waits_for_the_first(self):
        """While one is at it, the other one gets no share before it is decided."""
        done = []

        def late():
            try:
                with self._open_worker() as env:
                    env["sales.proforma"].browse(self.proforma_ids[1]).action_issue()
                    done.append("issued")
            except (SerializationFailure, ProformaError) as error:
                done.append(type(error).__name__)

        with self._open_worker() as env:
            env["sales.proforma"].browse(self.proforma_ids[0]).action_issue()
            env.flush_all()
            worker = threading.Thread(target=late)
            worker.start()
            worker.join(1)
            self.assertTrue(worker.is_alive(), "it did not wait for the lock")
        worker.join(30)
        self.assertEqual(done, ["SerializationFailure"])
        self.assertEqual(self._get_states(), ["draft", "issued"])
