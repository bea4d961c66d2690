"""How long the screens of a salesperson take: ours beside plain Odoo, in turns.

    ./dev bench screens [--rounds 5] [--calls 10] [--json FILE]

Each screen is asked for what the web client reads: the fields of its view, as the
salesperson gets it. The same orders stand on both sides, among 10,000 others.

- ``form 10`` and ``form 100``: an order of so many lines, with its first page open;
- ``new``: what is asked before anything is typed;
- ``search``: the names offered for three letters;
- ``list 80``: the list of quotations, 80 of them;
- ``desk 80``: our order desk with its counters, beside Odoo's list;
- ``portal list`` and ``portal page``: the customer's orders, and one of ten lines;
- ``pdf``: the quotation of ten lines, once a round, since it takes seconds;
- ``compare 300``: two revisions of 300 lines side by side, beside Odoo's form of the
  300 lines, since Odoo compares nothing.

Reported a screen: milliseconds in the server, CPU of Odoo and PostgreSQL, and queries,
as median with spread over the rounds, and the ratio to plain Odoo within a round.
"""

import copy
import os
import re
import statistics
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.perf.bench_intake import OURS, Side, counters
from tests.perf.harness import (
    finish,
    make_parser,
    run_in_shell,
    run_rounds,
    summary,
    table,
)

SIZES = (10, 100, 300)
ORDERS = 80
PDF = "pdf"
# Lists that read the columns that are shown, and the others when they are turned on.
LAZY = "o_sales_lazy_columns"
# Fields of pages that are read when their page is opened.
LATE = "o_sales_late"
# Fields of the saved order, for which a new one is not asked.
SAVED = "o_sales_saved"
# For whom the server added a field to a view.
USED_BY = "data-used-by"
# What the definition of a field says of others.
DEFINED = (
    "domain",
    "context",
    "currency_field",
    "definition_record",
    "model_field",
)
PASSWORD = "bench-of-screens"
FIGURES = ("server_ms", "cpu_ms", "sql")
# What the goals are: (screen, figure, at most this ratio to plain Odoo).
DEMANDS = tuple(
    (screen, figure, 1.2)
    for screen in (
        "form 10",
        "form 100",
        "new",
        "search",
        f"list {ORDERS}",
        "portal list",
        "portal page",
        PDF,
    )
    for figure in ("sql", "server_ms")
)
PREPARE = """
import json
user = env["res.users"].search([("login", "=", "bench")])
seller = env["ir.model.data"]._xmlid_to_res_id("sales_team.group_sale_salesman_all_leads")
user.write({"group_ids": [(6, 0, [seller])], "password": PASSWORD})
products = env["product.product"].search([("default_code", "=like", "BENCH-%")])
partner = env["res.partner"].search([("ref", "=", "BC0")], limit=1)
def create(count, number):
    return env["sale.order"].with_user(user).with_context(tracking_disable=True).create([{
        "partner_id": partner.id, "user_id": user.id, "order_line": [
            (0, 0, {"product_id": products[i % len(products)].id, "product_uom_qty": 1})
            for i in range(count)]} for _order in range(number)])
portal = env["ir.model.data"]._xmlid_to_res_id("base.group_portal")
env["res.users"].create({"login": "bench_customer", "partner_id": partner.id,
    "password": PASSWORD, "group_ids": [(6, 0, [portal])]})
create(3, 1)
env.flush_all()
env.cr.execute(MULTIPLY)
sizes = {count: create(count, 1) for count in SIZES}
create(3, ORDERS)
sizes[min(SIZES)].action_quotation_sent()
revisions = []
large = sizes[max(SIZES)]
if "revision_number" in large._fields:
    large.action_quotation_sent()
    for line in large.order_line[::2]:
        line.product_uom_qty = 2
    large.action_new_revision(reason="Half of the lines")
    large.action_quotation_sent()
    revisions = env["sales.quotation.revision"].search([("order_id", "=", large.id)]).ids
def view(name):
    return env["ir.model.data"]._xmlid_to_res_id(name, raise_if_not_found=False)
result = {"sizes": {count: order.id for count, order in sizes.items()},
          "revisions": sorted(revisions),
          "form": view("sale.view_order_form"), "list": view("sale.view_quotation_tree"),
          "desk": view("sales_order_plus.sale_order_desk_view_list")}
env.cr.commit()
print(json.dumps(result))
"""
# Copies of the last order, every second one confirmed, shared by all customers.
MULTIPLY = """
CREATE FUNCTION pg_temp.copy_rows(kind text, source text, given jsonb) RETURNS void AS $$
DECLARE names text;
BEGIN
    SELECT string_agg(format('%I', column_name), ', ') INTO names
    FROM information_schema.columns
    WHERE table_name = kind AND column_name <> 'id' AND NOT given ? column_name::text;
    EXECUTE format('INSERT INTO %I (%s, %s) SELECT %s, %s FROM %s', kind, names,
        (SELECT string_agg(key, ', ' ORDER BY key) FROM jsonb_each_text(given)), names,
        (SELECT string_agg(value, ', ' ORDER BY key) FROM jsonb_each_text(given)), source);
END $$ LANGUAGE plpgsql;
CREATE TEMP TABLE customer AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS number, id
    FROM res_partner WHERE ref LIKE 'BC%';
SELECT pg_temp.copy_rows('sale_order',
    '(SELECT * FROM sale_order ORDER BY id DESC LIMIT 1) o, generate_series(1, 10000) n
     JOIN customer ON customer.number = n % 50',
    jsonb_build_object('name', $$'BULK/' || n$$, 'access_token', 'NULL',
        'date_order', $$date_order - n * interval '1 minute'$$,
        'state', $$CASE WHEN n % 2 = 0 THEN 'sale' ELSE 'sent' END$$,
        'partner_id', 'customer.id', 'partner_invoice_id', 'customer.id',
        'partner_shipping_id', 'customer.id'));
SELECT pg_temp.copy_rows('sale_order_line',
    $$(SELECT * FROM sale_order_line
       WHERE order_id = (SELECT max(order_id) FROM sale_order_line)) l,
      (SELECT id AS new_id, state AS new_state FROM sale_order
       WHERE name LIKE 'BULK/%') o$$,
    jsonb_build_object('order_id', 'new_id', 'state', 'new_state'));
ANALYZE sale_order;
ANALYZE sale_order_line;
"""


class Screens:
    """The screens of one side, and what the web client reads for each of them."""

    def __init__(self, side):
        self.side = side
        script = PREPARE
        for name in ("SIZES", "ORDERS", "PASSWORD", "MULTIPLY"):
            script = script.replace(name, repr(globals()[name]))
        self.records = run_in_shell(side.database, script)
        self.get = side.server.open_session("bench", PASSWORD)
        self.get_as_customer = side.server.open_session("bench_customer", PASSWORD)
        self.form = self._get_specification("form")
        self.new = {k: v for k, v in self.form.items() if k not in self.saved}
        self.list = self._get_specification("list")
        self.desk = self.records["desk"] and self._get_specification("desk")

    def _get_specification(self, name):
        """Return the fields of a view of orders, as this user gets it."""
        kind = "form" if name == "form" else "list"
        views = [[self.records[name], kind]]
        answer, _seconds = self.side.server.call("sale.order", "get_views", views=views)
        fields = {m: value["fields"] for m, value in answer["models"].items()}
        arch = ElementTree.fromstring(answer["views"][kind]["arch"])
        if kind == "form":
            self.saved = find_marked(arch, SAVED)
            unread = find_late(arch, fields["sale.order"])
        else:
            unread = find_unread(arch)
        return prepare_specification(arch, fields, "sale.order", unread)

    def get_ways(self):
        """Return {screen: function that opens it once}."""
        ways = {
            f"form {size}": lambda size=size: self._open_form(size)
            for size in SIZES[:2]
        }
        order = self.records["sizes"][str(SIZES[0])]
        return ways | {
            "new": self._open_new,
            "search": lambda: self._call("name_search", name="BUL", limit=8),
            f"list {ORDERS}": lambda: self._open_list(self.list),
            f"desk {ORDERS}": self._open_desk,
            f"compare {SIZES[-1]}": self._compare,
            "portal list": lambda: self.get_as_customer("/my/orders"),
            "portal page": lambda: self.get_as_customer(f"/my/orders/{order}"),
            PDF: lambda: self.get(f"/report/pdf/sale.report_saleorder/{order}"),
        }

    def _open_new(self):
        self._call("onchange", ids=[], values={}, field_names=[], fields_spec=self.new)

    def _open_form(self, size):
        ids = [self.records["sizes"][str(size)]]
        self._call("web_read", ids=ids, specification=self.form)

    def _open_list(self, specification):
        answer = self._call(
            "web_search_read",
            domain=[],
            specification=specification,
            limit=ORDERS,
            count_limit=10001,
        )
        if len(answer["records"]) != ORDERS:
            raise RuntimeError(f"{len(answer['records'])} orders instead of {ORDERS}")

    def _open_desk(self):
        self._open_list(self.desk or self.list)
        if self.desk:
            self._call("get_order_desk")

    def _compare(self):
        size = SIZES[-1]
        if not self.records["revisions"]:
            return self._open_form(size)
        old, new = self.records["revisions"][:2]
        vals = {
            "order_id": self.records["sizes"][str(size)],
            "old_id": old,
            "new_id": new,
        }
        model = "sales.quotation.compare"
        ids = self._call("create", model=model, vals_list=[vals])
        read = {"comparison": {}, "old_id": {}, "new_id": {}}
        answer = self._call("web_read", model=model, ids=ids, specification=read)
        if "o_comparison_changed" not in answer[0]["comparison"]:
            raise RuntimeError("The comparison is empty")
        return None

    def _call(self, method, model="sale.order", **params):
        # What the web client sends with each call.
        params["context"] = {"lang": "en_US", "tz": "Europe/Brussels"}
        return self.side.server.call(model, method, **params)[0]


def prepare_specification(arch, fields, model, unread=()):
    """What the web client reads for a view: {field: {"fields": those below it}}."""
    specification = {}
    for node in find_fields(arch):
        name = node.get("name")
        definition = fields[model].get(name)
        if definition is None or name in unread:
            continue
        inner = {}
        relation = definition.get("relation")
        found = (node.find(kind) for kind in ("list", "kanban"))
        rows = next((view for view in found if view is not None), None)
        if rows is not None:
            unread_inside = find_unread_of_lines(node, rows, fields[relation])
            inner["fields"] = prepare_specification(
                rows, fields, relation, unread_inside
            )
        elif definition["type"] == "many2one" or node.get("widget") == "many2many_tags":
            inner["fields"] = {"display_name": {}}
        specification[name] = inner
    return specification


def find_unread_of_lines(node, rows, fields):
    """Of lines, what may be written is always read, and what their other views show."""
    beside = {
        field.get("name")
        for view in node
        if view is not rows
        for field in find_fields(view)
    }
    kept = {n for n, one in fields.items() if not one["readonly"] or one["store"]}
    return find_unread(rows, kept | beside)


def find_unread(arch, kept=frozenset()):
    """The hidden columns that nothing shown depends on, if the list leaves them out."""
    if LAZY not in arch.get("class", "").split():
        return set()
    names = {
        node.get("name")
        for node in arch.findall("field")
        if node.get("optional") == "hide" or node.get(USED_BY)
    }
    return keep_unspoken(names - kept, lambda names: find_words(leave_out(arch, names)))


def leave_out(arch, names):
    shown = copy.deepcopy(arch)
    for node in shown.findall("field"):
        if node.get("name") in names:
            shown.remove(node)
    return shown


def keep_unspoken(names, find_words_left):
    """The names of which nothing speaks that stays when they are left out.

    As words.js finds them.
    """
    names = set(names)
    while spoken_of := names & find_words_left(names):
        names -= spoken_of
    return names


def find_words(arch, *more):
    arch = copy.deepcopy(arch)
    for node in arch.iter():
        node.attrib.pop(USED_BY, None)
    text = ElementTree.tostring(arch, encoding="unicode")
    return set(re.findall(r"\w+", " ".join([text, *more])))


def find_late(arch, fields):
    """The fields of unopened pages that nothing outside of these pages depends on.

    As late_fields.js finds them.
    """
    late = find_marked(arch, LATE)
    return keep_unspoken(late, lambda names: find_words_without(arch, fields, names))


def find_marked(arch, mark):
    return {
        node.get("name")
        for node in find_fields(arch)
        if mark in node.get("class", "").split()
    }


def find_words_without(arch, fields, late):
    """What is said without what is shown, and evaluated, only while a page is open."""
    shown = copy.deepcopy(arch)
    for page in shown.iter("page"):
        if find_marked(page, LATE):
            page[:] = [n for n in find_fields(page) if n.get("name") not in late]
    definitions = (
        str(fields[node.get("name")].get(key))
        for node in find_fields(shown)
        for key in DEFINED
    )
    return find_words(shown, *definitions)


def find_fields(node):
    """Yield the fields of a view without those of the views inside them."""
    for child in node:
        if child.tag == "field":
            yield child
        else:
            yield from find_fields(child)


def measure(side, run, calls):
    """Open a screen so many times; return the figures of one time."""
    before, served = counters(side), len(side.server.served())
    for _number in range(calls):
        run()
    odoo, postgres, queries = (
        late - early for early, late in zip(before, counters(side), strict=True)
    )
    return {
        "server_ms": sum(side.server.served()[served:]) / calls * 1000,
        "cpu_ms": (odoo + postgres) / calls * 1000,
        "sql": queries / calls,
    }


def run_round(plain, ours, number, calls):
    """Every screen once on both sides; return {screen: {side: figures}}."""
    result = {}
    for name in plain.get_ways():
        # Turned round every second time, so that warming up favours nobody.
        order = (plain, ours) if number % 2 else (ours, plain)
        times = 1 if name == PDF else calls
        figures = {
            screens: measure(screens.side, screens.get_ways()[name], times)
            for screens in order
        }
        result[name] = {"plain": figures[plain], "ours": figures[ours]}
    return result


def evaluate(rounds):
    """Return medians and spreads of both sides and of the ratio within a round."""
    screens = {name: evaluate_screen(name, rounds) for name in rounds[0]}
    return {
        "screens": screens,
        "demands": list(check_demands(screens)),
        "rounds": rounds,
        "load": os.getloadavg(),
    }


def evaluate_screen(name, rounds):
    found = [result[name] for result in rounds]
    return {
        figure: {
            "plain": summary([r["plain"][figure] for r in found]),
            "ours": summary([r["ours"][figure] for r in found]),
            "ratio": summary(
                [r["ours"][figure] / max(r["plain"][figure], 1e-9) for r in found]
            ),
            "more": round(
                statistics.median(
                    r["ours"][figure] - r["plain"][figure] for r in found
                ),
                1,
            ),
        }
        for figure in FIGURES
    }


def check_demands(screens):
    """Yield (what, measured, demanded, whether it is met)."""
    for name, figure, limit in DEMANDS:
        ratio = screens[name][figure]["ratio"]["median"]
        yield f"{name}, {figure}, ours / plain", ratio, f"<= {limit}", ratio <= limit


def show(result):
    """Print the tables."""
    rows = [["screen", "figure", "plain", "ours", "ratio", "min", "max"]]
    for name, figures in result["screens"].items():
        for figure, value in figures.items():
            ratio = value["ratio"]
            rows.append(
                [
                    name,
                    figure,
                    f"{value['plain']['median']:.1f}",
                    f"{value['ours']['median']:.1f}",
                    *(f"{ratio[key]:.2f}" for key in ("median", "min", "max")),
                ]
            )
    print(table(rows), "\n")


def main():
    parser = make_parser(__doc__, "screens", rounds=5, port=8089)
    parser.add_argument("--calls", type=int, default=10, help="of a screen and round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sides = []
        for offset, addons in enumerate(((), OURS)):
            side = Side(options.port + offset, folder, addons)
            stack.callback(side.close)
            sides.append(Screens(side))
        run_round(*sides, 0, 2)  # warms up caches, not counted
        rounds = run_rounds(
            options.rounds, lambda number: run_round(*sides, number, options.calls)
        )
    result = evaluate(rounds)
    finish(result, show, options.json)


if __name__ == "__main__":
    main()
