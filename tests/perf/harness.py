"""What every benchmark needs: Odoo servers, CPU and query counters, statistics.

Both sides of a comparison run in the same minutes on the same machine, in turns;
only ratios of medians say something, absolute figures move with the machine.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2

from tests import support

# Access log: "POST /json/2/... HTTP/1.1" 200 - <queries> <sql time> <other time>.
# Calls, pages of the portal and PDFs; not what a browser would fetch beside them.
ACCESS = re.compile(
    r'"(?:POST|GET) /(?:json/2|my|report/pdf)/\S+ HTTP/1\.\d" \d+ -'
    r" (\d+) ([\d.]+) ([\d.]+)"
)


class Server:
    """An Odoo server on one database, called over JSON-2.

    It is one process, or as in production one with so many ``workers`` below it.
    """

    def __init__(self, database, port, log_folder, workers=0):
        self.database = database
        self.url = f"http://127.0.0.1:{port}"
        self.log = Path(log_folder) / f"{database}.log"
        self.key = None
        self.process = subprocess.Popen(
            [
                os.environ["DEV_PYTHON"],
                os.environ["DEV_ODOO"],
                f"--config={os.environ['DEV_ODOO_CONF']}",
                f"--database={database}",
                f"--http-port={port}",
                f"--logfile={self.log}",
                "--http-interface=127.0.0.1",
                f"--workers={workers}",
                f"--gevent-port={port + 1000}",
                "--limit-time-real=600",
                "--limit-time-cpu=600",
                "--max-cron-threads=0",
                "--log-level=info",
            ]
        )

    def wait(self, seconds=120):
        """Wait until it answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/web/health", timeout=5).read()
                return self
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise
                time.sleep(0.2)

    def call(self, model, method, **params):
        """Call a public method over JSON-2 and return (answer, seconds)."""
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(params).encode(),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=600) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:2000]) from error
        return answer, time.perf_counter() - start

    def open_session(self, login, password):
        """Return a function that gets a page as a user who has logged in."""
        cookies = urllib.request.HTTPCookieProcessor()
        browser = urllib.request.build_opener(cookies)
        params = {"db": self.database, "login": login, "password": password}
        request = urllib.request.Request(
            f"{self.url}/web/session/authenticate",
            data=json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with browser.open(request, timeout=60) as response:
            if not json.load(response).get("result", {}).get("uid"):
                raise RuntimeError(f"{login} cannot log in")

        def get(path):
            with browser.open(self.url + path, timeout=600) as response:
                return response.read()

        return get

    def queries(self):
        """SQL queries of all calls so far, from the access log."""
        return sum(int(n) for n, _sql, _rest in ACCESS.findall(self.log.read_text()))

    def served(self):
        """Seconds each call so far took inside the server."""
        found = ACCESS.findall(self.log.read_text())
        return [float(sql) + float(rest) for _queries, sql, rest in found]

    def cpu(self):
        """CPU seconds of the server so far, with its workers."""
        return sum(_seconds(each.cpu_times()) for each in self._processes())

    def memory(self):
        """MB the largest process of the server holds."""
        return max(each.memory_info().rss for each in self._processes()) / 2**20

    def _processes(self):
        server = psutil.Process(self.process.pid)
        return [server, *server.children()]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def _seconds(times):
    """CPU seconds of a process so far."""
    return times.user + times.system


def postgres_cpu(database):
    """CPU seconds so far of the PostgreSQL processes that serve one database.

    Others may use the machine. Connections are kept, so none of them ends meanwhile.
    """
    return sum(
        _seconds(process.info["cpu_times"])
        for process in psutil.process_iter(["cmdline", "cpu_times"])
        if _serves(process.info["cmdline"], database)
    )


def _serves(command, database):
    """Whether a command line is PostgreSQL's title of a connection to a database."""
    words = " ".join(command or ()).split()
    return words[:1] == ["postgres:"] and database in words


def install_unconfigured(database, addons):
    """Install addons as a company gets them: without demo data."""
    # A database whose addons have demo data gives it to new ones too.
    with closing(psycopg2.connect(dbname=database)) as connection, connection:
        connection.cursor().execute("UPDATE ir_module_module SET demo = false")
    result = support.run_odoo(database, "-i", ",".join(addons), "--no-http")
    if result.returncode:
        raise RuntimeError(result.stderr)


def run_in_shell(database, script):
    """Run a script in Odoo's shell; what it prints as its last line is JSON."""
    result = subprocess.run(
        [
            os.environ["DEV_PYTHON"],
            os.environ["DEV_ODOO"],
            "shell",
            f"--config={os.environ['DEV_ODOO_CONF']}",
            f"--database={database}",
            "--no-http",
            "--log-level=error",
        ],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode or not result.stdout.strip():
        raise RuntimeError(result.stdout + result.stderr)
    return json.loads(result.stdout.strip().splitlines()[-1])


def make_parser(doc, name, rounds, port):
    """The options every benchmark has; its own ones are added by itself."""
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--json", type=Path, default=Path(".bench", f"{name}.json"))
    parser.add_argument("--port", type=int, default=port, help="and the next ones")
    return parser


def run_rounds(count, run):
    """Call ``run`` with 1, 2, … and return what it returned, a line each."""
    rounds = []
    for number in range(1, count + 1):
        rounds.append(run(number))
        print(f"round {number} of {count} done", flush=True)
    return rounds


def finish(result, show, path):
    """Print a result and whether it is what is demanded, and keep it as JSON."""
    show(result)
    rows = [["demanded", "measured", "wanted", ""]]
    for name, value, wanted, met in result["demands"]:
        rows.append([name, f"{value:.2f}", wanted, "met" if met else "NOT MET"])
    print(table(rows))
    print(f"\nLoad of the machine (1, 5, 15 minutes): {os.getloadavg()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1))
    print(f"\nWritten to {path}")


def percentile(values, share):
    """The value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def summary(values):
    """Median and spread of the rounds."""
    return {
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
    }


def table(rows):
    """Rows of texts, the first one the header, as an aligned table."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            text.ljust(width) if i == 0 else text.rjust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
