"""Batches of orders for the same goods that come in at once, in real processes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests import support
from tests.perf.harness import Server, run_in_shell

CALLS, SIZE, STOCK = 3, 10, 151
QUANTITY = 2.5
DEMAND = 4 * CALLS * SIZE * QUANTITY
PREPARE = f"""
import json
from datetime import timedelta
from odoo.fields import Command
company = env.company
products = env["product.product"].create([
    {{"name": f"Race {{i}}", "default_code": f"RACE-{{i}}", "is_storable": True}}
    for i in range(3)])
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
for product in products:
    env["stock.quant"]._update_available_quantity(
        product, warehouse.lot_stock_id, {STOCK})
env["res.partner"].create({{"name": "Race", "ref": "RACE"}})
user = env["res.users"].create({{
    "name": "Race", "login": "race", "company_id": company.id,
    "company_ids": [Command.set(company.ids)],
    "group_ids": [Command.set([env.ref("sales_team.group_sale_manager").id])]}})
expires = env.cr.now() + timedelta(hours=1)
key = env["res.users.apikeys"].with_user(user)._generate("rpc", "race", expires)
env.cr.commit()
print(json.dumps(key))
"""
GOODS = "(SELECT id FROM product_product WHERE default_code LIKE 'RACE-%')"


@pytest.mark.slow
def test_batches_at_once_share_what_is_there(tmp_path):
    with support.database("race", support.ADDONS_TEMPLATE) as database:
        key = run_in_shell(database, PREPARE)
        with ExitStack() as stack:
            servers = [start(stack, database, tmp_path / str(n), key) for n in range(2)]
            with ThreadPoolExecutor(4) as clients:
                answers = list(
                    clients.map(lambda n: take_in(servers[n % 2], n), range(4))
                )
            logs = [server.log.read_text() for server in servers]
        assert sorted(sum(answers, [])) == ["confirmed"] * (4 * CALLS * SIZE)
        # Nobody was refused for being second and had to begin again.
        assert not [
            line for log in logs for line in log.splitlines() if "try again" in line
        ]
        check_stock(database)


def start(stack, database, folder, key):
    folder.mkdir()
    server = Server(database, support.free_port(), folder)
    stack.callback(server.stop)
    server.wait()
    server.key = key
    return server


def take_in(server, client):
    """Send batches one after the other; returns what became of the orders.

    Together the clients want about twice what is there of each product.
    """
    found = []
    for call in range(CALLS):
        orders = [
            {
                "external_ref": f"{client}-{call}-{number}",
                "customer": "RACE",
                # Each batch takes the products in another order.
                "lines": [
                    {
                        "product": f"RACE-{(client + number + line) % 3}",
                        "quantity": QUANTITY,
                    }
                    for line in range(3)
                ],
            }
            for number in range(SIZE)
        ]
        answer, _seconds = server.call(
            "sales.order.api", "import_orders", orders=orders, confirm=True
        )
        found += [line["status"] for line in answer]
    return found


def check_stock(database):
    """The goods are given away once, all of them, and every record says the same."""
    quants = support.psql(
        "SELECT count(*), sum(quantity), sum(reserved_quantity) FROM stock_quant "
        f"WHERE product_id IN {GOODS} GROUP BY product_id",
        database,
    )
    lines = support.psql(
        "SELECT sum(quantity_product_uom) FROM stock_move_line "
        f"WHERE product_id IN {GOODS} GROUP BY product_id",
        database,
    )
    rows = [list(map(float, row.split("|"))) for row in quants.splitlines()]
    assert rows == [[1, STOCK, STOCK]] * 3
    assert [float(row) for row in lines.splitlines()] == [STOCK] * 3
    moves = support.psql(
        "SELECT sum(m.quantity), sum(m.product_uom_qty) FROM stock_move m "
        f"WHERE product_id IN {GOODS} GROUP BY product_id",
        database,
    )
    assert moves.splitlines() and all(
        list(map(float, row.split("|"))) == [STOCK, DEMAND]
        for row in moves.splitlines()
    )
    wrong = support.psql(
        "SELECT count(*) FROM stock_move m WHERE product_id IN "
        f"{GOODS} AND state != CASE WHEN quantity = product_uom_qty THEN 'assigned' "
        "WHEN quantity > 0 THEN 'partially_available' ELSE 'confirmed' END",
        database,
    )
    assert wrong == "0"
