"""Odoo with its Python, its server and its configuration file: how to run it."""

import configparser
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from . import odoo_source, postgres, python_env
from .paths import ADDONS, CONFIG, DEV_ADDONS, ROOT, cache, short_hash

START = CONFIG / "odoo_start.py"
# Odoo finishes its requests when asked to stop; after so long it is made to.
PATIENCE_S = 20


@dataclass
class Odoo:
    """Everything a command needs to run Odoo in one of the two set-ups."""

    source: odoo_source.Source
    python: Path
    server: postgres.Server
    config_file: Path
    data_folder: Path

    @property
    def environ(self):
        """Variables for Odoo, and for scripts that start it themselves."""
        return {
            **self.server.environ,
            "PYTHONPATH": str(self.source.python_path),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "",
            "DEV_PYTHON": str(self.python),
            "DEV_ODOO": str(START),
            "DEV_ODOO_CONF": str(self.config_file),
            "DEV_DATA_DIR": str(self.data_folder),
            "DEV_PSQL": self.server.program("psql"),
        }

    def command(self, *arguments, subcommand=()):
        """Odoo's command line; a subcommand such as `shell` comes first."""
        start = [str(self.python), str(START), *subcommand]
        return [*start, "-c", str(self.config_file), *map(str, arguments)]


@contextmanager
def odoo(cluster, conf_name, durable=True):
    """Yield an Odoo that can run: source, packages and PostgreSQL are there."""
    source = odoo_source.ensure()
    python = python_env.ensure()
    data_folder = cache(cluster, "data")
    config_file = _write_config(conf_name, source, data_folder)
    with postgres.server(cluster, durable) as server:
        yield Odoo(source, python, server, config_file, data_folder)


def _write_config(name, source, data_folder):
    """The configuration of the checkout, completed with this machine's folders."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(CONFIG / f"odoo.{name}.conf")
    folders = [*source.addons_folders, ADDONS]
    folders += [DEV_ADDONS] if source.dev_addons else []
    options = parser["options"]
    options["addons_path"] = ",".join(map(str, folders))
    options["data_dir"] = str(data_folder)
    options["screenshots"] = str(ROOT / ".screenshots")
    path = cache("conf") / f"{short_hash(ROOT)}-{name}.conf"
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("w") as file:
        parser.write(file)
    draft.replace(path)
    return path


@contextmanager
def child(command, environ, **options):
    """Run a long command; Ctrl-C and `./dev stop` end it and all its children.

    It gets a process group of its own, so that it is told to stop exactly once.
    """
    process = subprocess.Popen(
        command, env=environ, cwd=ROOT, start_new_session=True, **options
    )
    try:
        yield process
    except KeyboardInterrupt:
        _signal(process, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
        raise
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()


def supervise(command, environ, **options):
    """Run a child to its end and return its exit code."""
    with child(command, environ, **options) as process:
        return process.wait()


def _signal(process, number):
    """Signal the whole group; what has gone needs none."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def interactive(command, environ):
    """Run a command that talks to the user and handles Ctrl-C itself."""
    sys.stdout.flush()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(command, env=environ).returncode
    finally:
        signal.signal(signal.SIGINT, before)
