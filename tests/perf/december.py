"""Real orders of December 2010 with too few goods: who is served when.

Each order is confirmed on its day; at the beginning of each week a receipt brings 80 %
of what will be ordered of each product in that week. What is reserved in the evening
counts as delivered. Both sides get the same orders and the same receipts; ours has
three policies that make the customers with the largest turnover the first tier.
"""

import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from string import Template

from tests.perf.harness import run_in_shell, table

FILE = "online_retail_2010-12_2011-06.csv.gz"
PATH = Path(__file__).resolve().parents[3] / "shared" / "data" / FILE
PRODUCTS, SHARE = 40, 0.8
TIERS = ("gold", "silver", "others")
FIRST, LAST = date(2010, 12, 1), date(2010, 12, 24)
SETUP = """
import json
from odoo.fields import Command
data = json.loads('$data')
env = env(context=dict(env.context, tracking_disable=True))
tags = env["res.partner.category"].create([
    {"name": "December %s" % name} for name in data["names"]])
partners = env["res.partner"].create([
    {"name": "December %s" % i, "category_id": [Command.set(tags[tier].ids)]}
    for i, tier in enumerate(data["tiers"])])
products = env["product.product"].create([
    {"name": "December %s" % i, "is_storable": True, "list_price": 2, "taxes_id": False}
    for i in range(data["products"])])
if "sales.backorder.policy" in env:
    env["sales.backorder.policy"].search([]).active = False
    env["sales.backorder.policy"].create([
        {"name": tag.name, "sequence": i, "partner_category_ids": [Command.set(tag.ids)]}
        for i, tag in enumerate(tags)])
env.cr.commit()
"""
MONTH = """
from freezegun import freeze_time
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
def receive(quantities):
    picking = env["stock.picking"].create({
        "picking_type_id": warehouse.in_type_id.id,
        "move_ids": [Command.create({
            "product_id": products[int(i)].id, "product_uom_qty": quantity,
            "location_id": env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": warehouse.lot_stock_id.id,
        }) for i, quantity in quantities.items()]})
    picking.action_confirm()
    picking.move_ids.picked = True
    picking.button_validate()
def order(orders):
    env["sale.order"].create([{
        "partner_id": partners[customer].id,
        "order_line": [Command.create({"product_id": products[i].id,
                                       "product_uom_qty": quantity})
                       for i, quantity in lines]} for customer, lines in orders
    ]).action_confirm()
def look():
    env.cr.execute(
        "SELECT l.id, p.id, l.product_uom_qty, coalesce(sum(m.quantity), 0)"
        "  FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id"
        "  JOIN res_partner p ON p.id = o.partner_id"
        "  LEFT JOIN stock_move m ON m.sale_line_id = l.id AND m.state != 'cancel'"
        " WHERE l.product_id IN %s GROUP BY l.id, p.id", [products._ids])
    return env.cr.fetchall()
tier_of = dict(zip(partners.ids, data["tiers"]))
seen, rows = {}, []
with freeze_time("2010-12-01 08:00:00") as clock:
    for number, day in enumerate(data["days"]):
        clock.move_to(day["date"] + " 08:00:00")
        if day["receipt"]:
            receive(day["receipt"])
        if day["orders"]:
            order(day["orders"])
        env.flush_all()
        env.cr.flush()
        env.cr.commit()
        env.invalidate_all()
        for line, partner, wanted, got in look():
            first, before = seen.get(line, (number, 0))
            if got > before:
                rows.append((tier_of[partner], number - first, got - before))
            seen[line] = first, got
lost = [(tier_of[p], seen[line][0], wanted, got) for line, p, wanted, got in look()]
print(json.dumps({"served": rows, "lines": lost}))
"""


def run(plain, ours):
    """Return {side: {tier: figures}}, or nothing where the orders are not there."""
    if not PATH.exists():
        print(f"{PATH} is missing: December is left out", flush=True)
        return {}
    data = json.dumps(prepare_month(read_lines()))
    script = Template(SETUP).substitute(data=data) + MONTH
    found = {}
    for side in (plain, ours):
        found[side.name] = evaluate(run_in_shell(side.database, script))
        print(f"December, {side.name}: done", flush=True)
    return found


# === The orders === #


def read_lines():
    """Return [(day, invoice, customer, product, quantity, value)] of the month."""
    with gzip.open(PATH, "rt") as file:
        rows = [row for row in csv.DictReader(file) if _is_order(row)]
    known = Counter(row["StockCode"] for row in rows).most_common(PRODUCTS)
    numbers = {code: number for number, (code, _count) in enumerate(known)}
    return [
        (
            date.fromisoformat(row["InvoiceDate"][:10]),
            row["InvoiceNo"],
            row["CustomerID"],
            numbers.get(row["StockCode"]),
            int(row["Quantity"]),
            int(row["Quantity"]) * float(row["UnitPrice"]),
        )
        for row in rows
    ]


def _is_order(row):
    cancelled = row["InvoiceNo"].startswith("C") or int(row["Quantity"]) <= 0
    in_time = row["InvoiceDate"][:10] <= LAST.isoformat()
    return in_time and not cancelled and bool(row["CustomerID"])


def prepare_month(lines):
    """Return customers with their tiers, and what happens on each day."""
    spent, invoices, demand = Counter(), {}, defaultdict(Counter)
    for day, invoice, customer, product, quantity, value in lines:
        spent[customer] += value
        if product is None:
            continue
        order = invoices.setdefault(invoice, (day, customer, Counter()))
        order[2][product] += quantity
        demand[_monday(day)][product] += quantity
    ranked = [customer for customer, _value in spent.most_common()]
    place = {customer: number for number, customer in enumerate(ranked)}
    return {
        "names": TIERS,
        "products": PRODUCTS,
        "tiers": [_get_tier(number / len(ranked)) for number in range(len(ranked))],
        "days": [
            {
                "date": day.isoformat(),
                "receipt": _get_receipt(demand, day),
                "orders": [
                    [place[customer], sorted(wanted.items())]
                    for ordered, customer, wanted in invoices.values()
                    if ordered == day
                ],
            }
            for day in (
                FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)
            )
        ],
    }


def _monday(day):
    return max(day - timedelta(days=day.weekday()), FIRST)


def _get_tier(share):
    """The first tenth of the customers is gold, the next three tenths are silver."""
    return 0 if share < 0.1 else 1 if share < 0.4 else 2


def _get_receipt(demand, day):
    wanted = demand.get(day, {})
    return {product: round(wanted[product] * SHARE) for product in sorted(wanted)}


# === Figures === #


def evaluate(found):
    """Return {tier: figures}; what is never served has waited until the last day."""
    last, figures = (LAST - FIRST).days, {}
    for number, tier in enumerate((*TIERS, "all")):
        served = [row for row in found["served"] if tier == "all" or row[0] == number]
        lines = [row for row in found["lines"] if tier == "all" or row[0] == number]
        ordered = sum(wanted for _tier, _first, wanted, _got in lines)
        units = sum(units for _tier, _delay, units in served)
        days = sum(delay * units for _tier, delay, units in served)
        waiting = sum((last - first) * (w - got) for _tier, first, w, got in lines)
        at_once = sum(units for _tier, delay, units in served if not delay)
        complete = sum(got >= wanted for _tier, _first, wanted, got in lines)
        figures[tier] = {
            "lines": len(lines),
            "units": ordered,
            "filled at once, %": 100 * at_once / ordered,
            "filled, %": 100 * units / ordered,
            "lines complete, %": 100 * complete / len(lines),
            "delay of what came, days": days / units,
            "delay with what is open, days": (days + waiting) / ordered,
        }
    return figures


def show(result):
    for side, figures in result.items():
        rows = [[f"december, {side}", *figures["all"]]]
        for tier, values in figures.items():
            rows.append([tier, *(f"{value:.2f}" for value in values.values())])
        print(table(rows), "\n")
