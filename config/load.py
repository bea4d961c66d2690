"""Import a file of orders through the product's own bulk import, and sum it up.

Made for the file of a British gift wholesaler (columns InvoiceNo, StockCode,
Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country); ./dev load runs it.
"""

import argparse
import base64
import csv
import gzip
import io
import resource
import time
from collections import Counter, defaultdict
from pathlib import Path

import odoo
from odoo.modules.registry import Registry

SETTINGS = {
    "tz": "Europe/London",
    "date_format": "ymd",
    "create_customers": True,
    "cancel_prefix": "C",
    "service_codes": "POST,D,M,DOT,CRUK,S,B,AMAZONFEE,BANK CHARGES,C2,PADS",
    "force": True,
}
STOCK = 100_000
# One product in seven has none: so that backorders really occur.
EMPTY_SHELF = 7


def main():
    options = _parse_arguments()
    content = _select(options.file, options.month, options.days)
    odoo.tools.config.parse_config(["-c", options.config, "-d", options.database])
    with Registry(options.database).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        user = env["res.users"].search([("login", "=", options.user)])
        if not user:
            raise SystemExit(f"--user: nobody has the login {options.user}.")
        # As superuser, but for the user's company; the import has the user's rights.
        context = {"allowed_company_ids": user.company_id.ids}
        _load(env(context=context), user, content, options)


def _parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev load", description=__doc__)
    parser.add_argument("-c", "--config", required=True, help=argparse.SUPPRESS)
    parser.add_argument("-d", "--database", required=True, help=argparse.SUPPRESS)
    parser.add_argument("file", type=Path, help="CSV, also packed with gzip")
    parser.add_argument(
        "--user",
        default="sally",
        help="login of who imports and sells, by default sally, for whom the approval "
        "policies of the demo data are",
    )
    parser.add_argument("--month", help="only invoices of a month, such as 2010-12")
    parser.add_argument("--days", type=int, help="only the first days of the file")
    parser.add_argument(
        "--confirm",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="confirm the orders",
    )
    parser.add_argument(
        "--stock",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="give most of the products stock before the orders come in",
    )
    return parser.parse_args()


def _select(path, month, days):
    """Return the wanted rows of the file as bytes of a CSV file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        column = header.index("InvoiceDate")
        stream, seen = io.StringIO(), set()
        writer = csv.writer(stream)
        writer.writerow(header)
        for row in rows:
            day = row[column][:10]
            if month and not day.startswith(month):
                continue
            seen.add(day)
            if days and len(seen) > days:
                break
            writer.writerow(row)
    return stream.getvalue().encode()


def _load(env, user, content, options):
    print(f"Importing {len(content.splitlines()) - 1:,} rows", flush=True)
    _ensure_products(env, content, options.stock)
    import_ = (
        env["sales.order.import"]
        .with_user(user)
        .create(
            {
                **SETTINGS,
                "filename": options.file.name,
                "file": base64.b64encode(content),
                "mode": "confirm" if options.confirm else "create",
                "pricelist_id": _get_pricelist(env).id,
            }
        )
    )
    import_.action_import()
    env.cr.commit()
    # As the scheduler does it: the import itself goes by the rights of its user.
    import_ = import_.with_env(env)
    start = time.monotonic()
    while import_.state in ("queued", "running"):
        # A running server has a worker too: then it has the batch, and we wait.
        if not import_._process_batch():
            time.sleep(1)
        env.cr.commit()
        env.invalidate_all()
        print(f"\r  {import_.progress:.0f} %", end="", flush=True)
    _summarise(import_, time.monotonic() - start)


def _get_pricelist(env):
    """Return a pricelist in pounds, as the file is in pounds."""
    currency = env.ref("base.GBP")
    currency.active = True
    pricelists = env["product.pricelist"]
    domain = [("name", "=", "Online Retail"), ("currency_id", "=", currency.id)]
    return pricelists.search(domain, limit=1) or pricelists.create(
        {"name": "Online Retail", "currency_id": currency.id}
    )


def _ensure_products(env, content, with_stock):
    """Create the products of the file and put most of the goods on the shelf."""
    products = env["product.product"]
    prices, names = _read_products(content)
    found = products.search([("default_code", "in", list(names))])
    known = set(found.mapped("default_code"))
    pounds, company = env.ref("base.GBP"), env.company
    today = odoo.fields.Date.context_today(company)
    created = products.create(
        [
            {
                "name": name,
                "default_code": code,
                "type": "consu" if code[:1].isdigit() else "service",
                "is_storable": code[:1].isdigit(),
                "list_price": pounds._convert(
                    prices[code], company.currency_id, company, today, round=False
                ),
            }
            for code, name in names.items()
            if code not in known
        ]
    )
    location = (
        env["stock.warehouse"]
        .search([("company_id", "=", company.id)], limit=1)
        .lot_stock_id
    )
    goods = created.filtered("is_storable") if with_stock else ()
    for number, product in enumerate(goods):
        if number % EMPTY_SHELF:
            env["stock.quant"]._update_available_quantity(product, location, STOCK)
    env.cr.commit()
    print(f"  {len(created)} products made", flush=True)


def _read_products(content):
    """Return ({code: its most frequent price}, {code: its first name})."""
    prices, names = defaultdict(Counter), {}
    for row in csv.DictReader(io.StringIO(content.decode())):
        code = row["StockCode"].strip().upper()
        names.setdefault(code, row["Description"].strip() or code)
        prices[code][float(row["UnitPrice"])] += 1
    usual = {code: found.most_common(1)[0][0] for code, found in prices.items()}
    return usual, names


def _summarise(import_, seconds):
    rows = import_.env["sales.order.import.row"]._read_group(
        [("import_id", "=", import_.id), ("status", "=", "reported")],
        ["reason"],
        ["__count"],
    )
    states = Counter(import_.order_ids.mapped("state"))
    orders = len(import_.order_ids)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n\n{import_.name}: {import_.state}")
    print(f"  rows              {import_.rows_total:>9,}")
    print(f"  rows imported     {import_.rows_imported:>9,}")
    print(f"  rows reported     {import_.rows_reported:>9,}")
    for reason, count in sorted(rows, key=lambda pair: -pair[1]):
        print(f"    {reason:<20}{count:>5,}")
    print(f"  orders            {orders:>9,}   {dict(states)}")
    print(f"  customers created {import_.customers_created:>9,}")
    print(f"  products created  {import_.products_created:>9,}")
    speed = orders / seconds * 60
    print(f"  time              {seconds:>9,.0f} s, {speed:,.0f} orders a minute")
    print(f"  peak memory       {memory:>9,.0f} MB")


if __name__ == "__main__":
    main()
