import logging
from contextlib import ExitStack, nullcontext
from functools import partial

from psycopg2.errors import LockNotAvailable

from odoo import api, models, sql_db
from odoo.fields import Domain
from odoo.tools import SQL, clean_context

from ..retryable import MAX_TRIES, RETRYABLE, pause
from .scope import batch_scope

_logger = logging.getLogger(__name__)

HELD = "sales_order_plus.queue"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('sales.intake.queue'), %s)"
# Rather at the same time, as Odoo does it, than never.
PATIENCE = "60s"


class Place:
    """A place at the head of a queue, held until it is left or forgotten.

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

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._cr.close()

    def __del__(self):
        if (cr := getattr(self, "_cr", None)) and not cr.closed:
            cr.close()


class SalesIntakeQueue(models.AbstractModel):
    """The goods of one batch a warehouse are reserved at a time.

    All batches reserve from the same quants. Side by side, each but the first fails
    when it updates what another one changed after its snapshot, and all of its work is
    done again. So orders are created and confirmed side by side, and their goods are
    reserved as soon as that is committed, in a transaction that waits for its turn
    *before* its snapshot is taken. The call ends when both are done. Should the server
    die in between, a cron reserves what is left; Odoo knows this state well, its own
    scheduler would do so, too.

    Where the gate looks at what others order in the same moment, whole batches wait.
    """

    _name = "sales.intake.queue"
    _description = "Queue of Batches of Orders"

    @api.model
    def _enter(self, options):
        """Prepare the transaction, which has only read so far, for a batch.

        In a transaction that has written something nobody waits: its snapshot cannot be
        renewed, and its owner may count on goods that are reserved at once.

        :param options: IntakeOptions of the batch
        :return: whether its goods are to be reserved later
        """
        if not options.confirm or not self._is_untouched():
            return False
        if not self.env["sale.order"]._is_gate_shared():
            return True
        if warehouse := self._get_warehouse(options):
            self._wait(warehouse)
        return False

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

    # === Waiting as a whole === #

    @api.model
    def _wait(self, warehouse):
        """Wait until nobody else takes in orders for the warehouse.

        The place is given up when the transaction ends, however it ends.
        """
        place = self._get_place(warehouse.id)
        # Nothing was written: this only ends the snapshot from before the wait.
        self.env.cr.rollback()
        self.env.transaction.reset()
        # Cleared by Odoo after each commit, rollback and close of the cursor.
        self.env.cr.postcommit.data[HELD] = place

    @api.model
    def _get_place(self, warehouse_id):
        """Return a place in the queue as soon as it is at its head."""
        try:
            return Place(self.env.cr.dbname, warehouse_id)
        except LockNotAvailable:
            _logger.info("warehouse %s is busy, a batch does not wait", warehouse_id)
            return nullcontext()

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

    # === Reserving later === #

    @api.model
    def _reserve_after_commit(self, moves):
        """Reserve these moves as soon as the transaction is committed.

        :param moves: stock.move, in the order in which they get goods
        """
        # sudo: the note is not the user's; the cron finds it should the server die.
        moves._get_orders()._write_own({"goods_pending": True})
        queue = self.with_context(clean_context(self.env.context))
        self.env.cr.postcommit.add(
            partial(queue._reserve, moves._get_queues(), moves.ids)
        )

    @api.model
    def _reserve(self, warehouse_ids, move_ids):
        """Reserve in a transaction of its own; never raise, for it is too late.

        :param list warehouse_ids: whose queues to wait in, in this order
        """
        try:
            self._reserve_in_turn(warehouse_ids, move_ids)
        except Exception:
            # The orders are taken in; the cron tries again.
            _logger.exception("%s moves of a batch are not reserved", len(move_ids))

    @api.model
    def _reserve_in_turn(self, warehouse_ids, move_ids):
        """Wait for a turn, then reserve; begin again if others were in the way."""
        for attempt in range(1, MAX_TRIES + 1):
            try:
                with ExitStack() as stack:
                    for warehouse_id in warehouse_ids:
                        stack.enter_context(self._get_place(warehouse_id))
                    cr = stack.enter_context(self.env.registry.cursor())
                    self.with_env(self.env(cr=cr))._reserve_together(move_ids)
                return
            except RETRYABLE as error:
                if attempt == MAX_TRIES:
                    raise
                _logger.info("goods of a batch are reserved again (%s)", error)
                pause(attempt)

    @api.model
    def _reserve_together(self, move_ids):
        """Reserve these moves, and do what follows from it once an order.

        :param list move_ids: those that are gone by now are left out
        """
        # sudo: as Odoo confirms the moves of an order.
        moves = self.env["stock.move"].sudo().browse(move_ids).exists()
        with batch_scope():
            moves._reserve_quietly()
            # What the cron has done meanwhile is done.
            orders = moves._get_orders().filtered("goods_pending")
            orders._write_own({"goods_pending": False})
            sold = orders.filtered(lambda order: order.state == "sale")
            sold.sudo(self.env.su)._follow_reservation()
            # Also those that got nothing.
            moves._note_stock_changes()
            lines = orders.order_line
            lines._note_stock_changes(lines.ids)
            self.env.cr.flush()

    @api.model
    def _cron_reserve(self):
        """Reserve what batches left, because their server died."""
        left = self.env["sale.order"].search([("goods_pending", "=", True)])
        moves = self.env["stock.move"].search(
            self.env["stock.rule"]._get_moves_to_assign_domain(False)
            & Domain("reference_ids.sale_ids", "in", left.ids),
            order="id",
        )
        if moves:
            self._reserve(moves._get_queues(), moves.ids)
        # Cancelled meanwhile, or left to people: nothing of them waits.
        (left - moves._get_orders())._write_own({"goods_pending": False})
