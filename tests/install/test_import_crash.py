"""A bulk import that is killed, and one that two processes work at: nothing twice."""

import os
import signal
import subprocess
import time

import pytest

from tests import support

ORDERS = 300
# Each order has two good rows; each third one a third row that cannot be read.
GOOD, BAD = ORDERS * 2, ORDERS // 3
SET_UP = """
import base64
from odoo.fields import Command
company = env.company
user = env["res.users"].create({
    "name": "Crash", "login": "crash", "company_id": company.id,
    "company_ids": [Command.set(company.ids)],
    "group_ids": [Command.set([env.ref("sales_team.group_sale_salesman").id])]})
env["res.partner"].create([{"name": f"Crash {i}", "ref": f"CC{i}"} for i in range(7)])
env["product.product"].create([
    {"name": f"Crash {i}", "default_code": f"CP{i}", "type": "service",
      "list_price": 5} for i in range(5)])

def upload(first, last):
    rows = ["Order Number,Customer ID,SKU,Quantity,Unit Price"]
    for i in range(first, last):
        rows.append(f"CRASH-{i},CC{i % 7},CP{i % 5},{1 + i % 9},10")
        rows.append(f"CRASH-{i},CC{i % 7},CP{(i + 1) % 5},1,2.50")
        if i % 3 == 0:
            rows.append(f"CRASH-{i},CC{i % 7},CP0,many,1")
    content = base64.b64encode("\\n".join(rows).encode()).decode()
    import_ = env["sales.order.import"].with_user(user).create(
        {"filename": f"crash{first}.csv", "file": content})
    import_.action_import()
"""
ONE_IMPORT = f"""{SET_UP}
upload(0, {ORDERS})
env.cr.commit()
print("READY")
"""
# Half of the orders of the second file are in the first one too.
TWO_IMPORTS = f"""{SET_UP}
upload(0, {ORDERS})
upload({ORDERS // 2}, {ORDERS // 2 + ORDERS})
env.cr.commit()
print("READY")
"""
# The scheduler's own way in: a job with its progress record, again while some remain.
IMPORT = """
job = env.ref("sales_order_plus.ir_cron_order_import")
env.cr.commit()
while env["sales.order.import"].search_count([("state", "in", ("queued", "running"))]):
    assert job.method_direct_trigger() is True
    env.cr.commit()
print("IMPORTED")
"""
# Past the job's own lock, so that two of them really meet.
WORK = """
import pathlib, time
folder = pathlib.Path({folder!r})
imports = env["sales.order.import"]
batches = []
original = type(imports)._import_orders
type(imports)._import_orders = lambda self, *orders: (
    original(self, *orders), batches.append(self.id))
env.cr.commit()
(folder / "ready{number}").touch()
while not (folder / "go").exists():
    time.sleep(0.01)
while imports.search_count([("state", "in", ("queued", "running"))]):
    imports._cron_process()
    env.cr.commit()
print("BATCHES", len(batches))
"""
OURS = "intake_key LIKE 'CRASH-%'"


@pytest.mark.slow
def test_killed_in_the_middle_each_order_comes_in_once():
    with support.database("import_crash", support.ADDONS_TEMPLATE) as database:
        set_up(database, ONE_IMPORT)
        counts = [kill_when(database, enough) for enough in (1, GOOD // 2)]
        assert 0 < counts[0] < counts[1] < GOOD, counts
        done = support.run_in_shell(database, IMPORT)
        assert "IMPORTED" in done.stdout, done.stderr[-3000:]
        assert_all_in(database, ORDERS)
        assert get_counts(database) == [f"done|{GOOD + BAD}|{GOOD}|{BAD}"]


@pytest.mark.slow
def test_two_processes_at_one_import(tmp_path):
    with support.database("import_two", support.ADDONS_TEMPLATE) as database:
        set_up(database, ONE_IMPORT)
        batches = work_together(database, tmp_path)
        # Both had a share, and no batch was done by both.
        assert min(batches) > 0, batches
        assert_all_in(database, ORDERS)
        assert get_counts(database) == [f"done|{GOOD + BAD}|{GOOD}|{BAD}"]


@pytest.mark.slow
def test_two_processes_at_two_imports_of_the_same_orders(tmp_path):
    with support.database("import_same", support.ADDONS_TEMPLATE) as database:
        set_up(database, TWO_IMPORTS)
        work_together(database, tmp_path)
        assert_all_in(database, ORDERS + ORDERS // 2)
        counts = [line.split("|") for line in get_counts(database)]
        assert [line[0] for line in counts] == ["done", "done"], counts
        # Whichever of the two came first has the order; the other one reports it.
        totals = [sum(int(line[i]) for line in counts) for i in (1, 2, 3)]
        assert totals == [2 * (GOOD + BAD), GOOD * 3 // 2, GOOD // 2 + 2 * BAD]
        reasons = support.psql(
            "SELECT reason, count(*) FROM sales_order_import_row "
            "WHERE status = 'reported' GROUP BY reason ORDER BY reason",
            database,
        )
        expected = [f"bad_number|{2 * BAD}", f"duplicate_order|{GOOD // 2}"]
        assert reasons.splitlines() == expected


def set_up(database, code):
    done = support.run_in_shell(database, code)
    assert "READY" in done.stdout, done.stderr[-3000:]


def start(database, code):
    """Run code in a shell of its own; returns the process, still running."""
    command = support.odoo_command(
        "-d", database, "--no-http", "--log-level=warn", subcommand=["shell"]
    )
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(code)
    process.stdin.close()
    # Closed and gone, or communicate() would flush it once more.
    process.stdin = None
    return process


def kill_when(database, enough):
    """Import in a process of its own; kill -9 it once ``enough`` rows are imported.

    Returns how many are imported when it is dead.
    """
    process = start(database, IMPORT)
    try:
        wait_for(lambda: count_imported(database) >= enough, process)
        # Into the middle of the next batch.
        time.sleep(0.2)
        assert process.poll() is None, "it ended before it could be killed"
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    wait_until_gone(database)
    assert_whole(database)
    return count_imported(database)


def work_together(database, folder):
    """Two processes import at the same time; returns how many batches each did."""
    processes = [
        start(database, WORK.format(folder=str(folder), number=number))
        for number in range(2)
    ]
    try:
        for number, process in enumerate(processes):
            wait_for((folder / f"ready{number}").exists, process)
        (folder / "go").touch()
        outputs = [process.communicate(timeout=300) for process in processes]
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.communicate()
    for process, (_output, errors) in zip(processes, outputs, strict=True):
        assert process.returncode == 0, errors[-3000:]
        assert "Traceback" not in errors, errors[-3000:]
    return [int(output.split("BATCHES")[1]) for output, _errors in outputs]


def wait_for(condition, process, patience_s=180):
    deadline = time.monotonic() + patience_s
    while not condition():
        assert process.poll() is None, process.stderr.read()[-3000:]
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def wait_until_gone(database):
    """PostgreSQL rolls back what the dead process had not committed."""
    sessions = (
        "SELECT count(*) FROM pg_stat_activity "
        f"WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    )
    wait_deadline = time.monotonic() + 60
    while support.psql(sessions) != "0":
        assert time.monotonic() < wait_deadline, "a session of the dead process is left"
        time.sleep(0.1)


def count_imported(database):
    """Return how many rows are imported, at no moment more or fewer than the lines."""
    row = support.psql(
        "SELECT (SELECT count(*) FROM sales_order_import_row "
        "WHERE status = 'imported'), (SELECT count(*) FROM sale_order_line l "
        f"JOIN sale_order o ON o.id = l.order_id WHERE o.{OURS}), "
        "(SELECT sum(rows_imported) FROM sales_order_import)",
        database,
    )
    rows, lines, counted = row.split("|")
    assert rows == lines == counted, row
    return int(rows)


def get_counts(database):
    """Return the state and the counts of each import, as it tells them."""
    return support.psql(
        "SELECT state, rows_total, rows_imported, rows_reported "
        "FROM sales_order_import ORDER BY id",
        database,
    ).splitlines()


def assert_whole(database):
    """No order is there twice, or with other lines than its rows in the file."""
    doubles = support.psql(
        f"SELECT intake_key FROM sale_order WHERE {OURS} "
        "GROUP BY intake_key HAVING count(*) > 1",
        database,
    )
    assert not doubles, doubles
    broken = support.psql(
        f"""
        SELECT o.intake_key, l.lines, l.amount, o.amount_untaxed, r.lines
          FROM sale_order o
     LEFT JOIN (SELECT order_id, count(*) AS lines,
                       sum(product_uom_qty * price_unit) AS amount
                  FROM sale_order_line GROUP BY order_id) l ON l.order_id = o.id
     LEFT JOIN (SELECT order_id, count(*) AS lines FROM sales_order_import_row
                 WHERE status = 'imported' GROUP BY order_id) r ON r.order_id = o.id
         WHERE o.{OURS} AND (l.lines IS DISTINCT FROM 2 OR r.lines IS DISTINCT FROM 2
               OR l.amount <> o.amount_untaxed
               OR l.amount <> 2.5 + 10 * (1 + substr(o.intake_key, 7)::integer % 9))
        """,
        database,
    )
    assert not broken, broken
    # The counts an import tells are those of its rows, also while it runs.
    drifted = support.psql(
        """
        SELECT i.id FROM sales_order_import i
          JOIN sales_order_import_row r ON r.import_id = i.id
         GROUP BY i.id
        HAVING i.rows_total <> count(*)
            OR i.rows_imported <> count(*) FILTER (WHERE r.status = 'imported')
            OR i.rows_reported <> count(*) FILTER (WHERE r.status = 'reported')
        """,
        database,
    )
    assert not drifted, drifted


def assert_all_in(database, orders):
    assert_whole(database)
    keys = support.psql(
        f"SELECT count(*), count(DISTINCT intake_key) FROM sale_order WHERE {OURS}",
        database,
    )
    assert keys == f"{orders}|{orders}"
    waiting = support.psql(
        "SELECT count(*) FROM sales_order_import_row WHERE status = 'pending'", database
    )
    assert waiting == "0"
