"""For tests that need an Odoo process or a database of their own.

./dev sets the variables read here. It drops a database whose name begins with the
one of the run (`own_name`) at the end of the run, even of one that was killed.
"""

import http.client
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

DROP_ATTEMPTS = 10
BASE_TEMPLATE = os.environ.get("DEV_TEMPLATE_DB")
ADDONS_TEMPLATE = os.environ.get("DEV_ADDONS_DB")


def odoo_command(*arguments, subcommand=()):
    """The command line of an Odoo process, for subprocess."""
    start = [os.environ["DEV_PYTHON"], os.environ["DEV_ODOO"], *subcommand]
    return [*start, "-c", os.environ["DEV_ODOO_CONF"], *map(str, arguments)]


def run_odoo(database, *arguments, **options):
    """Run Odoo on a database until it ends; returns the finished process."""
    command = odoo_command("-d", database, "--stop-after-init", *arguments)
    return subprocess.run(command, capture_output=True, text=True, **options)


def run_in_shell(database, code):
    """Run Python code with `env` in Odoo's shell; returns the finished process."""
    command = odoo_command("-d", database, "--no-http", subcommand=["shell"])
    return subprocess.run(command, input=code, capture_output=True, text=True)


@contextmanager
def odoo_server(database, *arguments):
    """Serve a database; yields (process, port) once the login page answers."""
    port = free_port()
    options = ["-d", database, f"--db-filter=^{database}$", f"--http-port={port}"]
    process = subprocess.Popen(odoo_command(*options, *arguments))
    try:
        _wait_for_page(process, port)
        yield process, port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_page(process, port, patience_s=120):
    """Return when the server answers; fail when it has ended or takes too long."""
    deadline = time.monotonic() + patience_s
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with suppress(OSError):
            connection.request("GET", "/web/login")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.3)
    raise AssertionError(f"Odoo does not serve port {port}: {process.poll()}")


def free_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def own_name(name):
    """The full name of a database of this run."""
    # One of several workers has a database of its own, named with a hyphen.
    return f"{os.environ['DEV_TEST_DB'].replace('-', '_')}_{name}"


def create_database(name, template=BASE_TEMPLATE):
    """Copy a template with its files, instead of one that may be there."""
    drop_database(name)
    psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    link_files(template, name)


def link_files(template, name):
    """Copy a filestore; its files are never changed, so links are enough."""
    source = _filestore(template)
    if source.is_dir():
        drop_files(name)
        shutil.copytree(source, _filestore(name), copy_function=os.link)


def drop_files(name):
    """Remove the filestore of a database, if there is one."""
    shutil.rmtree(_filestore(name), ignore_errors=True)


def drop_database(name):
    """Drop a database and its files, if it is there."""
    # An autovacuum belongs to the superuser and cannot be ended; it ends by itself.
    for left in reversed(range(DROP_ATTEMPTS)):
        try:
            psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            break
        except subprocess.CalledProcessError:
            if not left:
                raise
            time.sleep(1)
    drop_files(name)


@contextmanager
def database(name, template=BASE_TEMPLATE):
    """A database of this run for the length of a block; yields its full name."""
    name = own_name(name)
    create_database(name, template)
    try:
        yield name
    finally:
        drop_database(name)


def psql(sql, database="postgres"):
    """Run SQL; returns what psql prints: one row a line, columns by `|`."""
    command = [os.environ["DEV_PSQL"], "-XAtq", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        [*command, "-d", database, "-c", sql],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip()


def _filestore(database):
    return Path(os.environ["DEV_DATA_DIR"], "filestore", database)
