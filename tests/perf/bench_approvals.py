"""What approvals cost: plain Odoo, ours and OCA's tier validation, in turns.

    ./dev bench approvals [--rounds 3] [--requests 500] [--many 100000] [--json FILE]

- ``confirm 100``: confirming 100 orders in one call with 20 policies (tiers) that look
  at every order and hit none; beside plain Odoo without any;
- ``decide``: submitting so many orders and approving them in bulk, for 100 and for
  ``--requests``: seconds a request must not grow;
- ``waiting``: the list and the counter of what waits for one approver, with 2,000 of
  his own among ``--many`` requests of everybody; OCA's with 2,000 reviews.

OCA's addons are fetched from the package index, run and not kept.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from string import Template

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import support
from tests.perf.bench_intake import (
    OURS,
    PREPARE,
    counters,
    draw_orders,
    prepare_core_vals,
)
from tests.perf.harness import (
    Server,
    finish,
    install_unconfigured,
    make_parser,
    run_in_shell,
    run_rounds,
    summary,
    table,
)

WHEELS = (
    "odoo-addon-base-tier-validation==19.*",
    "odoo-addon-sale-tier-validation==19.*",
)
OCA = ("sale_tier_validation",)
ORDERS, POLICIES, MINE, CHUNK = 100, 20, 2000, 200
CONFIRM = f"confirm {ORDERS}"
# Two people, one who sells and one who decides, with a key each.
PEOPLE = """
from datetime import timedelta
from odoo.fields import Command
company, expires = env.company, env.cr.now() + timedelta(hours=12)
def person(login, *groups):
    user = env["res.users"].create({
        "name": login, "login": login, "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set([env.ref(group).id for group in groups])]})
    keys = env["res.users.apikeys"].with_user(user)
    return user, keys._generate("rpc", "bench", expires)
"""
OUR_POLICIES = """
approver, approver_key = person("bench_approver", "sales_approval_plus.group_approver")
role = env["sales.approval.role"].create(
    {"name": "Bench", "code": "bench", "user_ids": [Command.set(approver.ids)]})
policies = env["sales.approval.policy"]
for number in range(20):
    metric = ("amount", "discount", "margin", "overdue_days")[number % 4]
    policies |= policies.create({
        "name": f"Bench {number}", "company_id": company.id,
        "domain": "[('amount_total', '>', -1)]" if number % 2 else "[]",
        "criterion_ids": [Command.create({
            "metric": metric, "value": -10**6 if metric == "margin" else 10**7 if
            metric == "amount" else 99 if metric == "discount" else 10**5})],
        "step_ids": [Command.create({"role_id": role.id})]})
hitting = policies.create({
    "name": "Bench, hit", "company_id": company.id,
    "domain": "[('client_order_ref', '=', 'HIT')]",
    "criterion_ids": [Command.create({"metric": "amount", "value": 1})],
    "step_ids": [Command.create({"role_id": role.id})]})
env.cr.commit()
print(json.dumps({"approver": approver.id, "approver_key": approver_key}))
"""
OCA_TIERS = """
approver, approver_key = person("bench_approver", "sales_team.group_sale_manager")
model = env["ir.model"]._get_id("sale.order")
tiers = env["tier.definition"].create([{
    "name": f"Bench {number}", "model_id": model, "review_type": "individual",
    "reviewer_id": approver.id, "definition_domain": "[('amount_total', '>', 10000000)]",
} for number in range(20)] + [{
    "name": "Bench, hit", "model_id": model, "review_type": "individual",
    "reviewer_id": approver.id, "definition_domain": "[('client_order_ref', '=', 'HIT')]",
}])
env.cr.commit()
print(json.dumps({"approver": approver.id, "approver_key": approver_key}))
"""
# Requests of everybody, as if they had been made one by one: 2,000 wait for one.
MANY = """
import json
from odoo.tools import SQL
def copy(model, source_id, count, **changed):
    columns = [name for name, field in env[model]._fields.items()
               if field.store and field.column_type and name != "id"]
    values = [SQL(changed.get(name, '"%s"' % name)) for name in columns]
    env.cr.execute(SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) AS n WHERE id = %s",
        SQL.identifier(env[model]._table),
        SQL(", ").join(map(SQL.identifier, columns)), SQL(", ").join(values),
        SQL.identifier(env[model]._table), count, source_id))
request = env["sales.approval.request"].search([("state", "=", "approved")], limit=1)
line, order, count = request.line_ids, request.sale_order_id, int($count)
def get_last(table):
    # The next row gets the number after it.
    env.cr.execute(SQL("SELECT setval(%s, (SELECT max(id) FROM %s))",
                       table + "_id_seq", SQL.identifier(table)))
    return env.cr.fetchone()[0]
last, last_request, last_line = map(
    get_last, ("sale_order", "sales_approval_request", "sales_approval_line"))
get_last("sale_order_line")
copy("sale.order", order.id, count, name="'B' || n", access_token="NULL", state="'draft'",
     intake_ref="NULL", external_ref="NULL")
copy("sale.order.line", order.order_line[0].id, count)
env.cr.execute(
    "WITH o AS (SELECT id, row_number() OVER (ORDER BY id) AS r FROM sale_order"
    " WHERE id > %s), l AS (SELECT id, row_number() OVER (ORDER BY id DESC) AS r"
    " FROM sale_order_line ORDER BY id DESC LIMIT %s)"
    " UPDATE sale_order_line s SET order_id = o.id FROM l JOIN o USING (r)"
    " WHERE s.id = l.id",
    [last, count])
copy("sales.approval.request", request.id, count,
     sale_order_id="%d + n" % last,
     state="CASE WHEN mod(n, 5) = 0 THEN 'pending' ELSE 'approved' END")
copy("sales.approval.line", line[:1].id, count, request_id="%d + n" % last_request,
     state="CASE WHEN mod(n, 5) = 0 THEN 'open' ELSE 'done' END")
field = env["sales.approval.line"]._fields["approver_ids"]
others = env["res.users"].search([("share", "=", False), ("id", "!=", $approver)]).ids
env.cr.execute(SQL(
    "INSERT INTO %s (%s, %s) SELECT l.id, CASE WHEN l.state = 'open' AND"
    " (l.id - %s) <= %s THEN %s ELSE %s END FROM sales_approval_line l"
    " WHERE l.id > %s",
    SQL.identifier(field.relation), SQL.identifier(field.column1),
    SQL.identifier(field.column2), last_line, $mine * 5, $approver, others[0],
    last_line))
env.cr.commit()
env.cr._cnx.autocommit = True
env.cr.execute("ANALYZE")
print(json.dumps({"requests": env["sales.approval.request"].search_count([])}))
"""


class Side:
    """One of the three: its database, server and keys."""

    def __init__(self, name, port, folder, addons=(), path="", prepare=""):
        self.name = name
        self.database = f"bench_{os.getpid()}_{port}"
        support.create_database(self.database, support.BASE_TEMPLATE)
        with extended_path(folder, path):
            if addons:
                install_unconfigured(self.database, addons)
            self.records = run_in_shell(self.database, PREPARE)
            if prepare:
                script = "import json\n" + PEOPLE + prepare
                self.records |= run_in_shell(self.database, script)
            self.server = Server(self.database, port, folder).wait()
        self.seller = self.records["key"]
        self.server.key = self.seller

    def close(self):
        self.server.stop()
        support.drop_database(self.database)

    def call(self, model, method, **params):
        return self.server.call(model, method, **params)[0]

    @contextmanager
    def as_approver(self):
        self.server.key = self.records["approver_key"]
        try:
            yield
        finally:
            self.server.key = self.seller

    def create(self, count, seed, **more):
        orders = [
            {**prepare_core_vals(self, order), **more}
            for order in draw_orders(count, seed)
        ]
        return self.call("sale.order", "create", vals_list=orders)


@contextmanager
def extended_path(folder, path):
    """Let Odoo find other addons too, by a configuration of its own."""
    if not path:
        yield
        return
    before = os.environ["DEV_ODOO_CONF"]
    text = Path(before).read_text()
    lines = [
        f"{line},{path}" if line.startswith("addons_path") else line
        for line in text.splitlines()
    ]
    config = Path(folder, "extended.conf")
    config.write_text("\n".join(lines))
    os.environ["DEV_ODOO_CONF"] = str(config)
    try:
        yield
    finally:
        os.environ["DEV_ODOO_CONF"] = before


def fetch_oca(folder, wheels=WHEELS):
    """Return the folder with OCA's addons, fetched from the package index."""
    target = Path(folder, "oca")
    pip = [os.environ["DEV_PYTHON"], "-m", "pip", "download", "-q", "--no-deps"]
    subprocess.run([*pip, "-d", str(target), *wheels], check=True)
    for wheel in target.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(target)
    return target / "odoo" / "addons"


# === Ways === #


def measure(side, count, run):
    """Return the figures an order of one call."""
    before, served = counters(side), len(side.server.served())
    run()
    odoo, postgres, queries = (
        late - early for early, late in zip(before, counters(side), strict=True)
    )
    return {
        "server_ms": sum(side.server.served()[served:]) / count * 1000,
        "cpu_ms": (odoo + postgres) / count * 1000,
        "sql": queries / count,
    }


def confirm(side, seed):
    ids = side.create(ORDERS, seed)
    run = lambda: side.call("sale.order", "action_confirm", ids=ids)  # noqa: E731
    return measure(side, ORDERS, run)


def decide(side, count, seed):
    """Submit and approve orders that are hit; return the figures a request."""
    ids = side.create(count, seed, client_order_ref="HIT")
    run = decide_ours if side.name == "ours" else decide_oca
    return measure(side, count, lambda: run(side, ids))


def decide_ours(side, ids):
    side.call("sale.order", "action_submit_for_approval", ids=ids)
    requests = side.call(
        "sales.approval.request", "search", domain=[["sale_order_id", "in", ids]]
    )
    with side.as_approver():
        for start in range(0, len(requests), CHUNK):
            result = side.call(
                "sales.approval.request",
                "action_approve_many",
                ids=requests[start : start + CHUNK],
            )
            if result["skipped"]:
                raise RuntimeError(result["skipped"][:3])


def decide_oca(side, ids):
    side.call("sale.order", "request_validation", ids=ids)
    with side.as_approver():
        for one in ids:  # it takes one order a call
            side.call("sale.order", "validate_tier", ids=[one])


def wait_for(side, times):
    """Return milliseconds of the counter and of the first page of the list."""
    if side.name == "ours":
        model, domain = "sales.approval.request", [["can_vote", "=", True]]
        names = ["sale_order_id", "partner_id", "amount", "reason_text", "state"]
    else:
        model, domain = (
            "sale.order",
            [["reviewer_ids", "in", [side.records["approver"]]]],
        )
        names = ["name", "partner_id", "amount_total", "state"]
    figures = {}
    with side.as_approver():
        for name, call in (
            ("counter", lambda: side.call(model, "search_count", domain=domain)),
            (
                "list",
                lambda: side.call(
                    model, "search_read", domain=domain, fields=names, limit=80
                ),
            ),
        ):
            call()
            served = len(side.server.served())
            figures[f"found by the {name}"] = (
                call() if name == "counter" else len(call())
            )
            for _time in range(times):
                call()
            spent = side.server.served()[served + 1 :]
            figures[f"{name}, ms"] = summary([one * 1000 for one in spent])
    return figures


# === Report === #


def run_round(sides, requests, number):
    """Every way once, with another order of the sides each time."""
    turns = sides if number % 2 else sides[::-1]
    result = {CONFIRM: {side.name: confirm(side, number) for side in turns}}
    for count in (ORDERS, requests):
        result[f"decide {count}"] = {
            side.name: decide(side, count, 1000 + number)
            for side in turns
            if side.name != "plain"
        }
    return result


def run_waiting(sides, options):
    """Fill the databases and measure what waits."""
    oca, ours = (
        next(side for side in sides if side.name == name) for name in ("oca", "ours")
    )
    numbers = {
        "count": options.many,
        "mine": MINE,
        "approver": ours.records["approver"],
    }
    run_in_shell(ours.database, Template(MANY).substitute(numbers))
    for start in range(0, MINE, 500):
        ids = oca.create(500, start, client_order_ref="HIT")
        oca.call("sale.order", "request_validation", ids=ids)
    return {side.name: wait_for(side, 20) for side in (ours, oca)}


def evaluate(rounds):
    """Return {way: {side: {figure: median and spread}}} and the ratios to plain."""
    return {
        way: {
            side: {
                figure: summary([one[way][side][figure] for one in rounds])
                for figure in rounds[0][way][side]
            }
            for side in rounds[0][way]
        }
        for way in rounds[0]
    }


def check_demands(ways, waiting, rounds, requests):
    """Yield (what, measured, demanded, whether it is met)."""
    for figure in ("server_ms", "cpu_ms"):
        ratio = summary(
            [r[CONFIRM]["ours"][figure] / r[CONFIRM]["plain"][figure] for r in rounds]
        )["median"]
        yield f"{CONFIRM}, ours / plain, {figure}", ratio, "<= 1.1", ratio <= 1.1
    many = ways[f"decide {requests}"]["ours"]["server_ms"]["median"]
    total = many * requests / 1000
    yield f"submit and approve {requests}, seconds", total, "< 15", total < 15
    few = ways[f"decide {ORDERS}"]["ours"]["server_ms"]["median"]
    yield "a request of many / of few", many / few, "<= 1.2", many / few <= 1.2
    for name in ("counter", "list"):
        spent = waiting["ours"][f"{name}, ms"]["median"]
        yield f"{name} of what waits, ms", spent, "< 100", spent < 100


def show(result):
    rows = [["way", "side", "figure", "median", "min", "max"]]
    for way, sides in result["ways"].items():
        for side, figures in sorted(sides.items()):
            for figure, value in figures.items():
                spread = (f"{value[key]:.2f}" for key in ("median", "min", "max"))
                rows.append([way, side, figure, *spread])
    print(table(rows), "\n")
    for side, figures in result["waiting"].items():
        print(side, json.dumps(figures))
    print()


def main():
    parser = make_parser(__doc__, "approvals", rounds=3, port=8089)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--many", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:

        def side(number, *arguments, **more):
            made = Side(
                arguments[0], options.port + number, folder, *arguments[1:], **more
            )
            return stack.enter_context(closing(made))

        oca_path = str(fetch_oca(folder))
        sides = [
            side(0, "plain"),
            side(1, "oca", OCA, path=oca_path, prepare=OCA_TIERS),
            side(2, "ours", OURS, prepare=OUR_POLICIES),
        ]
        work = partial(run_round, sides, options.requests)
        work(0)  # warms up caches, not counted
        rounds = run_rounds(options.rounds, work)
        waiting = run_waiting(sides, options)
    ways = evaluate(rounds)
    demands = list(check_demands(ways, waiting, rounds, options.requests))
    result = {"ways": ways, "waiting": waiting, "demands": demands, "rounds": rounds}
    finish(result, show, options.json)


if __name__ == "__main__":
    main()
