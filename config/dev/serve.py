"""The development database, and the commands that work on it."""

import http.client
import os
import re
import socket
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from . import apt, postgres, running
from .database import DEMO_ADDONS, Databases, log_file
from .fetch import locked
from .odoo_run import child, interactive, odoo, supervise
from .paths import ROOT, cache, our_addons, tree_hash
from .steps import Failure, say, step

CLUSTERS = ("dev", "test")
LOADER = ROOT / "config" / "load.py"
# Users of the demo data: what they do, login, password.
LOGINS = (
    ("administrator", "admin", "admin"),
    ("salesperson", "sally", "sally"),
    ("approver", "arthur", "arthur"),
    ("warehouse worker", "walter", "walter"),
    ("auditor", "audrey", "audrey"),
    ("portal customer", "paula", "paula"),
)


def database_name():
    """Name of the development database."""
    name = os.environ.get("DEV_DB") or os.environ.get("PGDATABASE") or "sop"
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise Failure(
            f"{name} cannot be the name of the development database.",
            "Use small letters, digits and _ in DEV_DB.",
        )
    return name


@contextmanager
def development():
    """Yield (odoo, name): everything runs and the database is up to date."""
    with odoo("dev", "development") as ready:
        name = database_name()
        with locked(f"database-{name}"):
            _ensure_database(Databases(ready), ready.source.dev_addons, name)
        yield ready, name


def _ensure_database(databases, dev_addons, name):
    """Make the database, or bring it to the state of the addons' code."""
    wanted = [*our_addons(), *DEMO_ADDONS, *dev_addons]
    state = tree_hash()
    log = log_file(name)
    if not databases.exists(name):
        with step(f"Database {name} with demo data (some minutes)"):
            databases.build(name, lambda draft: databases.install(draft, wanted, log))
    elif databases.comment(name) != state:
        present = databases.installed(name)
        new = [addon for addon in wanted if addon not in present]
        changed = [addon for addon in our_addons() if addon in present]
        with step(f"Database {name}, update of the changed addons"):
            databases.install(name, new, log, update=changed)
    databases.set_comment(name, state)


def run(arguments, _rest):
    """Serve until Ctrl-C."""
    started = time.monotonic()
    _check_port(arguments.port)
    say("Sales Order Plus")
    with running.registered("run"):
        apt.ensure_programs()
        with development() as (ready, name):
            _serve(ready, name, arguments.port, started)


def _serve(ready, name, port, started):
    """Run the server; greet the user as soon as it answers."""
    command = ready.command("-d", name, f"--db-filter=^{name}$", f"--http-port={port}")
    log = cache("logs") / f"{name}-server.log"
    with log.open("w") as file:
        with child(command, ready.environ, stdout=file, stderr=file) as process:
            with step("Server"):
                _wait_for_page(process, port, log)
            _greet(f"http://127.0.0.1:{port}", time.monotonic() - started, log)
            process.wait()
    raise Failure(
        f"The server has ended by itself ({process.returncode}).", f"See {log}"
    )


def _wait_for_page(process, port, log):
    """Return when the login page is served."""
    while process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with suppress(OSError), closing(connection):
            connection.request("GET", "/web/login")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.3)
    end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise Failure(f"The server does not start.\n{end}", f"Log: {log}")


def _greet(address, seconds, log):
    """Tell where to go, and as whom."""
    say(f"\nReady after {seconds:.0f} s: {address}\n")
    for role, login, password in LOGINS:
        say(f"  {role:<18} {login:<8} password {password}")
    say(f"\nLog: {log}\nCtrl-C stops the server and its PostgreSQL.")


def _check_port(port):
    """Fail at once when the port is taken, not after minutes of preparing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} of 127.0.0.1 cannot be used: {error.strerror}.",
                f"Take another one: ./dev run --port {port + 1}; or, if it is an\n"
                "earlier start of this project: ./dev stop",
            ) from error


def stop(_arguments, _rest):
    """Stop everything of ours that runs, also what a killed ./dev left behind."""
    found = running.alive()
    running.stop(found)
    stopped = [path.name for path in found]
    stopped += [f"PostgreSQL {name}" for name in CLUSTERS if postgres.stop_unused(name)]
    say(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing was running.")


def reset(arguments, _rest):
    """Drop the development database; the next run makes a new one."""
    name = database_name()
    if any(path.name.startswith("run-") for path in running.alive()):
        raise Failure("A server is running on the database.", "First: ./dev stop")
    question = f"Drop the database {name}? [y/N] "
    if not arguments.yes and input(question).strip().lower() not in ("y", "yes"):
        raise Failure("Nothing was dropped.")
    with odoo("dev", "development") as ready:
        Databases(ready).drop(name)
    say(f"The database {name} is gone; ./dev run makes a new one.")


def shell(_arguments, _rest):
    """Odoo's shell: `env` is there, `env.cr.commit()` keeps what was changed."""
    with development() as (ready, name):
        command = ready.command("-d", name, "--no-http", subcommand=["shell"])
        return interactive(command, ready.environ)


def psql(_arguments, rest):
    """psql with the arguments passed on."""
    with development() as (ready, name):
        program = ready.server.program("psql")
        return interactive([program, "-d", name, *rest], ready.environ)


def load(arguments, rest):
    """Import a file of orders through the product's own import."""
    file = Path(arguments.file)
    if not file.is_file():
        raise Failure(f"There is no file {file}.")
    with running.registered("load"), development() as (ready, name):
        options = ["-c", ready.config_file, "-d", name, file.resolve(), *rest]
        command = [ready.python, LOADER, *options]
        return supervise(list(map(str, command)), ready.environ)
