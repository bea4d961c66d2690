import logging

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from .intake_order import IntakeLine, IntakeOptions, IntakeOrder, Refusal
from .retryable import MAX_TRIES, RETRYABLE, pause
from .sales_order_import import RUN_STATES, IntakeError

_logger = logging.getLogger(__name__)

# A batch is one transaction: large enough to share its queries, small enough that
# cancelling waits seconds and a kill costs little.
BATCH_ORDERS = 50
BATCH_ROWS = 400
CHECK_ORDERS = 500
CHECK_ROWS = 5000


class SalesOrderImport(models.Model):
    """The import itself: in batches, in the background, resumable after a kill.

    The orders of a batch, the status of its rows and the counts are committed
    together. Whoever holds the row lock of the import works on it; a second worker
    takes another one.
    """

    _inherit = "sales.order.import"

    # === Worker === #

    @api.model
    def _cron_process(self):
        """Work on the imports that wait until they are done or the time is up."""
        imports = self.search([("state", "in", RUN_STATES)], order="id")
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(remaining=len(imports))
        for import_ in imports:
            while time_left and import_._process_batch():
                time_left = cron._commit_progress()
            if not time_left:
                break
            time_left = cron._commit_progress(processed=1)

    def _process_batch(self):
        """Do one batch, repeating it if another transaction was in the way.

        The caller commits.

        :return: whether there is more to do
        """
        self.ensure_one()
        for attempt in range(1, MAX_TRIES + 1):
            try:
                # Before the batch locks what it works on.
                reserve_later = self._enter_queue()
                with self.env.cr.savepoint():
                    more = self._do_batch(reserve_later)
            except RETRYABLE as error:
                self.env.cr.rollback()
                self.env.transaction.reset()
                if attempt == MAX_TRIES:
                    raise
                _logger.info("%s: batch is repeated (%s)", self.name, error)
                pause(attempt)
            except Exception as error:
                # Rather stopped with a reason than tried again for ever.
                _logger.exception("%s: the import stopped", self.name)
                self._fail(
                    self.env._(
                        "The import stopped: %(error)s Put that right, then resume it.",
                        error=str(error).strip()[:500],
                    )
                )
                return False
            else:
                self.env.invalidate_all()
                return more
        return False

    def _enter_queue(self):
        """Have the batches of all imports and calls not stand in each other's way.

        :return: whether the goods of the batch are to be reserved later
        """
        if self.state != "running":
            return False
        queue = self._get_engine().env["sales.intake.queue"]
        return queue._enter(self._prepare_options())

    def _do_batch(self, reserve_later):
        if not self.try_lock_for_update() or self.state not in RUN_STATES:
            return False
        if self.state == "queued":
            return self._start()
        orders = self._read_orders(BATCH_ORDERS, BATCH_ROWS)
        if orders:
            self._import_orders(orders, reserve_later)
            return True
        self._finish()
        return False

    def _start(self):
        """Stage the file unless an earlier start did; settings change after a check."""
        try:
            with self.env.cr.savepoint():
                if not self.date_started:
                    self._stage()
                self._set(
                    {
                        "state": "running",
                        "date_started": self.date_started or fields.Datetime.now(),
                    }
                )
        except IntakeError as error:
            self._fail(str(error))
            return False
        return True

    def _fail(self, message):
        self._set({"state": "failed", "failure": message})
        self._log_event("import.failed", reason=message)
        self._notify(self.env._("%(import)s failed", **{"import": self.name}), "danger")

    def _finish(self):
        self._set({"state": "done", "date_done": fields.Datetime.now()})
        self._log_event(
            "import.done", imported=self.rows_imported, reported=self.rows_reported
        )
        message = self.env._(
            "%(import)s: %(imported)s rows imported, %(reported)s reported.",
            **{"import": self.name},
            imported=self.rows_imported,
            reported=self.rows_reported,
        )
        self._notify(message, "warning" if self.rows_reported else "success")

    def _notify(self, message, kind):
        self.user_id._bus_send(
            "simple_notification",
            {"title": self.env._("Bulk Import"), "message": message, "type": kind},
        )

    # === One batch === #

    def _import_orders(self, orders, reserve_later):
        engine = self._get_engine()
        customers, products = engine._take_in(
            orders, self._prepare_options(), reserve_later
        )
        self._write_outcomes(orders, final=True)
        self._set(
            {
                "customers_created": self.customers_created + customers,
                "products_created": self.products_created + products,
            }
        )
        self._count_rows()

    def _get_engine(self):
        """Return the engine with the rights, language and company of the importer."""
        user = self.user_id
        engine = (
            self.env["sales.order.intake"].with_user(user).with_company(self.company_id)
        )
        return engine.with_context(
            allowed_company_ids=self.company_id.ids,
            lang=user.lang,
            tz=user.tz,
            # The audit events tell it; nobody follows thousands of tracking values.
            tracking_disable=True,
        )

    def _prepare_options(self):
        return IntakeOptions(
            company_id=self.company_id.id,
            user_id=self.user_id.id,
            import_id=self.id,
            warehouse_id=self.warehouse_id.id,
            pricelist_id=self.pricelist_id.id,
            default_customer_id=self.default_customer_id.id,
            create_customers=self.create_customers,
            create_products=self.create_products,
            new_product_storable=self.new_product_storable,
            use_prices=self.price_source == "file",
            allow_zero_price=self.allow_zero_price,
            whole_orders=self.whole_orders,
            service_codes=self._get_service_codes(),
            report_services=self.service_policy == "report",
            duplicates=self.duplicates,
            confirm=self.mode == "confirm",
        )

    def _read_orders(self, max_orders, max_rows, after=-1):
        """Return the next pending orders as :class:`IntakeOrder`, at least one."""
        groups = self._get_next_groups(max_orders, max_rows, after)
        if not groups:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT group_no, group_key, id, parsed FROM sales_order_import_row "
                "WHERE import_id = %s AND status = 'pending' AND group_no IN %s "
                "ORDER BY group_no, line_no",
                self.id,
                tuple(groups),
            )
        )
        broken = self._get_broken_groups(groups) if self.whole_orders else ()
        orders = []
        for (number, key), members in groupby(rows, key=lambda row: row[:2]):
            order = self._prepare_order(key, [row[2:] for row in members])
            order.broken = number in broken
            order.number = number
            orders.append(order)
        return orders

    def _get_next_groups(self, max_orders, max_rows, after):
        sizes = self.env.execute_query(
            SQL(
                "SELECT group_no, count(*) FROM sales_order_import_row "
                "WHERE import_id = %s AND status = 'pending' AND group_no > %s "
                "GROUP BY group_no ORDER BY group_no LIMIT %s",
                self.id,
                after,
                max_orders,
            )
        )
        groups, rows = [], 0
        for number, size in sizes:
            if groups and rows + size > max_rows:
                break
            groups.append(number)
            rows += size
        return groups

    def _get_broken_groups(self, groups):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT group_no FROM sales_order_import_row "
                "WHERE import_id = %s AND status = 'reported' AND group_no IN %s",
                self.id,
                tuple(groups),
            )
        )
        return {number for (number,) in rows}

    @api.model
    def _prepare_order(self, key, rows):
        """Return the order that (row id, parsed values) pairs make together."""
        order = IntakeOrder(key=key)
        for name in (
            "customer",
            "customer_email",
            "customer_name",
            "country",
            "currency",
            "client_order_ref",
        ):
            values = {
                row[name].casefold(): row[name] for _id, row in rows if row.get(name)
            }
            if len(values) > 1 and name in ("customer", "customer_email", "currency"):
                order.refusal = Refusal(
                    "order_conflict", name, ", ".join(values.values())
                )
            setattr(order, name, next(iter(values.values()), ""))
        dates = [row["order_date"] for _id, row in rows if row.get("order_date")]
        order.date = fields.Datetime.to_datetime(min(dates)) if dates else None
        order.lines = [self._prepare_line(id_, row) for id_, row in rows]
        return order

    @api.model
    def _prepare_line(self, id_, row):
        return IntakeLine(
            source=id_,
            product=row.get("product", ""),
            barcode=row.get("barcode", ""),
            product_name=row.get("product_name", ""),
            quantity=row["quantity"],
            price_unit=row.get("price_unit"),
            discount=row.get("discount"),
        )

    # === Check === #

    def _check(self):
        """Match all rows without creating anything, and keep what was found."""
        self.ensure_one()
        engine, options = self._get_engine(), self._prepare_options()
        orders_count, reported, customers, products, after = 0, 0, set(), set(), -1
        while orders := self._read_orders(CHECK_ORDERS, CHECK_ROWS, after):
            after = orders[-1].number
            engine._resolve(orders, options)
            self._write_outcomes(orders, final=False)
            good = [order for order in orders if order.good_lines]
            orders_count += len(good)
            reported += sum(
                len(order.lines) - len(order.good_lines) for order in orders
            )
            customers |= {order.new_customer for order in good if order.new_customer}
            products |= {
                line.new_product
                for order in good
                for line in order.good_lines
                if line.new_product
            }
        result = {
            "orders": orders_count,
            "customers": len(customers),
            "products": len(products),
            "reported": self.rows_reported + reported,
        }
        self._set({"state": "ready", "check_result": result})
