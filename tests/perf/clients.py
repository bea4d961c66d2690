"""Many clients at once, and many orders: how the intake behaves under load."""

import random
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from tests.perf.harness import percentile, postgres_cpu

RETRIED = re.compile(r"tries left, try again")


def run_at_once(server, count, batches, take_in):
    """Let ``count`` clients send the batches, each one after the other.

    :param take_in: called with a batch; returns the seconds of the call
    :return: figures of the run; ``p95_ms`` is what a client sees, and as long as all
        of them are always waiting it is their number divided by the rate;
        ``served_p95_ms`` is what the server needs from accepting a call to answering
    """
    before = used_cpu(server), len(server.served()), retries(server)
    start = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        times = list(pool.map(take_in, batches))
    wall = time.perf_counter() - start
    orders = sum(map(len, batches))
    cpu = used_cpu(server) - before[0]
    served = server.served()[before[1] :]
    return {
        "orders_a_minute": orders / wall * 60,
        "cpu_ms": cpu / orders * 1000,
        "p50_ms": percentile(times, 0.5) * 1000,
        "p95_ms": percentile(times, 0.95) * 1000,
        "served_p95_ms": percentile(served, 0.95) * 1000,
        "retries": retries(server) - before[2],
    }


def run_at_pace(server, count, batches, take_in, rate):
    """Let ``count`` clients send ``rate`` orders a minute together, each at its beat.

    Unlike :func:`run_at_once` they send what comes in, not what the server can take.

    :return: figures of the run; ``p95_ms`` is what a client sees, from the moment at
        which its call was due
    """
    period = count * len(batches[0]) / rate * 60
    # Nobody knows of the others: some calls meet.
    source = random.Random(len(batches))
    start = time.perf_counter()
    first = [start + source.uniform(0, period) for _client in range(count)]

    def send(client):
        due, times = first[client], []
        for batch in batches[client::count]:
            time.sleep(max(0, due - time.perf_counter()))
            take_in(batch)
            times.append(time.perf_counter() - due)
            due += period
        return times

    before = retries(server)
    with ThreadPoolExecutor(count) as pool:
        times = [one for some in pool.map(send, range(count)) for one in some]
    return {
        "p50_ms": percentile(times, 0.5) * 1000,
        "p95_ms": percentile(times, 0.95) * 1000,
        "retries": retries(server) - before,
    }


def used_cpu(server):
    """CPU seconds of Odoo and PostgreSQL so far."""
    return server.cpu() + postgres_cpu(server.database)


def retries(server):
    """How often a call had to begin again because of another one."""
    return len(RETRIED.findall(server.log.read_text()))


def run_many(server, batches, take_in, every=20):
    """Send the batches one by one; return [(orders so far, MB of the server)]."""
    orders, memory = 0, []
    for number, batch in enumerate(batches, 1):
        take_in(batch)
        orders += len(batch)
        if number % every == 0:
            memory.append((orders, server.memory()))
    return memory


def growth(memory):
    """Memory of the last third of the run over that of the second: 1 is flat.

    The first third fills caches.
    """
    third = len(memory) // 3
    sizes = [size for _orders, size in memory]
    return statistics.median(sizes[-third:]) / statistics.median(sizes[third:-third])
