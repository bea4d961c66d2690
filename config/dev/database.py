"""Databases with their filestore: made whole or not at all, copied, dropped."""

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

from .odoo_run import supervise
from .paths import ADDONS, cache, our_addons
from .steps import Failure, say

# Beside what our addons depend on: payments to try out the portal with.
DEMO_ADDONS = ("payment_demo",)
TOUCHED = re.compile(r"sales_\w+_plus")
LEVEL = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


class Databases:
    """The databases of one server, with the files Odoo keeps beside them."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.query = odoo.server.query

    def exists(self, name):
        return bool(self.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def is_used(self, name):
        """Whether somebody is connected, maybe from another machine."""
        sql = f"SELECT 1 FROM pg_stat_activity WHERE datname = '{name}' LIMIT 1"
        return bool(self.query(sql))

    def names(self, prefix):
        """Names beginning with `prefix`, the least recently used one first."""
        sql = (
            "SELECT datname FROM pg_database WHERE starts_with(datname, '%s')"
            " ORDER BY shobj_description(oid, 'pg_database') NULLS FIRST"
        )
        return self.query(sql % prefix).split()

    def comment(self, name):
        """The note kept with a database."""
        sql = (
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            f" WHERE datname = '{name}'"
        )
        return self.query(sql)

    def set_comment(self, name, text):
        self.query(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")

    def filestore(self, name):
        return self.odoo.data_folder / "filestore" / name

    def create(self, name, template=None):
        """A new database: empty, or a copy with hard links to the same files."""
        if template:
            self.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            self._link_files(template, name)
        else:
            # As Odoo does it: sorting by code points, whatever the machine's locale.
            self.query(
                f"CREATE DATABASE \"{name}\" ENCODING 'UTF8'"
                " LC_COLLATE 'C' TEMPLATE template0"
            )

    def _link_files(self, template, name):
        """Copy a filestore; its files are never changed, so links are enough."""
        source, target = self.filestore(template), self.filestore(name)
        shutil.rmtree(target, ignore_errors=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=os.link)

    def drop(self, name):
        self.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def build(self, name, fill, template=None):
        """Have `name`, filled by `fill(draft)` under another name until it is done."""
        draft = f"{name}_draft"
        self.drop(draft)
        self.create(draft, template)
        try:
            fill(draft)
        except BaseException:
            self.drop(draft)
            raise
        shutil.rmtree(self.filestore(name), ignore_errors=True)
        if self.filestore(draft).is_dir():
            self.filestore(draft).rename(self.filestore(name))
        self.query(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')

    def installed(self, name):
        """Names of the addons installed in a database."""
        sql = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        return set(self.query(sql, name).split())

    def install(self, name, addons, log, update=()):
        """Install and update addons; Odoo's log goes to the file `log`."""
        arguments = ["-d", name, "--with-demo", "--stop-after-init", "--no-http"]
        arguments += ["-i", ",".join(addons)] if addons else []
        arguments += ["-u", ",".join(update)] if update else []
        command = self.odoo.command(*arguments, "--log-level=info")
        with log.open("w") as file:
            code = supervise(
                command, self.odoo.environ, stdout=file, stderr=subprocess.STDOUT
            )
        missing = set(addons) - (set() if code else self.installed(name))
        if code or missing:
            names = ", ".join(sorted(missing) or addons or update)
            end = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
            raise Failure(f"Odoo could not install {names}.\n{end}", f"Log: {log}")


def log_file(name):
    """Where the log of making a database is kept."""
    return cache("logs") / f"{name}.log"


def dependencies():
    """What our addons need of Odoo, read from their manifests."""
    ours = our_addons()
    if not ours:
        raise Failure(f"There are no addons in {ADDONS}.")
    manifests = [ADDONS / name / "__manifest__.py" for name in ours]
    needed = {name for path in manifests for name in _read(path)["depends"]}
    return sorted((needed | set(DEMO_ADDONS)) - set(ours))


def _read(manifest):
    """A manifest as a dict."""
    try:
        return ast.literal_eval(Path(manifest).read_text())
    except (SyntaxError, ValueError) as error:
        raise Failure(f"{manifest} cannot be read: {error}") from error


def complaints(log):
    """Lines of an installation's log that must not be there.

    Each error counts, and each warning that names one of our addons: in its logger,
    in its text or in the lines below it.
    """
    found = []
    for entry in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log.read_text(errors="replace")):
        level = LEVEL.match(entry)
        if level and (level[1] != "WARNING" or TOUCHED.search(entry)):
            found.append(entry.strip())
    return found


def show_complaints(log):
    """Print them; True if there are any."""
    found = complaints(log)
    for entry in found:
        say(entry)
    return bool(found)
