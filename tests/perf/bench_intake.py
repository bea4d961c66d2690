"""How fast orders come in: plain Odoo beside our batch intake, in turns.

    ./dev bench intake [--rounds 3] [--orders 100] [--memory] [--json FILE]

The same orders of three storable lines are created and confirmed

- ``plain single``: plain Odoo, one ``create`` and one ``action_confirm`` an order, in
  turns with ``installed single``, order by order;
- ``plain batch``: plain Odoo, 50 orders a call;
- ``installed single``, ``installed batch``: the same calls with our addons installed
  and nothing configured: what they cost those who do not use them;
- ``intake``: ``sales.order.api.import_orders``, 50 orders a call, which also
  matches customers and products by reference and refuses doubles.

Reported per round and as median with spread: orders a minute, CPU of Odoo and of
PostgreSQL and SQL queries an order, p50 and p95 of a call. Then 2 and 8 clients at
once on a server with two workers: first each of them always waits for an answer, then
8 send as many orders a minute as are demanded; and with ``--memory`` 10,000 orders in a
row. The last table compares with what is demanded.
"""

import os
import random
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import support
from tests.perf import clients
from tests.perf.harness import (
    Server,
    finish,
    install_unconfigured,
    make_parser,
    percentile,
    postgres_cpu,
    run_in_shell,
    run_rounds,
    summary,
    table,
)

BATCH = 50
AT_ONCE = (2, 8)
OURS = (
    "sales_order_plus",
    "sales_approval_plus",
    "sales_backorder_plus",
    "sales_subscription_plus",
)
MANY = 10_000
# Orders a minute that are demanded.
RATE = 1500
PREPARE = """
import json
from datetime import timedelta
from odoo.fields import Command
env = env(context=dict(env.context, tracking_disable=True))
company = env.company
tax = env["account.tax"].create({"name": "Bench 15%", "amount": 15, "type_tax_use": "sale"})
products = env["product.product"].create([
    {"name": f"Bench {i}", "default_code": f"BENCH-{i}", "is_storable": True,
     "list_price": 10 + i, "taxes_id": [Command.set(tax.ids)]} for i in range(20)])
location = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
for product in products:
    env["stock.quant"]._update_available_quantity(product, location.lot_stock_id, 10**7)
partners = env["res.partner"].create([
    {"name": f"Bench Customer {i}", "ref": f"BC{i}"} for i in range(50)])
user = env["res.users"].create({
    "name": "Bench", "login": "bench", "company_id": company.id,
    "company_ids": [Command.set(company.ids)],
    "group_ids": [Command.set([env.ref("sales_team.group_sale_manager").id])]})
expires = env.cr.now() + timedelta(hours=12)
key = env["res.users.apikeys"].with_user(user)._generate("rpc", "bench", expires)
env.cr.commit()
print(json.dumps({"key": key, "products": products.ids, "partners": partners.ids}))
"""


class Side:
    """One database with its server and the records made for the benchmark."""

    def __init__(self, port, folder, addons=()):
        self.database = f"bench_{os.getpid()}_{port}"
        support.create_database(self.database, support.BASE_TEMPLATE)
        if addons:
            install_unconfigured(self.database, addons)
        self.records = run_in_shell(self.database, PREPARE)
        self.server = Server(self.database, port, folder).wait()
        self.server.key = self.records["key"]

    def restart(self, port, folder, workers):
        """Serve the same database by so many workers."""
        self.server.stop()
        self.server = Server(self.database, port, folder, workers).wait()
        self.server.key = self.records["key"]

    def close(self):
        self.server.stop()
        support.drop_database(self.database)


def draw_orders(count, seed):
    """Orders as (customer number, [(product number, quantity)]), the same for all."""
    source = random.Random(seed)
    return [
        (
            source.randrange(50),
            [(n, source.randint(1, 9)) for n in source.sample(range(20), 3)],
        )
        for _number in range(count)
    ]


def prepare_core_vals(side, order):
    customer, lines = order
    return {
        "partner_id": side.records["partners"][customer],
        "order_line": [
            [0, 0, {"product_id": side.records["products"][n], "product_uom_qty": qty}]
            for n, qty in lines
        ],
    }


def create_and_confirm(side, orders, size):
    """Plain Odoo's two calls for every ``size`` orders; return seconds of each pair."""
    times = []
    for start in range(0, len(orders), size):
        vals_list = [prepare_core_vals(side, o) for o in orders[start : start + size]]
        ids, creating = side.server.call("sale.order", "create", vals_list=vals_list)
        _done, confirming = side.server.call("sale.order", "action_confirm", ids=ids)
        times.append(creating + confirming)
    return times


def import_and_confirm(side, orders, reference):
    """Our intake, ``BATCH`` orders a call; return the seconds of each call."""
    return [take_in(side, batch) for batch in prepare_batches(orders, reference)]


def prepare_batches(orders, reference):
    """The orders as our intake takes them, ``BATCH`` together."""
    prepared = [
        {
            "external_ref": f"{reference}-{index}",
            "customer": f"BC{customer}",
            "lines": [{"product": f"BENCH-{n}", "quantity": qty} for n, qty in lines],
        }
        for index, (customer, lines) in enumerate(orders)
    ]
    return [prepared[start : start + BATCH] for start in range(0, len(orders), BATCH)]


def take_in(side, batch):
    """One call; return its seconds."""
    answer, seconds = side.server.call(
        "sales.order.api", "import_orders", orders=batch, confirm=True
    )
    failed = [line for line in answer if line["status"] != "confirmed"]
    if failed:
        raise RuntimeError(f"Not confirmed: {failed[:3]}")
    return seconds


def measure(side, count, run):
    """Run and return the figures an order."""
    before = counters(side)
    times = run()
    return prepare_figures(count, before, counters(side), times)


def measure_in_turns(sides, orders):
    """Create and confirm each order alone on both sides; return the figures of each.

    The speed of a machine moves from minute to minute, and two calls are short.
    """
    before = [counters(side) for side in sides]
    times = [[] for _side in sides]
    for number, order in enumerate(orders):
        for index in (0, 1) if number % 2 else (1, 0):
            times[index] += create_and_confirm(sides[index], [order], 1)
    return [
        prepare_figures(len(orders), early, counters(side), taken)
        for side, early, taken in zip(sides, before, times, strict=True)
    ]


def prepare_figures(count, before, after, times):
    """Return the figures an order, from both counters and the seconds of each call."""
    odoo, postgres, queries = (
        late - early for early, late in zip(before, after, strict=True)
    )
    return {
        "orders_a_minute": count / sum(times) * 60,
        "cpu_ms": (odoo + postgres) / count * 1000,
        "odoo_ms": odoo / count * 1000,
        "postgres_ms": postgres / count * 1000,
        "sql": queries / count,
        "p50_ms": percentile(times, 0.5) * 1000,
        "p95_ms": percentile(times, 0.95) * 1000,
    }


def counters(side):
    """CPU seconds of Odoo and of PostgreSQL, and queries, so far."""
    postgres = postgres_cpu(side.database)
    return side.server.cpu(), postgres, side.server.queries()


def run_round(plain, ours, number, count):
    """Every way once, each with orders of the same kind; return {way: figures}."""
    orders = draw_orders(count, seed=number)
    singles = measure_in_turns((plain, ours), orders)
    result = dict(zip(("plain single", "installed single"), singles, strict=True))
    ways = {
        "plain batch": (plain, lambda: create_and_confirm(plain, orders, BATCH)),
        "installed batch": (ours, lambda: create_and_confirm(ours, orders, BATCH)),
        "intake": (ours, lambda: import_and_confirm(ours, orders, f"R{number}")),
    }
    # Turned round every second time, so that warming up favours nobody.
    names = list(ways) if number % 2 else list(reversed(ways))
    return result | {
        name: measure(ways[name][0], count, ways[name][1]) for name in names
    }


RATIOS = {
    "intake / plain single, orders a minute": (
        "intake",
        "plain single",
        "orders_a_minute",
    ),
    "intake / plain batch, orders a minute": (
        "intake",
        "plain batch",
        "orders_a_minute",
    ),
    "intake / plain batch, CPU": ("intake", "plain batch", "cpu_ms"),
    "installed / plain, single, CPU": ("installed single", "plain single", "cpu_ms"),
    "installed / plain, batch, CPU": ("installed batch", "plain batch", "cpu_ms"),
    "installed / plain, single, SQL": ("installed single", "plain single", "sql"),
    "installed / plain, batch, SQL": ("installed batch", "plain batch", "sql"),
}


def run_load(side, options):
    """Clients at once and, if asked for, many orders; return their figures."""
    result = {"at_once": {}, "at_pace": [], "memory": []}
    work = partial(take_in, side)
    for number in range(options.rounds):
        for count in AT_ONCE if number % 2 else reversed(AT_ONCE):
            orders = draw_orders(options.calls * BATCH, seed=number)
            batches = prepare_batches(orders, f"C{count}-{number}")
            run = clients.run_at_once(side.server, count, batches, work)
            result["at_once"].setdefault(count, []).append(run)
            print(f"round {number + 1}: {count} clients at once done", flush=True)
        batches = prepare_batches(
            draw_orders(options.calls * BATCH, number), f"P{number}"
        )
        run = clients.run_at_pace(side.server, AT_ONCE[-1], batches, work, RATE)
        result["at_pace"].append(run)
    if options.memory:
        batches = prepare_batches(draw_orders(MANY, seed=0), "M")
        result["memory"] = clients.run_many(side.server, batches, work)
    return result


def summarise(runs):
    """{figure: median and spread} over the runs."""
    return {figure: summary([run[figure] for run in runs]) for figure in runs[0]}


def evaluate(rounds, load):
    """Return medians, medians of the ratios within a round, and what is demanded."""
    ways = {way: summarise([result[way] for result in rounds]) for way in rounds[0]}
    ratios = {
        name: summary([r[above][figure] / r[below][figure] for r in rounds])
        for name, (above, below, figure) in RATIOS.items()
    }
    at_once = {count: summarise(runs) for count, runs in load["at_once"].items()}
    result = {"ways": dict(sorted(ways.items())), "ratios": ratios, "at_once": at_once}
    result |= {"at_pace": summarise(load["at_pace"]), "rounds": rounds, "load": load}
    return result | {"demands": list(check_demands(result))}


def check_demands(result):
    """Yield (what, measured, demanded, whether it is met)."""
    few, many = (result["at_once"][count] for count in AT_ONCE)
    for size in ("single", "batch"):
        cost = result["ratios"][f"installed / plain, {size}, CPU"]["median"]
        yield f"CPU of installed / plain, {size}", cost, "<= 1.05", cost <= 1.05
    cpu = result["ratios"]["intake / plain batch, CPU"]["median"]
    yield "CPU of intake / plain batch", cpu, "<= 0.7", cpu <= 0.7
    rate = few["orders_a_minute"]["median"]
    yield "orders a minute, 2 clients", rate, f">= {RATE}", rate >= RATE
    ratio = many["orders_a_minute"]["median"] / rate
    yield "rate of 8 clients / rate of 2", ratio, ">= 0.95", ratio >= 0.95
    served = many["served_p95_ms"]["median"] / 1000
    yield "p95 of a call of 50 in the server, 8 clients, s", served, "< 5", served < 5
    paced = result["at_pace"]["p95_ms"]["median"] / 1000
    yield (
        f"p95 as its client sees it, 8 send {RATE} a minute, s",
        paced,
        "< 5",
        paced < 5,
    )
    seen = many["p95_ms"]["median"] / 1000
    yield "p95 as its client sees it, 8 always wait, s", seen, "< 5", seen < 5
    retries = many["retries"]["max"]
    yield "calls begun again, 8 clients", retries, "0", retries == 0
    if memory := result["load"]["memory"]:
        grown = clients.growth(memory)
        yield f"memory at {MANY} orders, growth", grown, "<= 1.02", grown <= 1.02


def show(result):
    """Print the tables."""
    show_figures("median", result["ways"])
    show_figures("clients at once, median", result["at_once"])
    show_figures("clients at their pace, median", {AT_ONCE[-1]: result["at_pace"]})
    rows = [["ratio", "median", "min", "max"]]
    for name, value in result["ratios"].items():
        rows.append([name, *(f"{value[key]:.3f}" for key in ("median", "min", "max"))])
    print(table(rows), "\n")
    for orders, megabytes in result["load"]["memory"]:
        print(f"{orders} orders: {megabytes:.0f} MB")


def show_figures(title, values_by_name):
    figures = list(next(iter(values_by_name.values())))
    rows = [[title, *figures]]
    for name, values in values_by_name.items():
        rows.append(
            [str(name), *(f"{values[figure]['median']:.1f}" for figure in figures)]
        )
    print(table(rows), "\n")


def main():
    parser = make_parser(__doc__, "intake", rounds=3, port=8079)
    parser.add_argument(
        "--orders", type=int, default=100, help="orders a round and way"
    )
    parser.add_argument("--calls", type=int, default=16, help="of clients at once")
    parser.add_argument("--memory", action="store_true", help=f"{MANY} orders too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sides = []
        for offset, addons in enumerate(((), OURS)):
            side = Side(options.port + offset, folder, addons)
            stack.callback(side.close)
            sides.append(side)
        run_round(*sides, 0, BATCH)  # warms up caches, not counted
        rounds = run_rounds(
            options.rounds, lambda number: run_round(*sides, number, options.orders)
        )
        sides[1].restart(options.port + 2, folder, workers=2)
        load = run_load(sides[1], options)
    result = evaluate(rounds, load)
    finish(result, show, options.json)


if __name__ == "__main__":
    main()
