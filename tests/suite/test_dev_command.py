"""./dev from outside: what goes wrong says what to do and exits non-zero."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from dev import paths, serve

from tests import support

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = "run test stop reset shell bench lint load psql pot".split()
# Nobody listens on port 9 of this machine: as good as no network.
NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")


def dev(*arguments, cache=None, **variables):
    """Run ./dev as a user would: without what the running tests have set."""
    environ = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
    environ.pop("PYTHONPATH", None)
    environ.pop("ODOO_DIR", None)
    environ |= {key: str(value) for key, value in variables.items()}
    if cache:
        environ["XDG_CACHE_HOME"] = str(cache)
    return subprocess.run(
        [ROOT / "dev", *arguments], env=environ, capture_output=True, text=True
    )


def test_help_explains_every_command():
    done = dev("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"^ +{command} +\w", done.stdout, re.MULTILINE), command


def test_unknown_arguments_are_refused():
    done = dev("run", "--prot", "8070")
    assert done.returncode == 2
    assert "--prot" in done.stderr


def test_python_too_old(tmp_path):
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.8.10 || exit 1\n')
    old.chmod(0o755)
    done = dev("run", PYTHON=old)
    assert done.returncode == 1
    assert "needs Python 3.10" in done.stderr
    assert "3.8.10" in done.stderr


def test_no_python_at_all(tmp_path):
    for name in ("sh", "dirname", "head"):
        (tmp_path / name).symlink_to(shutil.which(name))
    done = dev("run", PATH=tmp_path)
    assert done.returncode == 1
    assert "apt-get install" in done.stderr


def test_port_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = dev("run", "--port", str(port), cache=tmp_path)
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert f"--port {port + 1}" in done.stderr


def test_no_network_and_nothing_cached(tmp_path):
    done = dev("psql", cache=tmp_path, **NO_NETWORK)
    assert done.returncode == 1
    assert "Odoo 19 cannot be fetched" in done.stderr
    assert "ODOO_DIR=" in done.stderr
    assert not (tmp_path / "sales-order-plus" / "odoo-debian").exists()


def test_cache_cannot_be_written(tmp_path):
    (tmp_path / "sales-order-plus").write_text("a file in the way")
    done = dev("psql", cache=tmp_path)
    assert done.returncode == 1
    assert "XDG_CACHE_HOME" in done.stderr


def test_odoo_dir_is_no_odoo(tmp_path):
    done = dev("psql", cache=tmp_path, ODOO_DIR=tmp_path)
    assert done.returncode == 1
    assert "is no Odoo" in done.stderr


@pytest.mark.parametrize(("version", "text"), [("18, 0", "19.0 is needed")])
def test_odoo_dir_is_another_version(tmp_path, version, text):
    release = tmp_path / "odoo" / "release.py"
    release.parent.mkdir()
    release.write_text(f"version_info = ({version}, 0, FINAL, 0, '')\n")
    done = dev("psql", cache=tmp_path, ODOO_DIR=tmp_path)
    assert done.returncode == 1
    assert text in done.stderr


def test_foreign_postgresql_does_not_answer(tmp_path):
    done = dev("psql", PGHOST=tmp_path)
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "PGHOST" in done.stderr


def test_database_name_that_is_none():
    done = dev("reset", "--yes", DEV_DB="no;name")
    assert done.returncode == 1
    assert "DEV_DB" in done.stderr


def test_file_to_load_is_missing():
    done = dev("load", "nowhere.csv")
    assert done.returncode == 1
    assert "nowhere.csv" in done.stderr


def test_benchmark_is_missing():
    done = dev("bench", "nothing")
    assert done.returncode == 1
    assert "intake" in done.stderr


@pytest.mark.slow
def test_run_serves_until_interrupted():
    """The second start: the database is there and nothing has changed."""
    port = support.free_port()
    with support.database("run", support.ADDONS_TEMPLATE) as database:
        state = paths.tree_hash()
        support.psql(f"COMMENT ON DATABASE \"{database}\" IS '{state}'")
        process = subprocess.Popen(
            [ROOT / "dev", "run", "--port", str(port)],
            env={**os.environ, "DEV_DB": database, "PYTHONPATH": ""},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            output = read_until(process.stdout, "Ctrl-C")
            for _role, login, _password in serve.LOGINS:
                assert login in output
            assert f"http://127.0.0.1:{port}" in output
            assert listeners(port) == ["127.0.0.1"]
        finally:
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(60) == 130
        assert listeners(port) == []
        shutil.rmtree(paths.cache("dev", "data") / "filestore" / database, True)


def read_until(stream, text):
    lines = []
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        lines.append(stream.readline())
        if text in lines[-1] or not lines[-1]:
            break
    return "".join(lines)


def listeners(port):
    """Addresses of this machine on which something listens on `port`."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    rows += [
        line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]
    ]
    wanted = f":{port:04X}"
    found = [row[1] for row in rows if row[1].endswith(wanted) and row[3] == "0A"]
    return ["127.0.0.1" if a.startswith("0100007F") else a for a in found]
