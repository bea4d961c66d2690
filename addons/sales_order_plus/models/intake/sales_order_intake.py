import logging
from functools import partial

from psycopg2 import IntegrityError
from psycopg2.errors import ProgramLimitExceeded

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command, Domain
from odoo.tools import float_is_zero

from .batch.scope import batch_scope, get_batch
from .intake_order import Refusal
from .retryable import RETRYABLE

_logger = logging.getLogger(__name__)

# One transaction and one form: more lines than any order has.
MAX_LINES = 5000
KEY_INDEX = "sale_order_intake_key_uniq"
COUNTRY_ALIASES = {
    "eire": "IE",
    "usa": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "czech republic": "CZ",
    "holland": "NL",
    "rsa": "ZA",
    "uae": "AE",
}


class SalesOrderIntake(models.AbstractModel):
    """The engine that turns what came in into orders, for files and for RPC.

    It runs with the rights of the user of its environment and works on a batch of
    :class:`IntakeOrder`: checks, matching, one ``create`` for all that is good. What
    fails is found by halving the batch, each half in a savepoint.
    """

    _name = "sales.order.intake"
    _inherit = ["sales.order.intake.match"]
    _description = "Order Intake"

    @api.model
    def _take_in(self, orders, options, reserve_later=False):
        """Create what can be created; each order and line gets its id or refusal.

        :param list orders: of :class:`IntakeOrder`
        :param IntakeOptions options: how to do it
        :param bool reserve_later: reserve the goods as soon as this is committed
        :return: (customers created, products created)
        :raise ConcurrencyError: another transaction took the same order in
        """
        with batch_scope() as batch:
            if reserve_later:
                batch.postponed = self.env["stock.move"].sudo()
            counts = self._take_in_batch(orders, options)
            if batch.postponed:
                self.env["sales.intake.queue"]._reserve_after_commit(batch.postponed)
            return counts

    @api.model
    def _take_in_batch(self, orders, options):
        self._resolve(orders, options)
        counts = self._create_missing(orders, options)
        good = [order for order in orders if order.good_lines and not order.order_id]
        adding = [order for order in good if order.existing_id]
        self._isolate(adding, partial(self._add_lines, options=options), self._refuse)
        creating = [order for order in good if not order.existing_id]
        create = partial(self._create_orders, options=options)
        self._isolate(creating, create, self._refuse)
        if options.confirm:
            self._confirm([order for order in creating if order.order_id])
        return counts

    # === Checks === #

    @api.model
    def _resolve(self, orders, options):
        """Find out what would be taken in, without creating anything."""
        self._check_length(orders)
        self._check_existing(orders, options)
        self._check_currency([o for o in orders if not o.refusal], options)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for order in orders:
            for line in order.lines:
                line.refusal = line.refusal or self._get_value_refusal(
                    line, options, digits
                )
        open_orders = [o for o in orders if not o.refusal and not o.order_id]
        nameless = [o for o in open_orders if not o.existing_id and not o.partner_id]
        self._match_customers(nameless, options)
        lines = [
            line
            for order in open_orders
            for line in order.good_lines
            if not line.product_id
        ]
        self._match_products(lines, options)
        self._check_whole(orders, options)

    @api.model
    def _check_length(self, orders):
        """Refuse what is no order, such as a file whose rows all have one number."""
        for order in orders:
            if len(order.lines) > MAX_LINES:
                order.refusal = Refusal("order_too_long", "order_ref", order.key)

    @api.model
    def _check_existing(self, orders, options):
        """Refuse, or link, what was taken in before."""
        if options.duplicates == "create":
            return
        # sudo: a double is a double also when a colleague's order is not readable.
        existing = (
            self.env["sale.order"]
            .sudo()
            .search(
                Domain("company_id", "=", options.company_id)
                & Domain("intake_key", "in", [order.key for order in orders])
            )
        )
        by_key = {order.intake_key: order for order in existing}
        for order in orders:
            found = by_key.get(order.key)
            if not found:
                continue
            order.existing_id = found.id
            if order.refusal:
                continue
            if options.duplicates == "report":
                order.refusal = Refusal(
                    "duplicate_order", "order_ref", order.key, found.name
                )

    @api.model
    def _check_currency(self, orders, options):
        pricelist = self.env["product.pricelist"].browse(options.pricelist_id)
        company = self.env["res.company"].browse(options.company_id)
        currency = (pricelist or company).currency_id.name
        for order in orders:
            if order.currency and order.currency.upper() != currency:
                order.refusal = Refusal("currency_mismatch", "currency", order.currency)

    @api.model
    def _get_value_refusal(self, line, options, digits):
        """Return why the values of the line cannot be sold, or None."""
        if line.product.upper() in options.service_codes and options.report_services:
            return Refusal("service_code", "product", line.product)
        if float_is_zero(line.quantity, precision_digits=digits):
            # Also what would be stored as zero.
            return Refusal("zero_quantity", "quantity", f"{line.quantity:g}")
        if line.quantity < 0:
            return Refusal("negative_quantity", "quantity", f"{line.quantity:g}")
        if line.discount is not None and not 0 <= line.discount <= 100:
            return Refusal("bad_discount", "discount", f"{line.discount:g}")
        if line.price_unit is None or not options.use_prices:
            return None
        if line.price_unit < 0:
            return Refusal("negative_price", "price_unit", f"{line.price_unit:g}")
        if not line.price_unit and not options.allow_zero_price:
            return Refusal("zero_price", "price_unit", "0")
        return None

    @api.model
    def _check_whole(self, orders, options):
        """With whole orders only, one bad line takes its siblings along."""
        if not options.whole_orders:
            return
        for order in orders:
            if order.refusal or not (
                order.broken or any(x.refusal for x in order.lines)
            ):
                continue
            for line in order.lines:
                line.refusal = line.refusal or Refusal(
                    "order_incomplete", "order_ref", order.key
                )

    # === Customers and products that are not there yet === #

    @api.model
    def _create_missing(self, orders, options):
        """Create them, only for what will become an order.

        :return: (customers created, products created)
        """
        products = self._create_products(orders, options)
        self._check_whole(orders, options)
        return self._create_customers(orders, options), products

    @api.model
    def _create_products(self, orders, options):
        lines = [x for order in orders for x in order.good_lines if x.new_product]
        items = {line.new_product: line for line in reversed(lines)}
        prepare = partial(self._prepare_product_vals, options=options)
        ids, refusals = self._create_batch("product.product", items, prepare)
        for line in lines:
            line.product_id = ids.get(line.new_product)
            line.refusal = refusals.get(line.new_product)
        return len(ids)

    @api.model
    def _create_customers(self, orders, options):
        nameless = [o for o in orders if o.good_lines and o.new_customer]
        items = {order.new_customer: order for order in reversed(nameless)}
        prepare = partial(self._prepare_customer_vals, options=options)
        ids, refusals = self._create_batch("res.partner", items, prepare)
        for order in nameless:
            order.partner_id = ids.get(order.new_customer)
            order.refusal = refusals.get(order.new_customer)
        return len(ids)

    @api.model
    def _create_batch(self, model, items, prepare):
        """Create a record of each item that can be created.

        :param dict items: {identity: order or line}
        :return: ({identity: id}, {identity: Refusal})
        """
        ids, refusals = {}, {}

        def create(keys):
            records = self.env[model].create([prepare(items[key]) for key in keys])
            ids.update(zip(keys, records.ids, strict=True))

        def fail(key, error):
            ids.pop(key, None)
            column, value = key
            refusals[key] = self._get_error_refusal(error, "not_created", column, value)

        self._isolate(list(reversed(items)), create, fail)
        return ids, refusals

    @api.model
    def _prepare_customer_vals(self, order, options):
        return {
            "name": order.customer_name or order.customer or order.customer_email,
            "ref": order.customer or False,
            "email": order.customer_email or False,
            "country_id": self._get_country(order.country).id,
            "company_id": options.company_id,
            "user_id": options.user_id,
        }

    @api.model
    def _get_country(self, text):
        """Return the country of that name or code, or none."""
        countries = self.env["res.country"]
        if not text:
            return countries
        code = COUNTRY_ALIASES.get(text.casefold(), text if len(text) == 2 else "")
        domain = (
            Domain("code", "=", code.upper())
            if code
            else Domain("name", "=ilike", text)
        )
        return countries.search(domain, limit=1)

    @api.model
    def _prepare_product_vals(self, line, options):
        service = line.product.upper() in options.service_codes
        return {
            "name": line.product_name or line.label,
            "default_code": line.product or False,
            "barcode": line.barcode or False,
            "type": "service" if service else "consu",
            "is_storable": options.new_product_storable and not service,
            "list_price": line.price_unit or 0.0,
            "company_id": options.company_id,
        }

    # === Creating === #

    @api.model
    def _isolate(self, items, process, fail):
        """Run ``process(items)`` in a savepoint; halve until what fails is alone.

        :param items: list or recordset
        :param process: called with a part of ``items``
        :param fail: called with the one item that fails, and the error
        :raise OperationalError, ConcurrencyError: the transaction has to be repeated
        """
        if not items:
            return
        batch = get_batch()
        postponed = batch and batch.postponed
        try:
            with self.env.cr.savepoint():
                process(items)
                self.env.flush_all()
        except Exception as error:
            # What is too long for an index stays so, however often it is tried.
            if isinstance(error, RETRYABLE) and not isinstance(
                error, ProgramLimitExceeded
            ):
                raise
            if batch:
                # What was found may be gone with the savepoint.
                batch.forget()
                batch.postponed = postponed
            if len(items) == 1:
                fail(items[0], error)
                return
            middle = len(items) // 2
            self._isolate(items[:middle], process, fail)
            self._isolate(items[middle:], process, fail)

    @api.model
    def _refuse(self, order, error):
        order.order_id = None
        order.refusal = self._get_error_refusal(
            error, "order_refused", "order_ref", order.key
        )

    @api.model
    def _get_error_refusal(self, error, reason, column, value):
        """Return the refusal for what Odoo raised, without a traceback."""
        if (
            isinstance(error, IntegrityError)
            and error.diag.constraint_name == KEY_INDEX
        ):
            # Committed by somebody else after our snapshot: look again in a new one.
            raise ConcurrencyError(f"order {value} is being taken in elsewhere")
        if not isinstance(error, UserError):
            _logger.warning("%s %s was refused", column, value, exc_info=error)
        return Refusal(reason, column, value, str(error).strip()[:500])

    @api.model
    def _create_orders(self, batch, options):
        vals_list = [self._prepare_order_vals(order, options) for order in batch]
        records = self.env["sale.order"]._create_own(vals_list)
        for order, record in zip(batch, records, strict=True):
            order.order_id = record.id

    @api.model
    def _add_lines(self, batch, options):
        """Add the lines to orders that are there already."""
        for order in batch:
            record = self.env["sale.order"].browse(order.existing_id)
            record.write({"order_line": self._prepare_line_commands(order, options)})
            order.order_id = record.id

    @api.model
    def _prepare_order_vals(self, order, options):
        key = order.key
        if options.duplicates == "create":
            # Still one order of this number within the import, whatever is repeated.
            key = f"{key}#{options.import_id}"
        vals = {
            "partner_id": order.partner_id,
            "company_id": options.company_id,
            "user_id": options.user_id,
            "intake_key": key,
            "client_order_ref": order.client_order_ref or order.key,
            "order_line": self._prepare_line_commands(order, options),
        }
        if order.date:
            vals.update(date_order=order.date, intake_date=order.date)
        if options.import_id:
            vals["import_id"] = options.import_id
        if options.warehouse_id:
            vals["warehouse_id"] = options.warehouse_id
        if options.pricelist_id:
            vals["pricelist_id"] = options.pricelist_id
        return vals

    @api.model
    def _prepare_line_commands(self, order, options):
        return [
            Command.create(self._prepare_line_vals(line, options))
            for line in order.good_lines
        ]

    @api.model
    def _prepare_line_vals(self, line, options):
        vals = {"product_id": line.product_id, "product_uom_qty": line.quantity}
        if options.use_prices and line.price_unit is not None:
            vals["price_unit"] = line.price_unit
        if line.discount is not None:
            vals["discount"] = line.discount
        return vals
