"""What change requests cost: ours beside plain Odoo, which writes the lines at once.

    ./dev bench changes [--rounds 5] [--calls 2] [--json FILE]

Each call takes a confirmed order of 100 lines, all of them reserved, and another
quantity on every line.

- ``impact``: ``preview_change``, which really makes the change and undoes it;
- ``apply``: ``apply_change`` of a request that was submitted before;

each beside plain Odoo's ``write`` of the same quantities, on a database of its own.
Reported: milliseconds in the server, CPU of Odoo and PostgreSQL, and queries of a call,
as median with spread over the rounds, and the ratio to plain Odoo within a round.
Demanded: impact under one second, applied under two.
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.perf.bench_intake import OURS, Side, prepare_core_vals
from tests.perf.bench_screens import evaluate_screen, measure, show
from tests.perf.harness import finish, make_parser, run_in_shell, run_rounds

LINES = 100
IMPACT, APPLY = f"impact {LINES}", f"apply {LINES}"
# (way, milliseconds in the server it may take)
DEMANDS = ((IMPACT, 1000), (APPLY, 2000))
CONTROL = """
import json
env.company.write({"sales_change_control": True})
env.cr.commit()
print(json.dumps({}))
"""


class Orders:
    """Confirmed orders of a database, and how their lines are changed there."""

    def __init__(self, side):
        self.side = side

    def _call(self, model, method, **params):
        return self.side.server.call(model, method, **params)[0]

    def create(self):
        """Return a confirmed order of so many lines, read back."""
        order = (0, [(n % 20, 5) for n in range(LINES)])
        vals_list = [prepare_core_vals(self.side, order)]
        ids = self._call("sale.order", "create", vals_list=vals_list)
        self._call("sale.order", "action_confirm", ids=ids)
        fields = ["name", "order_line"]
        return self._call("sale.order", "read", ids=ids, fields=fields)[0]

    def write(self, order):
        """Write another quantity on every line, as plain Odoo lets anybody."""
        lines = [[1, id_, {"product_uom_qty": 3}] for id_ in order["order_line"]]
        vals = {"order_line": lines}
        self._call("sale.order", "write", ids=[order["id"]], vals=vals)

    def _prepare_changes(self, order):
        return [
            {"kind": "quantity", "line": id_, "quantity": 3}
            for id_ in order["order_line"]
        ]

    def preview(self, order):
        answer = self._call(
            "sales.order.api",
            "preview_change",
            name=order["name"],
            changes=self._prepare_changes(order),
        )
        if answer["after"]["totals"] == answer["before"]["totals"]:
            raise RuntimeError("The preview says that nothing changes")

    def submit(self, order):
        """Return the number of a submitted request."""
        answer = self._call(
            "sales.order.api",
            "request_change_of_order",
            name=order["name"],
            changes=self._prepare_changes(order),
            reason="Bench",
            submit=True,
        )
        return answer["number"]

    def apply(self, number):
        answer = self._call("sales.order.api", "apply_change", number=number)
        if answer["state"] != "applied":
            raise RuntimeError(f"Not applied: {answer}")


def measure_each(orders, prepared, run):
    """Measure ``run`` with each of ``prepared``."""
    waiting = iter(prepared)
    return measure(orders.side, lambda: run(next(waiting)), len(prepared))


def run_round(plain, ours, number, calls):
    """Both ways beside plain Odoo; return {way: {side: figures}}."""
    written, previewed, applied = (
        [orders.create() for _call in range(calls)] for orders in (plain, ours, ours)
    )
    numbers = [ours.submit(order) for order in applied]
    turns = {
        "plain": lambda: measure_each(plain, written, plain.write),
        IMPACT: lambda: measure_each(ours, previewed, ours.preview),
        APPLY: lambda: measure_each(ours, numbers, ours.apply),
    }
    # Turned round every second time, so that warming up favours nobody.
    names = list(turns) if number % 2 else list(reversed(turns))
    figures = {name: turns[name]() for name in names}
    return {
        name: {"plain": figures["plain"], "ours": figures[name]}
        for name in (IMPACT, APPLY)
    }


def evaluate(rounds):
    """Return medians and spreads, and whether they are what is demanded."""
    ways = {name: evaluate_screen(name, rounds) for name in rounds[0]}
    demands = []
    for name, limit in DEMANDS:
        median = ways[name]["server_ms"]["ours"]["median"]
        demands.append((f"{name}, server_ms", median, f"< {limit}", median < limit))
    return {
        "screens": ways,
        "demands": demands,
        "rounds": rounds,
        "load": os.getloadavg(),
    }


def main():
    parser = make_parser(__doc__, "changes", rounds=5, port=8089)
    parser.add_argument("--calls", type=int, default=2, help="of a way and round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sides = []
        for offset, addons in enumerate(((), OURS)):
            side = Side(options.port + offset, folder, addons)
            stack.callback(side.close)
            sides.append(Orders(side))
        run_in_shell(sides[1].side.database, CONTROL)
        run_round(*sides, 0, 1)  # warms up caches, not counted
        rounds = run_rounds(
            options.rounds, lambda number: run_round(*sides, number, options.calls)
        )
    finish(evaluate(rounds), show, options.json)


if __name__ == "__main__":
    main()
