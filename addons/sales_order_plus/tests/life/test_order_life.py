import random

from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import SalesError
from ..refund.common import RefundCommon
from ..returns.common import ReturnCommon

# How lives begin, by their seed; the rest is by chance.
BEGINNINGS = {
    1: ("change", "change"),
    2: ("deliver", "invoice", "pay", "return", "refund"),
    3: ("invoice", "pay", "cancel", "change"),
    **dict.fromkeys(range(4, 8), ()),
}
STEPS = 9
# What has to happen in one of them at least; what is only ever refused proves nothing.
NEEDED = ("change", "deliver", "invoice", "pay", "cancel", "return", "refund")
# Not each step is possible, or allowed, at each moment.
TRIES = 3 * STEPS
# How often each thing happens to an order.
WEIGHTS = {
    "change": 5,
    "deliver": 3,
    "invoice": 5,
    "pay": 2,
    "cancel": 3,
    "return": 3,
    "refund": 4,
    "cancel_all": 0.3,
}


@tagged("post_install", "-at_install")
class TestOrderLife(RefundCommon, ReturnCommon):
    """Whatever happens to an order in whatever sequence, its figures hold together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cancel_reason = cls.env.ref("sales_order_plus.cancel_reason_changed_mind")
        cls.return_reason = cls.env.ref("sales_order_plus.sales_return_reason_mind")
        reduced = cls.env["account.tax"].create(
            {"name": "Life 7 %", "amount": 7, "company_id": cls.company.id}
        )
        cls.product.write({"list_price": 99.99, "invoice_policy": "delivery"})
        cls.other.write({"list_price": 12.35, "invoice_policy": "order"})
        cls.other.taxes_id = reduced
        cls.third = cls._new_product(
            "Test Widget",
            7.77,
            is_storable=True,
            invoice_policy="delivery",
            taxes_id=[Command.set((cls.tax | reduced).ids)],
        )
        cls.service.taxes_id = cls.tax
        cls.goods = cls.product | cls.other | cls.third
        for product in cls.goods:
            cls._set_stock(product, 400)

    def test_invariants(self):
        self._control()
        self._control_cancel(sales_cancel_reason_id=self.cancel_reason.id)
        self.done = done = dict.fromkeys(WEIGHTS, 0)
        for seed, beginning in BEGINNINGS.items():
            with self.subTest(seed=seed):
                self.random = random.Random(seed)
                self._live([*beginning])
        self.assertTrue(all(done[name] for name in NEEDED), done)

    def _live(self, beginning):
        order = self._new_life()
        trail = []
        for _number in range(TRIES):
            if len(trail) == STEPS:
                break
            [step] = self.random.choices([*WEIGHTS], [*WEIGHTS.values()])
            step = beginning.pop(0) if beginning else step
            take = getattr(self, f"_step_{step}")
            # Refunds are sent by a cron, in transactions of its own.
            passed = take(order) if step == "refund" else self._try(take, order)
            self.done[step] += passed
            if passed:
                trail.append(step)
                with self.subTest(trail=" ".join(trail)):
                    self._check(order)

    def _new_life(self):
        lines = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": self.random.randint(1, 12),
                    "discount": self.random.choice((0, 0, 5, 12.5, 33.3)),
                }
            )
            for product in (*self.goods, self.service)
        ]
        return self._confirmed(order_line=lines).with_user(self.salesman)

    def _try(self, step, order):
        """Take a step as a whole; what is refused has a type and changes nothing."""
        terms = order._get_change_terms()
        try:
            with self.env.cr.savepoint():
                passed = step(order) is not False
                self.env.flush_all()
        except SalesError:
            passed = False
        self._flush()
        if not passed:
            self.assertEqual(order._get_change_terms(), terms)
        return passed

    # --- steps --- #

    def _lines(self, order):
        return order.order_line.filtered(lambda line: line.product_uom_qty > 0)

    def _pick(self, records):
        return self.random.choice([*records]) if records else None

    def _step_change(self, order):
        line = self._pick(self._lines(order))
        if order.state != "sale" or not line:
            return False
        kinds = self.random.sample(("quantity", "price", "add", "substitute"), 2)
        rows = [
            self._kind(order, kind, **self._get_values(kind, line)) for kind in kinds
        ]
        change = self._new_change(order, *rows)
        change.action_submit()
        change.action_apply()
        return self.assertEqual(change.state, "applied")

    def _get_values(self, kind, line):
        number = self.random.randint
        return {
            "quantity": {"line_id": line.id, "quantity": number(0, 15)},
            "price": {"line_id": line.id, "discount": number(0, 40) / 2},
            "add": {"product_id": self._pick(self.goods).id, "quantity": number(1, 5)},
            "substitute": {
                "line_id": line.id,
                "product_id": self._pick(self.goods - line.product_id).id,
                "quantity": number(1, 3),
            },
        }[kind]

    def _step_deliver(self, order):
        pickings = order.sudo().picking_ids.filtered(
            lambda one: (
                one.state not in ("done", "cancel")
                and one.picking_type_code == "outgoing"
            )
        )
        if not pickings:
            return False
        picking = pickings[0].with_user(self.storeman)
        picking.action_assign()
        moves = picking.move_ids.filtered(lambda move: move.state != "cancel")
        for move in moves:
            shipped = self.random.randint(0, int(move.product_uom_qty))
            move.write({"quantity": shipped, "picked": bool(shipped)})
        if not any(moves.mapped("picked")):
            moves[0].write({"quantity": 1, "picked": True})
        action = picking.button_validate()
        if isinstance(action, dict):
            wizard = self.env[action["res_model"]].with_user(self.storeman)
            wizard.with_context(**action["context"]).create({}).process()
        return self.assertEqual(picking.state, "done")

    def _step_invoice(self, order):
        if order.state != "sale" or not order.sudo()._get_invoiceable_lines(final=True):
            return False
        order.sudo()._create_invoices(final=True).action_post()
        if self.random.random() < 0.7:
            self.done["pay"] += self._step_pay(order)
        return True

    def _step_pay(self, order):
        """Pay one invoice online, all of it or a part."""
        invoice = order.sudo().invoice_ids.filtered(
            lambda one: (
                one.state == "posted"
                and one.move_type == "out_invoice"
                and one.amount_residual > 0
            )
        )[:1]
        if not invoice:
            return False
        part = self.random.choice((1, 1, 0.5))
        amount = order.currency_id.round(invoice.amount_residual * part)
        self._pay_online(order, amount=amount, invoices=invoice)
        return True

    def _step_refund(self, order):
        """Have the provider give back what is owed; now and then it takes its time."""
        refunds = self._get_refunds(order.sudo())
        waiting = refunds.filtered(lambda one: one.state == "to_send")
        self.server.answer = self.random.choice(("done", "done", "pending"))
        self._send()
        self._post_process(order.sudo())
        return bool(waiting)

    def _step_cancel(self, order):
        quantities = order._get_cancellable_quantities()
        if order.state != "sale" or not quantities:
            return False
        id_, most = self.random.choice([*quantities.items()])
        wanted = {id_: self.random.randint(1, max(int(most), 1))}
        one = order._new_cancellation(wanted, self.cancel_reason, "", "staff")
        one.action_cancel_now()
        return self.assertEqual(one.state, "applied")

    def _step_cancel_all(self, order):
        order.action_cancel()
        return self.assertEqual(order.state, "cancel")

    def _step_return(self, order):
        quantities = order._get_returnable_quantities()
        if order.state != "sale" or not any(quantities.values()):
            return False
        id_ = self.random.choice([one for one, most in quantities.items() if most > 0])
        action = order.action_request_return(
            lines={id_: self.random.randint(1, int(quantities[id_]))},
            reason=self.return_reason.id,
            resolution="refund",
        )
        one = order.env["sales.order.return"].browse(action["res_id"])
        one.action_authorise()
        self._receive(one)
        return self.assertEqual(one.state, "closed")

    # --- what holds after each --- #

    def _check(self, order):
        order = order.sudo()
        lines = order.order_line.filtered(lambda line: not line.display_type)
        for line in lines:
            self._check_goods(line)
            self._check_invoiced(line)
        self._check_totals(order, lines)
        self._check_versions(order)
        self._check_money(order)
        self._check_reserved()

    def _check_goods(self, line):
        """Delivered less returned; what is still to come is on its way."""
        if not line.product_id.is_storable:
            return
        moves = line.move_ids
        done = moves.filtered(lambda move: move.state == "done")
        came = done.filtered(lambda move: move.location_id.usage == "customer")
        net = sum((done - came).mapped("quantity")) - sum(came.mapped("quantity"))
        self.assertEqual(line.qty_delivered, net)
        going = moves.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_dest_id.usage == "customer"
            )
        )
        to_come = line.product_uom_qty - net if line.state == "sale" else 0
        self.assertEqual(sum(going.mapped("product_uom_qty")), max(to_come, 0))

    def _check_invoiced(self, line):
        """What is owed is invoiced, or to be invoiced or credited."""
        by_order = line.product_id.invoice_policy == "order"
        owed = line.product_uom_qty if by_order else line.qty_delivered
        self.assertGreaterEqual(line.qty_invoiced, 0)
        if line.state == "sale":
            self.assertEqual(line.qty_invoiced + line.qty_to_invoice, owed)
        else:
            self.assertEqual((line.qty_delivered, line.qty_invoiced), (0, 0))

    def _check_totals(self, order, lines):
        for total, name in (
            (order.amount_untaxed, "price_subtotal"),
            (order.amount_tax, "price_tax"),
            (order.amount_total, "price_total"),
        ):
            self._check_sum(total, lines.mapped(name))

    def _check_sum(self, total, values):
        """Odoo rounds taxes once for the order here: a cent for each line at most."""
        self.assertAlmostEqual(total, sum(values), delta=0.01 * len(values) + 1e-6)

    def _check_versions(self, order):
        """The newest version is the order; each one adds up."""
        versions = order.version_ids.sorted("number")
        self.assertEqual(versions.mapped("number"), [*range(1, len(versions) + 1)])
        self.assertTrue(all(versions.mapped("is_intact")))
        for version in versions:
            totals, rows = version.snapshot["totals"], version.snapshot["lines"]
            for name, of_line in (("untaxed", "subtotal"), ("total", "total")):
                self._check_sum(totals[name], [row[of_line] for row in rows])
            self.assertAlmostEqual(version.amount_total, totals["total"], 2)
        if order.state == "sale":
            self.assertAlmostEqual(versions[-1].amount_total, order.amount_total, 2)

    def _check_money(self, order):
        """No more is credited than was invoiced, nor paid back than was paid."""
        posted = order.invoice_ids.filtered(lambda one: one.state == "posted")
        credits = posted.filtered(lambda one: one.move_type == "out_refund")
        compare = order.currency_id.compare_amounts
        invoiced = sum((posted - credits).mapped("amount_total"))
        self.assertLessEqual(compare(sum(credits.mapped("amount_total")), invoiced), 0)
        refunds = self._get_refunds(order).filtered(lambda one: one.state != "failed")
        for payment in refunds.transaction_id:
            back = refunds.filtered(lambda one, tx=payment: one.transaction_id == tx)
            self.assertLessEqual(compare(sum(back.mapped("amount")), payment.amount), 0)
        paid = order.transaction_ids.filtered(
            lambda one: one.state == "done" and one.operation != "refund"
        )
        back = sum(refunds.mapped("amount"))
        self.assertLessEqual(compare(back, sum(paid.mapped("amount"))), 0)

    def _check_reserved(self):
        """What is reserved in the warehouse is what open moves hold."""
        for product in self.goods:
            quants = self.env["stock.quant"].search(
                [
                    ("product_id", "=", product.id),
                    ("location_id.usage", "=", "internal"),
                ]
            )
            moves = self.env["stock.move.line"].search(
                [
                    ("product_id", "=", product.id),
                    ("state", "not in", ("done", "cancel")),
                    ("location_id.usage", "=", "internal"),
                ]
            )
            reserved = sum(quants.mapped("reserved_quantity"))
            self.assertEqual(reserved, sum(moves.mapped("quantity_product_uom")))
