"""What validation rules cost: on a database with our addons and demo-free.

    ./dev bench rules [--rounds 5] [--json FILE]

- ``check 100 lines``: ``validate_order`` of one order of 100 lines against 50 rules,
  beside the same call without rules: the difference is what the rules take;
- ``confirm 100``: confirming 100 orders of three lines in one call with 20 rules,
  beside the same without.

The rules are what companies set up: filters of orders and of lines, and built-in
checks. None of them finds anything, so every one of them looks at everything. With and
without take turns on one server. Reported: milliseconds in the server, CPU of Odoo and
PostgreSQL, and queries of a call, as median with spread over the rounds.
"""

import os
import sys
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.perf.bench_intake import (
    OURS,
    Side,
    counters,
    draw_orders,
    prepare_core_vals,
)
from tests.perf.harness import finish, make_parser, run_rounds, summary, table

LINES = 100
ORDERS = 100
CALLS = 10
CHECK, CONFIRM = f"check {LINES} lines", f"confirm {ORDERS}"
RULES = {CHECK: 50, CONFIRM: 20}
FIGURES = ("server_ms", "cpu_ms", "sql")
FILTERS = (
    {"domain": "[('client_order_ref', '=', 'wrong')]"},
    {"domain": "[('amount_total', '>', 10000000)]"},
    {"domain": "[('order_line.discount', '>', 90)]"},
    {"domain": "[('partner_id.country_id.code', '=', 'XX')]"},
    {"target": "line", "line_domain": "[('product_uom_qty', '>', 100000)]"},
    {"target": "line", "line_domain": "[('product_id.default_code', '=', 'wrong')]"},
)
CHECKS = (
    {"check_key": "max_discount", "threshold": 90},
    {"check_key": "min_margin", "threshold": -1000},
    {"check_key": "min_order", "threshold": 1},
    {"check_key": "max_order", "threshold": 10_000_000},
)


def prepare_rule(number):
    """Every third rule is a built-in check, the others are filters."""
    values = {"name": f"Bench {number}", "code": f"bench_{number}", "severity": "block"}
    if number % 3 == 0:
        check = CHECKS[number // 3 % len(CHECKS)]
        return {**values, "kind": "check", **check}
    return {**values, "kind": "domain", **FILTERS[number % len(FILTERS)]}


class Rules:
    """A database whose rules are switched on and off."""

    def __init__(self, side):
        self.side = side
        given = self._call("sales.validation.rule", "search", domain=[])
        if given:
            raise RuntimeError(f"{len(given)} rules are there already")
        rules = [
            {**prepare_rule(n), "active": False} for n in range(max(RULES.values()))
        ]
        self.ids = self._call("sales.validation.rule", "create", vals_list=rules)
        [self.large] = self._create([(0, [(n % 20, 1) for n in range(LINES)])])

    def _call(self, model, method, **params):
        return self.side.server.call(model, method, **params)[0]

    def _create(self, orders):
        vals_list = [prepare_core_vals(self.side, order) for order in orders]
        return self._call("sale.order", "create", vals_list=vals_list)

    def switch(self, count):
        """Let the first ``count`` rules hold, and no others."""
        for ids, active in ((self.ids[:count], True), (self.ids[count:], False)):
            self._call(
                "sales.validation.rule", "write", ids=ids, vals={"active": active}
            )

    def prepare_check(self):
        """Return the call that looks at the large order, so many times."""
        [order] = self._call("sale.order", "read", ids=[self.large], fields=["name"])
        self._check(order["name"])  # reads the rules, which a server does once
        return CALLS, lambda: [self._check(order["name"]) for _call in range(CALLS)]

    def _check(self, name):
        answer = self._call("sales.order.api", "validate_order", name=name)
        if answer["findings"]:
            raise RuntimeError(f"A rule found something: {answer['findings']}")

    def prepare_confirm(self, seed):
        """Return the call that confirms new orders."""
        ids = self._create(draw_orders(ORDERS, seed))
        return 1, lambda: self._call("sale.order", "action_confirm", ids=ids)


def measure(side, calls, run):
    """Return the figures of one call."""
    before, served = counters(side), len(side.server.served())
    run()
    odoo, postgres, queries = (
        late - early for early, late in zip(before, counters(side), strict=True)
    )
    return {
        "server_ms": sum(side.server.served()[served:]) / calls * 1000,
        "cpu_ms": (odoo + postgres) / calls * 1000,
        "sql": queries / calls,
    }


def run_round(rules, number):
    """Both ways with and without rules; return {way: {side: figures}}."""
    ways = {
        CHECK: rules.prepare_check,
        CONFIRM: partial(rules.prepare_confirm, number),
    }
    result = {}
    for name, prepare in ways.items():
        # Turned round every second time, so that warming up favours nobody.
        turns = [("without", 0), ("with", RULES[name])][:: 1 if number % 2 else -1]
        result[name] = {}
        for side, count in turns:
            rules.switch(count)
            result[name][side] = measure(rules.side, *prepare())
    return result


def evaluate(rounds):
    """Return medians and spreads, and what is demanded."""
    ways = {name: evaluate_way(name, rounds) for name in rounds[0]}
    return {
        "ways": ways,
        "demands": list(check_demands(ways)),
        "rounds": rounds,
        "load": os.getloadavg(),
    }


def evaluate_way(name, rounds):
    found = [result[name] for result in rounds]
    return {
        figure: {
            "without": summary([r["without"][figure] for r in found]),
            "with": summary([r["with"][figure] for r in found]),
            "more": summary([r["with"][figure] - r["without"][figure] for r in found]),
            "ratio": summary(
                [r["with"][figure] / max(r["without"][figure], 1e-9) for r in found]
            ),
        }
        for figure in FIGURES
    }


def check_demands(ways):
    """Yield (what, measured, demanded, whether it is met)."""
    more = ways[CHECK]["server_ms"]["more"]["median"]
    yield f"{RULES[CHECK]} rules on {LINES} lines, ms", more, "< 100", more < 100
    # On a busy machine the first one says little: the other programs count too.
    for figure in ("server_ms", "cpu_ms"):
        ratio = ways[CONFIRM][figure]["ratio"]["median"]
        what = f"{CONFIRM}, {RULES[CONFIRM]} rules / none, {figure}"
        yield what, ratio, "<= 1.3", ratio <= 1.3


def show(result):
    """Print the tables."""
    rows = [["way", "figure", "without", "with", "more", "ratio", "min", "max"]]
    for name, figures in result["ways"].items():
        for figure, value in figures.items():
            medians = (value[key]["median"] for key in ("without", "with", "more"))
            ratios = (value["ratio"][key] for key in ("median", "min", "max"))
            rows.append(
                [
                    name,
                    figure,
                    *(f"{median:.1f}" for median in medians),
                    *(f"{ratio:.2f}" for ratio in ratios),
                ]
            )
    print(table(rows), "\n")


def main():
    options = make_parser(__doc__, "rules", rounds=5, port=8089).parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Side(options.port, folder, OURS)) as side,
    ):
        rules = Rules(side)
        run_round(rules, 0)  # warms up caches, not counted
        rounds = run_rounds(options.rounds, partial(run_round, rules))
    result = evaluate(rounds)
    finish(result, show, options.json)


if __name__ == "__main__":
    main()
