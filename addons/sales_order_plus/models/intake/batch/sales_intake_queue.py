import logging

from psycopg2.errors import LockNotAvailable

from odoo import api, models, sql_db
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

HELD = "sales_order_plus.queue"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('sales.intake.queue'), %s)"
# Rather at the same time, as Odoo does it, than never.
PATIENCE = "60s"


class Place:
    """A place at the head of the queue, held as long as the object lives.

    The lock belongs to a connection of its own, so that the transaction that works
    can begin after it was granted.
    """

    def __init__(self, database, warehouse_id):
        self._cr = sql_db.db_connect(database).cursor()
        try:
            self._cr.execute(SQL("SET LOCAL lock_timeout = %s", PATIENCE))
            self._cr.execute(SQL(LOCK, warehouse_id))
        except BaseException:
            self._cr.close()
            raise

    def __del__(self):
        if (cr := getattr(self, "_cr", None)) and not cr.closed:
            cr.close()


class SalesIntakeQueue(models.AbstractModel):
    """One batch a warehouse reserves at a time; the others wait for their turn.

    All batches reserve from the same quants. Side by side, each but the first fails
    when it updates what another one changed after its snapshot, and is repeated after
    a random sleep, again and again. So a batch waits *before* its snapshot is taken.
    """

    _name = "sales.intake.queue"
    _description = "Queue of Batches of Orders"

    @api.model
    def _wait(self, warehouse):
        """Wait until nobody else takes in orders for the warehouse.

        The place is given up when the transaction ends, however it ends. In a
        transaction that has written something nobody waits: its snapshot cannot be
        renewed, and who waited for its rows would wait in a circle.
        """
        if not warehouse or not self._is_untouched():
            return
        cr, id_ = self.env.cr, warehouse.id
        try:
            place = Place(cr.dbname, id_)
        except LockNotAvailable:
            _logger.info("warehouse %s is busy, its batch goes on without queue", id_)
            return
        # Nothing was written: this only ends the snapshot from before the wait.
        cr.rollback()
        self.env.transaction.reset()
        # Cleared by Odoo after each commit, rollback and close of the cursor.
        cr.postcommit.data[HELD] = place

    @api.model
    def _is_untouched(self):
        """Whether the transaction has done nothing but read."""
        cr, transaction = self.env.cr, self.env.transaction
        hooks = (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback)
        if any(map(len, hooks)) or transaction.field_dirty or transaction.tocompute:
            return False
        # Locking a row counts as well.
        query = SQL("SELECT pg_current_xact_id_if_assigned() IS NULL")
        return self.env.execute_query(query)[0][0]

    @api.model
    def _get_warehouse(self, options):
        """Return the warehouse that orders of these options go out from."""
        if options.warehouse_id:
            return self.env["stock.warehouse"].browse(options.warehouse_id)
        company = self.env["res.company"].browse(options.company_id)
        defaults = self.env["ir.default"].with_company(company)
        default = defaults._get_model_defaults("sale.order").get("warehouse_id")
        user = self.env["res.users"].browse(options.user_id).with_company(company)
        return (
            self.env["stock.warehouse"].browse(default)
            or user._get_default_warehouse_id()
        )
