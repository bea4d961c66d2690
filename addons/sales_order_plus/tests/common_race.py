from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name
from odoo.tools import SQL


class RaceCommon(BaseCase):
    """Workers with connections and transactions of their own.

    What they work on is committed, so the test removes it at the end; audit events,
    which nobody can remove, are not written meanwhile.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        audit = patch.object(
            self.registry["sales.audit.event"], "_add", lambda events, vals_list: None
        )
        # The server holds this lock while it runs the tests; the threads need it.
        lock = patch.object(Registry, "_lock", nullcontext())
        for one in (audit, lock):
            one.start()
            self.addCleanup(one.stop)

    @contextmanager
    def _open_worker(self):
        """A worker as the server starts it; commits when it ends well."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _delete_rows(self, env, table, column, ids):
        """Delete what the ORM keeps for good."""
        env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s IN %s",
                SQL.identifier(table),
                SQL.identifier(column),
                tuple(ids),
            )
        )

    def _remove_orders(self, env, order_ids):
        orders = env["sale.order"].browse(order_ids)
        orders._action_cancel()
        orders.unlink()
