"""A billing run that is killed: started again it bills each period exactly once."""

import os
import signal
import subprocess
import time

import pytest

from tests import support

# A pass bills them all in one transaction: so many passes can be interrupted.
SUBSCRIPTIONS = 12
PERIODS = 6
SET_UP = f"""
from datetime import timedelta
from dateutil.relativedelta import relativedelta
from odoo import fields
env["sales.subscription"].search([("state", "=", "active")]).action_pause()
plan = env["sales.subscription.plan"].create({{"name": "Crash", "interval_unit": "month"}})
product = env["product.product"].create({{
    "name": "Crash", "type": "service", "list_price": 10, "invoice_policy": "order",
    "recurring_ok": True, "sales_plan_id": plan.id}})
start = fields.Date.today() - relativedelta(months={PERIODS - 1})
for number in range({SUBSCRIPTIONS}):
    partner = env["res.partner"].create({{"name": f"Crash {{number}}"}})
    env["sales.subscription"].create({{
        "partner_id": partner.id, "plan_id": plan.id, "anchor_date": start,
        "line_ids": [(0, 0, {{"product_id": product.id}})]}}).action_start()
env.cr.commit()
print("READY")
"""
# The scheduler's own way in: a job with its progress record, again while some remain.
BILL = """
job = env.ref("sales_subscription_plus.ir_cron_bill")
env.cr.commit()
while env["sales.subscription"].search_count(env["sales.subscription"]._get_due_domain()):
    job.method_direct_trigger()
    env.cr.commit()
print("BILLED")
"""
OURS = (
    "subscription_id IN (SELECT id FROM sales_subscription WHERE plan_id = (SELECT id "
    "FROM sales_subscription_plan WHERE name->>'en_US' = 'Crash'))"
)


@pytest.mark.slow
def test_killed_in_the_middle_each_period_is_billed_once():
    with support.database("billing_crash") as database:
        install(database)
        assert "READY" in support.run_in_shell(database, SET_UP).stdout
        total = SUBSCRIPTIONS * PERIODS
        counts = [kill_when(database, enough) for enough in (3, total // 2)]
        assert counts == sorted(counts), counts
        assert 0 < counts[0] < total, counts
        assert counts[1] < total, counts
        assert_whole(database)
        done = support.run_in_shell(database, BILL)
        assert "BILLED" in done.stdout, done.stderr[-3000:]
        assert count_periods(database) == total
        assert_whole(database)
        # Each subscription has its periods, none is missing and none is there twice.
        numbers = support.psql(
            "SELECT string_agg(period_no::text, ',' ORDER BY period_no) "
            f"FROM sales_subscription_period WHERE {OURS} GROUP BY subscription_id",
            database,
        )
        expected = ",".join(str(number + 1) for number in range(PERIODS))
        assert numbers.splitlines() == [expected] * SUBSCRIPTIONS


def install(database):
    done = support.run_odoo(database, "-i", "sales_subscription_plus", "--no-http")
    assert done.returncode == 0, done.stderr[-3000:]


def kill_when(database, enough):
    """Bill in a process of its own; kill -9 it once ``enough`` periods are there.

    Returns how many periods are there when it is dead.
    """
    command = support.odoo_command(
        "-d", database, "--no-http", "--log-level=warn", subcommand=["shell"]
    )
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        process.stdin.write(BILL)
        process.stdin.close()
        deadline = time.monotonic() + 180
        while count_periods(database) < enough and process.poll() is None:
            assert time.monotonic() < deadline, "nothing was billed"
            time.sleep(0.02)
        assert process.poll() is None, "it ended before it could be killed"
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
    wait_until_gone(database)
    return count_periods(database)


def wait_until_gone(database):
    """PostgreSQL rolls back what the dead process had not committed."""
    sessions = (
        "SELECT count(*) FROM pg_stat_activity "
        f"WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + 60
    while support.psql(sessions) != "0":
        assert time.monotonic() < deadline, "a session of the dead process is left"
        time.sleep(0.1)


def count_periods(database):
    rows = support.psql(
        f"SELECT count(*) FROM sales_subscription_period WHERE {OURS}", database
    )
    return int(rows)


def assert_whole(database):
    """Every period has one confirmed order and one posted invoice of the full amount."""
    broken = support.psql(
        "SELECT p.id FROM sales_subscription_period p "
        "LEFT JOIN sale_order o ON o.id = p.order_id "
        "LEFT JOIN account_move m ON m.id = p.move_id "
        f"WHERE {OURS} AND (o.state IS DISTINCT FROM 'sale' "
        "OR m.state IS DISTINCT FROM 'posted' OR m.amount_untaxed <> 10 "
        "OR o.amount_untaxed <> 10 OR p.state <> 'invoiced')",
        database,
    )
    assert not broken, broken
    # As many orders and invoices as periods: none without a period.
    orders = support.psql(
        "SELECT count(*), count(DISTINCT id) FROM sale_order WHERE origin IN "
        "(SELECT name FROM sales_subscription s JOIN sales_subscription_period p "
        f"ON p.subscription_id = s.id WHERE {OURS})",
        database,
    )
    invoices = support.psql(
        "SELECT count(DISTINCT m.id) FROM account_move m "
        "JOIN account_move_line l ON l.move_id = m.id "
        "JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id "
        "JOIN sale_order_line s ON s.id = r.order_line_id "
        "JOIN sales_subscription_period p ON p.order_id = s.order_id "
        f"WHERE {OURS}",
        database,
    )
    count = str(count_periods(database))
    assert orders == f"{count}|{count}"
    assert invoices == count
