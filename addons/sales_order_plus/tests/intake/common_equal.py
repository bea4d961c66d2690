from collections import Counter
from contextlib import nullcontext
from functools import partial
from unittest.mock import patch

from odoo.fields import Command
from odoo.tools import SQL

from ...models import sale_order_batch
from ...models.intake.batch.scope import batch_scope
from ...models.intake.intake_order import IntakeLine, IntakeOptions, IntakeOrder
from ..common import SalesPlusCommon

# Who wrote a row and when is not what it says.
IGNORED = {"id", "create_date", "write_date", "create_uid", "write_uid"}
# What only an order that came in has, and what is drawn at random.
IGNORED |= {"intake_key", "intake_date", "import_id", "access_token", "goods_pending"}
MODELS = (
    "sale.order",
    "sale.order.line",
    "stock.reference",
    "stock.picking",
    "stock.move",
    "stock.move.line",
)


class Undone(Exception):
    """Rolls a trial back."""


class EqualCommon(SalesPlusCommon):
    """Do the same to the same data twice, Odoo's way and ours, and compare all rows.

    An order is ``(reference, [(product, quantity)])``.
    """

    # Whether our engine reserves as it does for a call: after the orders, by itself.
    later = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "TSOP 15%", "amount": 15, "type_tax_use": "sale"}
        )
        cls.goods = cls.env["product.product"]
        for number in range(4):
            cls.goods |= cls._new_product(
                f"TSOP {number}",
                10.0 + number,
                is_storable=True,
                taxes_id=[Command.set(cls.tax.ids)],
            )
        cls.stock = cls.warehouse.lot_stock_id

    # === The two ways === #

    def _confirm_plain(self, orders, **values):
        """Create and confirm as any client of Odoo does."""
        return self._confirm(self._create_plain(orders, **values))

    def _create_plain(self, orders, **values):
        with self._as_core():
            return self._create_orders(orders, **values)

    def _create_orders(self, orders, **values):
        records = self.env["sale.order"].with_user(self.salesman)
        return records.create(
            [
                {
                    "partner_id": self.customer.id,
                    "user_id": self.salesman.id,
                    "client_order_ref": reference,
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": quantity}
                        )
                        for product, quantity in lines
                    ],
                    **values,
                }
                for reference, lines in orders
            ]
        )

    def _as_core(self):
        """Create and confirm as core does, each order by itself."""
        return patch.object(sale_order_batch, "batch_scope", nullcontext)

    def _confirm(self, records):
        with self._as_core():
            records.action_confirm()
        return records

    def _confirm_together(self, records):
        """Confirm as the intake does what the caller created."""
        with batch_scope():
            records.action_confirm()
            records.env.cr.flush()
        return records

    def _options(self, **options):
        return IntakeOptions(self.company.id, self.salesman.id, **options)

    def _take_in(self, orders, unconfirmed=(), commit=True, **options):
        """Take in through our engine.

        :param unconfirmed: references of orders that may not be confirmed
        :param bool commit: whether to do what follows a commit
        """
        batch = [
            IntakeOrder(
                key=reference,
                partner_id=self.customer.id,
                lines=[
                    IntakeLine(source=i, product_id=product.id, quantity=quantity)
                    for i, (product, quantity) in enumerate(lines)
                ],
            )
            for reference, lines in orders
        ]
        options = self._options(
            **{"allow_zero_price": True, "confirm": True, **options}
        )
        engine = self.env["sales.order.intake"].with_user(self.salesman)
        engine._take_in(batch, options, reserve_later=self.later)
        if commit:
            self._commit()
        self.assertFalse([order.key for order in batch if order.refusal])
        left = {order.key for order in batch if order.unconfirmed}
        self.assertEqual(left, set(unconfirmed))
        return engine.env["sale.order"].browse([order.order_id for order in batch])

    # === Comparing === #

    def _compare(self, orders, expect=None, **values):
        """Compare plain Odoo with our engine."""
        return self.assertSameRows(
            partial(self._confirm_plain, orders, **values),
            partial(self._take_in, orders),
            expect,
        )

    def _compare_confirming(self, orders, expect=None, **values):
        """Compare confirming alone, of orders only a client of Odoo can create."""
        return self.assertSameRows(
            lambda: self._confirm(self._create_plain(orders, **values)),
            lambda: self._confirm_together(self._create_plain(orders, **values)),
            expect,
        )

    def _draw(self, count, per_order=2, quantity=2):
        """Orders of different products that many orders share."""
        return [
            (
                f"E{number}",
                [
                    (self.goods[(number + line) % 3], quantity + line)
                    for line in range(per_order)
                ],
            )
            for number in range(count)
        ]

    def _fill(self, quantity=1000):
        for product in self.goods:
            self._set_stock(product, quantity)

    def assertSameRows(self, plain, ours, expect=None):
        """Assert that two functions that return confirmed orders write the same rows.

        :param expect: called with the orders of the second one, before it is undone
        :return: {model: [row]} of both
        """
        first = self._try(plain)
        second = self._try(ours, expect)
        self.assertTrue(first["sale.order"])
        self.maxDiff = None
        for model, rows in first.items():
            self.assertEqual(rows, second[model], f"{model} differs")
        return first

    def _try(self, confirm, expect=None):
        rows = {}
        # Neither way may find in memory what the other one has to look up.
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                orders = confirm().sudo()
                # What is tracked is told when the cursor flushes.
                self.env.cr.flush()
                self.env.invalidate_all()
                if expect:
                    expect(orders)
                rows = self._get_rows(orders)
                raise Undone
        except Undone:
            self.env.invalidate_all(flush=False)
        return rows

    def _get_rows(self, orders):
        pickings = orders.picking_ids
        moves = pickings.move_ids | orders.order_line.move_ids
        records = {
            "sale.order": orders,
            "sale.order.line": orders.order_line,
            "stock.reference": orders.stock_reference_ids,
            "stock.picking": pickings,
            "stock.move": moves,
            "stock.move.line": moves.move_line_ids,
        }
        labels = self._get_labels(orders, pickings, moves)
        rows = {model: self._read_rows(records[model], labels) for model in records}
        rows["stock.quant"] = self._read_rows(self._search_quants(orders), labels)
        rows["links"] = sorted(
            (labels["stock.move"][move.id], sorted(move.reference_ids.mapped("name")))
            for move in moves
        )
        rows["links"] = self._rename(rows["links"], labels)
        rows["taxes"] = sorted(
            (labels["sale.order.line"][line.id], line.tax_ids.ids)
            for line in orders.order_line
        )
        rows["messages"] = self._read_messages(orders, pickings, labels)
        return rows

    def _search_quants(self, orders):
        products = orders.order_line.product_id
        return self.env["stock.quant"].search([("product_id", "in", products.ids)])

    def _get_labels(self, orders, pickings, moves):
        """Return {model: {id: what the record is called in both trials}} and names."""
        labels = {model: {} for model in MODELS}
        labels["names"] = {}
        for order in orders:
            label = order.client_order_ref
            labels["sale.order"][order.id] = label
            labels["names"][order.name] = f"<{label}>"
            for number, line in enumerate(order.order_line.sorted("id")):
                labels["sale.order.line"][line.id] = f"{label}/{number}"
            for number, picking in enumerate(order.picking_ids.sorted("id")):
                labels["stock.picking"][picking.id] = f"{label}/P{number}"
                labels["names"][picking.name] = f"<{label}/P{number}>"
            for reference in order.stock_reference_ids:
                labels["stock.reference"][reference.id] = label
        for number, move in enumerate(moves.sorted("id")):
            labels["stock.move"][move.id] = f"M{number}"
        return labels

    def _read_rows(self, records, labels):
        """Return the stored columns, with ids of new records replaced by labels."""
        if not records:
            return []
        names = [
            field.name
            for field in records._fields.values()
            if field.store and field.column_type and field.name not in IGNORED
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id IN %s ORDER BY id",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL.identifier(records._table),
                records._ids,
            )
        )
        return sorted(
            (
                {
                    name: self._label(records._fields[name], value, labels)
                    for name, value in zip(names, row, strict=True)
                }
                for row in rows
            ),
            key=str,
        )

    def _label(self, field, value, labels):
        if field.type == "many2one" and field.comodel_name in labels:
            return labels[field.comodel_name].get(value, value)
        return self._rename(value, labels)

    def _rename(self, value, labels):
        """Replace numbers drawn from a sequence wherever they are told."""
        if isinstance(value, list | tuple):
            return type(value)(self._rename(item, labels) for item in value)
        if isinstance(value, str):
            for name, label in labels["names"].items():
                value = value.replace(name, label)
        return value

    def _read_messages(self, orders, pickings, labels):
        """Return what the chatter of orders and transfers says, and to whom."""
        messages = self.env["mail.message"].search(
            [
                ("model", "in", ("sale.order", "stock.picking")),
                ("res_id", "in", [*orders.ids, *pickings.ids]),
            ],
            order="id",
        )
        known = Counter()
        for message in messages:
            label = labels[message.model].get(message.res_id)
            if label:
                body = message.body and str(message.body).partition("<a")[0]
                known[
                    label,
                    message.message_type,
                    message.subtype_id.id,
                    message.author_id.id,
                    message.parent_id.res_id == message.res_id,
                    self._rename(body, labels),
                    tuple(sorted(message.notified_partner_ids.ids)),
                    len(message.sudo().tracking_value_ids),
                ] += 1
        return known

    # === What happened === #

    def _spy(self, model, method):
        """Return a list that grows with each call, of its first argument."""
        calls = []
        model_class = self.env.registry[model]
        core = getattr(model_class, method)

        def spied(records, *args, **kwargs):
            calls.append(args[0] if args else records)
            return core(records, *args, **kwargs)

        patcher = patch.object(model_class, method, spied)
        patcher.start()
        self.addCleanup(patcher.stop)
        return calls
