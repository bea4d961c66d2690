"""What billing costs: ours beside OCA's contract and plain Odoo, in turns.

    ./dev bench subscriptions [--rounds 3] [--few 1000] [--many 5000] [--orders 500]

- ``invoices``: so many are due with three services each: our job with the ledger row,
  lock, savepoint and commit of its progress, OCA's job, and plain
  ``account.move.create`` of the same invoices in batches with a commit each;
- ``orders``: three goods each: our job through sales orders, beside plain Odoo's
  ``create``, ``action_confirm`` and ``_create_invoices`` of the same in batches.

Everything runs in one process a side, fresh each time, as a worker of the scheduler
is. Reported: documents a minute, milliseconds of CPU (Odoo and PostgreSQL) and queries
a document, and the memory the process grew by. Then our job runs again on the same day.

OCA's addon is fetched from the package index, run and not kept.
"""

import os
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from string import Template

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import support
from tests.perf.bench_approvals import extended_path, fetch_oca
from tests.perf.bench_intake import OURS, PREPARE
from tests.perf.harness import (
    finish,
    install_unconfigured,
    make_parser,
    run_in_shell,
    run_rounds,
    summary,
    table,
)

WHEELS = ("odoo-addon-contract==19.*",)
SIDES = ("plain", "oca", "ours")
# Shared by all scripts: the same products and customers, and how it is measured.
COMMON = """
import gc, json, time
import psutil
from odoo.fields import Command, Date
count, kind, batch = $count, "$kind", 50
TYPES = {"invoices": "service", "orders": "consu"}
products = env["product.product"].search(
    [("default_code", "like", "BENCH-%"), ("type", "=", TYPES[kind])], order="id")
partners = env["res.partner"].search([("ref", "like", "BC%")], order="id")
tax = products[0].taxes_id
journal = env["account.journal"].search(
    [("type", "=", "sale"), ("company_id", "=", env.company.id)], limit=1)
def pick(number):
    # The customer and the three (product, quantity) of a document.
    return partners[number % 50], [
        (products[(number + 7 * n) % 20], 1 + (number + n) % 9) for n in range(3)]
def chunks(records, size=batch):
    return [records[start:start + size] for start in range(0, len(records), size)]
def read():
    env.cr.execute("SELECT pg_backend_pid()")
    backend = psutil.Process(env.cr.fetchone()[0]).cpu_times()
    own = psutil.Process()
    cpu = own.cpu_times()
    return (time.perf_counter(), cpu.user + cpu.system, backend.user + backend.system,
            env.cr.sql_log_count, own.memory_info().rss / 2**20)
def measure(run, count=count):
    env.cr.commit()
    gc.collect()
    before = read()
    run()
    env.cr.commit()
    wall, odoo, postgres, queries, memory = (
        late - early for early, late in zip(before, read()))
    return {"a_minute": count / wall * 60, "cpu_ms": (odoo + postgres) / count * 1000,
            "postgres_ms": postgres / count * 1000, "sql": queries / count,
            "memory_mb": memory, "seconds": wall}
"""
SERVICES = """
import json
from odoo.fields import Command
tax = env["account.tax"].search([("name", "=", "Bench 15%")])
env["product.product"].search([("default_code", "like", "BENCH-")]).write(
    {"invoice_policy": "order"})
env["product.product"].create([
    {"name": f"Service {i}", "default_code": f"BENCH-S{i}", "type": "service",
     "invoice_policy": "order", "list_price": 10 + i, "taxes_id": [Command.set(tax.ids)]}
    for i in range(20)])
env.cr.commit()
print(json.dumps({}))
"""
PLAIN = """
def make_invoices(numbers):
    for some in chunks(numbers):
        env["account.move"].create([{
            "move_type": "out_invoice", "partner_id": partner.id,
            "invoice_date": Date.today(), "journal_id": journal.id,
            "invoice_line_ids": [Command.create({
                "product_id": product.id, "name": product.name, "quantity": quantity,
                "price_unit": product.list_price, "product_uom_id": product.uom_id.id,
            }) for product, quantity in lines],
        } for partner, lines in map(pick, some)])
        env.cr.commit()
def make_orders(numbers):
    for some in chunks(numbers):
        orders = env["sale.order"].create([{
            "partner_id": partner.id,
            "order_line": [Command.create({
                "product_id": product.id, "product_uom_qty": quantity,
            }) for product, quantity in lines],
        } for partner, lines in map(pick, some)])
        orders.action_confirm()
        orders._create_invoices(grouped=True)
        env.cr.commit()
make = make_invoices if kind == "invoices" else make_orders
make(range(20))
print(json.dumps(measure(lambda: make(range(count)))))
"""
OCA = """
def prepare(numbers):
    for some in chunks(numbers, 200):
        env["contract.contract"].create([{
            "name": f"Bench {number}", "partner_id": partner.id,
            "contract_line_ids": [Command.create({
                "product_id": product.id, "name": product.name, "quantity": quantity,
                "price_unit": product.list_price, "recurring_rule_type": "monthly",
                "recurring_interval": 1, "date_start": Date.today(),
                "recurring_next_date": Date.today(),
            }) for product, quantity in lines],
        } for number, (partner, lines) in ((n, pick(n)) for n in some)])
        env.cr.commit()
run = env["contract.contract"].cron_recurring_create_invoice
prepare(range(20))
run()
prepare(range(count))
before = env["account.move"].search_count([])
found = measure(run)
made = env["account.move"].search_count([]) - before
# Not always as many as are due: what it made is what counts.
found["a_minute"] *= made / count
for name in ("cpu_ms", "postgres_ms", "sql"):
    found[name] *= count / made
print(json.dumps(found))
"""
RUN_OURS = """
Subscription = env["sales.subscription"]
def run():
    # As the scheduler does: its row of progress is written with each commit.
    due = True
    while due:
        cron, progress = env.ref("sales_subscription_plus.ir_cron_bill")._add_progress()
        cron = cron.with_context(cron_id=cron.id, cron_end_time=float("inf"))
        Subscription.with_context(cron.env.context)._cron_bill()
        due = progress.remaining
"""
OURS_SCRIPT = (
    """
plan = env["sales.subscription.plan"].search([("name", "=", f"Bench {kind}")])
if not plan:
    plan = plan.create({"name": f"Bench {kind}", "auto_post": False,
                        "document": "invoice" if kind == "invoices" else "order"})
    products.write({"recurring_ok": True, "sales_plan_id": plan.id})
def prepare(numbers):
    for some in chunks(numbers, 200):
        Subscription.create([{
            "partner_id": partner.id, "plan_id": plan.id, "anchor_date": Date.today(),
            "line_ids": [Command.create({
                "product_id": product.id, "quantity": quantity,
            }) for product, quantity in lines],
        } for partner, lines in map(pick, some)]).action_start()
        env.cr.commit()
"""
    + RUN_OURS
    + """
prepare(range(20))
run()
prepare(range(count))
Period = env["sales.subscription.period"]
before = Period.search_count([("move_id", "!=", False)])
found = measure(run)
env.invalidate_all()
assert Period.search_count([("move_id", "!=", False)]) == before + count
# Once each: the ledger says so without the index.
env.cr.execute("SELECT count(*), count(DISTINCT (subscription_id, period_no, kind)) "
               "FROM sales_subscription_period")
rows, distinct = env.cr.fetchone()
assert rows == distinct
found["again_s"] = measure(run)["seconds"]
env.cr.execute("SELECT count(*) FROM sales_subscription_period")
assert env.cr.fetchone()[0] == rows
print(json.dumps(found))
"""
)
SCRIPTS = {"plain": PLAIN, "oca": OCA, "ours": OURS_SCRIPT}


class Side:
    """One of the three: its database, worked on by a fresh process each time."""

    def __init__(self, name, number, folder, addons=(), path=""):
        self.name, self.folder, self.path = name, folder, path
        self.database = f"bench_{os.getpid()}_{number}"
        support.create_database(self.database, support.BASE_TEMPLATE)
        with extended_path(folder, path):
            if addons:
                install_unconfigured(self.database, addons)
            run_in_shell(self.database, PREPARE)
            run_in_shell(self.database, SERVICES)

    def close(self):
        support.drop_database(self.database)

    def run(self, kind, count):
        """Bill so many and return the figures."""
        script = Template(COMMON).substitute(kind=kind, count=count)
        with extended_path(self.folder, self.path):
            return run_in_shell(self.database, joined(script + SCRIPTS[self.name]))


def joined(script):
    """Make one statement of it: the shell reads a block only up to a blank line."""
    return f"exec({script!r}, globals())\n"


def run_round(sides, ways, number):
    """Every way once, the sides in another order every second time."""
    turns = sides if number % 2 else sides[::-1]
    return {
        f"{kind} {count}": {
            side.name: side.run(kind, count)
            for side in turns
            if kind == "invoices" or side.name != "oca"
        }
        for kind, count in ways
    }


def evaluate(rounds):
    """Return {way: {side: {figure: median and spread}}}."""
    return {
        way: {
            side: {
                figure: summary([one[way][side][figure] for one in rounds])
                for figure in figures
            }
            for side, figures in sides.items()
        }
        for way, sides in rounds[0].items()
    }


def get_ratio(rounds, way, other):
    """Median over the rounds of our rate divided by another side's of the same round."""
    ratios = [
        one[way]["ours"]["a_minute"] / one[way][other]["a_minute"] for one in rounds
    ]
    return summary(ratios)["median"]


def check_demands(ways, rounds, few, many, orders):
    """Yield (what, measured, demanded, whether it is met)."""
    few, many, orders = f"invoices {few}", f"invoices {many}", f"orders {orders}"
    for way in (few, many):
        for other, least in (("oca", 1.4), ("plain", 0.9)):
            ratio = get_ratio(rounds, way, other)
            yield f"{way}, ours / {other}", ratio, f">= {least}", ratio >= least
    rates = [ways[way]["ours"]["a_minute"]["median"] for way in (few, many)]
    ratio = rates[1] / rates[0]
    yield "rate of many / rate of few", ratio, ">= 0.9", ratio >= 0.9
    time = 1 / get_ratio(rounds, orders, "plain")
    yield f"{orders}, time of ours / plain", time, "<= 1.2", time <= 1.2
    grown = [ways[way]["ours"]["memory_mb"]["median"] for way in (few, many)]
    more = grown[1] - grown[0]
    yield "memory of many - of few, MB", more, "< 20", more < 20
    minutes = 10_000 / rates[1]
    yield "10,000 due, minutes in one process", minutes, "< 10", minutes < 10
    again = max(one["ours"]["again_s"]["max"] for one in ways.values() if "ours" in one)
    yield "second run of the day, seconds", again, "< 2", again < 2


def show(result):
    rows = [["way", "side", "figure", "median", "min", "max"]]
    for way, sides in result["ways"].items():
        for side, figures in sorted(sides.items()):
            for figure, value in figures.items():
                spread = (f"{value[key]:.2f}" for key in ("median", "min", "max"))
                rows.append([way, side, figure, *spread])
    print(table(rows), "\n")


def main():
    parser = make_parser(__doc__, "subscriptions", rounds=3, port=0)
    for name, count in (("few", 1000), ("many", 5000), ("orders", 500)):
        parser.add_argument(f"--{name}", type=int, default=count)
    options = parser.parse_args()
    counts = options.few, options.many, options.orders
    ways = (
        ("invoices", options.few),
        ("invoices", options.many),
        ("orders", options.orders),
    )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        oca_path = str(fetch_oca(folder, WHEELS))
        addons = {"plain": (), "oca": ("contract",), "ours": OURS}
        sides = [
            stack.enter_context(
                closing(
                    Side(
                        name,
                        number,
                        folder,
                        addons[name],
                        oca_path if name == "oca" else "",
                    )
                )
            )
            for number, name in enumerate(SIDES)
        ]
        rounds = run_rounds(
            options.rounds, lambda number: run_round(sides, ways, number)
        )
    medians = evaluate(rounds)
    demands = list(check_demands(medians, rounds, *counts))
    finish({"ways": medians, "demands": demands, "rounds": rounds}, show, options.json)


if __name__ == "__main__":
    main()
