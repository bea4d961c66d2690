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
# Nothing in the gate looks at other orders: these batches wait for their goods alone.
SET_FREE = """
env["sales.validation.rule"].search([]).active = False
env["sales.approval.policy"].search([]).active = False
env["sales.delivery.slot"].search([]).unlink()
env["res.company"].search([]).write({"credit_check": "none", "fraud_hold_score": 0})
assert not env["sale.order"]._is_gate_shared()
env.cr.commit()
"""
# The demo data has a rule about stock.
SHARED = """
assert env["sale.order"]._is_gate_shared()
"""
# One call, as a client of the shell makes it; ends as it does: with a commit.
CALL = """
import os
user = env["res.users"].search([("login", "=", "race")])
api = env(user=user.id, context=user.context_get())["sales.order.api"]
orders = [
    {"external_ref": f"S-{n}", "customer": "RACE",
     "lines": [{"product": "RACE-0", "quantity": 2}]} for n in range(5)]
queue_class = env.registry["sales.intake.queue"]
core = queue_class._reserve_together
"""
GO = """
env.cr.rollback()
answer = api.import_orders(orders=orders, confirm=True)
assert {one["status"] for one in answer} == {"confirmed"}, answer
env.cr.commit()
"""
DIE = """
def die(queue, move_ids):
    os.kill(os.getpid(), 9)
queue_class._reserve_together = die
"""
RUN_CRON = """
cron = env.ref("sales_order_plus.ir_cron_intake_reserve")
cron.method_direct_trigger()
env.cr.commit()
"""
MEET = f"""
tries = []
def meet(queue, move_ids):
    tries.append(move_ids)
    if len(tries) == 1:
        queue.env.cr.execute("SELECT 1")
        with env.registry.cursor() as other:
            other.execute(
                "UPDATE stock_quant SET reserved_quantity = reserved_quantity + 145 "
                "WHERE quantity = {STOCK} AND product_id = ("
                "SELECT id FROM product_product WHERE default_code = 'RACE-0')")
    return core(queue, move_ids)
queue_class._reserve_together = meet
"""
MET = """
assert len(tries) == 2, tries
"""
MOVES = (
    "SELECT m.state, count(*) FROM stock_move m JOIN sale_order_line l "
    "ON l.id = m.sale_line_id JOIN sale_order o ON o.id = l.order_id "
    "WHERE o.intake_key LIKE 'S-%' GROUP BY m.state"
)
PENDING = "SELECT count(*) FROM sale_order WHERE goods_pending"
GOODS = "(SELECT id FROM product_product WHERE default_code LIKE 'RACE-%')"


@pytest.mark.slow
@pytest.mark.parametrize("gate", ["SHARED", "FREE"])
def test_batches_at_once_share_what_is_there(tmp_path, gate):
    """Whether they wait for each other as a whole or for their goods alone."""
    with support.database(f"race_{gate.lower()}", support.ADDONS_TEMPLATE) as database:
        key = run_in_shell(database, PREPARE)
        set_up = support.run_in_shell(database, SET_FREE if gate == "FREE" else SHARED)
        assert "Traceback" not in set_up.stderr, set_up.stderr
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


@pytest.mark.slow
def test_server_that_dies_before_the_goods_are_reserved():
    """The orders are there, their goods are reserved by the cron a little later."""
    with support.database("race_kill", support.ADDONS_TEMPLATE) as database:
        run_in_shell(database, PREPARE)
        killed = support.run_in_shell(database, SET_FREE + CALL + DIE + GO)
        assert killed.returncode == -9, killed.stderr
        assert support.psql(MOVES, database) == "confirmed|5"
        assert support.psql(PENDING, database) == "5"
        done = support.run_in_shell(database, RUN_CRON)
        assert "Traceback" not in done.stderr, done.stderr
        assert support.psql(MOVES, database) == "assigned|5"
        assert support.psql(PENDING, database) == "0"


@pytest.mark.slow
def test_goods_that_others_take_in_the_same_moment():
    """Only the goods are reserved again, after a look at what is left."""
    with support.database("race_goods", support.ADDONS_TEMPLATE) as database:
        run_in_shell(database, PREPARE)
        result = support.run_in_shell(database, SET_FREE + CALL + MEET + GO + MET)
        assert "Traceback" not in result.stderr, result.stderr
        # 151 less 145 are left, for the first three.
        moves = support.psql(MOVES + " ORDER BY m.state", database)
        assert moves.splitlines() == ["assigned|3", "confirmed|2"]
        assert support.psql(PENDING, database) == "0"
