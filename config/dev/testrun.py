"""The tests: on a database made for this run, copied from a template.

Two templates are kept, because installing takes minutes and copying a second: one
with what our addons depend on, and on top of it one with our addons. Their names
hold a hash of what they were made of.
"""

import datetime
import os
import re
from contextlib import contextmanager
from pathlib import Path

from . import apt, lint, odoo_suites, running
from .database import Databases, dependencies, log_file, show_complaints
from .fetch import locked
from .odoo_run import odoo, supervise
from .paths import ROOT, our_addons, short_hash, tree_hash
from .steps import Failure, step

BENCHES = ROOT / "tests" / "perf"
# More would starve each other's browsers on a small machine.
WORKERS = min(os.cpu_count() or 1, 4)
# Templates kept beside the current one, for other branches and checkouts.
KEPT = 8


def test(arguments, rest):
    """Lint, install, then pytest; its summary is the last thing printed."""
    complete = not rest and not arguments.odoo
    with running.registered("test"):
        apt.ensure_programs(with_browser=True)
        if not apt.browser():
            raise Failure(
                "The browser tests need Chromium, and a test that does not run is a"
                " failure.",
                f"Install it: sudo {apt.install_line(['chromium'])}",
            )
        if complete and lint.run_checks():
            raise Failure("Lint found something.")
        with odoo("test", "test", durable=False) as ready:
            with test_database(ready, strict=complete) as (name, environ):
                if arguments.odoo:
                    return odoo_suites.run(ready, name, environ, rest)
                return supervise(_pytest(ready, name, rest), environ)


def _pytest(ready, name, arguments):
    """The command line of pytest-odoo, over everything unless told otherwise.

    The whole suite is shared by the processors, file by file; pytest-odoo gives each
    of them a copy of the database.
    """
    options = [f"--odoo-database={name}", f"--odoo-config={ready.config_file}"]
    options += ["--odoo-http", "--odoo-log-level=warn"]
    named = any(Path(text.split("::")[0]).exists() for text in arguments)
    if not named:
        # The slowest files first: those that install addons and start servers.
        options += [f"-n{WORKERS}", "--dist=loadfile", "--no-loadscope-reorder"]
        arguments = [*arguments, "tests/install", "tests", "addons"]
    return [str(ready.python), "-m", "pytest", *options, *arguments]


@contextmanager
def test_database(ready, strict=True):
    """Yield a database with our addons, dropped afterwards, and the environment."""
    databases = Databases(ready)
    name = f"sop_test_{os.getpid()}"
    with locked("test-templates"):
        base, full = _ensure_templates(databases)
        if show_complaints(log_file(full)) and strict:
            raise Failure("Installing the addons must log no warning and no error.")
        _drop_left_over(databases)
        databases.create(name, full)
    environ = {
        **ready.environ,
        "DEV_TEMPLATE_DB": base,
        "DEV_ADDONS_DB": full,
        "DEV_TEST_DB": name,
        "PATH": _get_path(ready.server.programs),
    }
    try:
        yield name, environ
    finally:
        for left in databases.names(name):
            databases.drop(left)


def _get_path(programs):
    """PATH with PostgreSQL's programs: pytest-odoo calls createdb and dropdb."""
    return os.pathsep.join(map(str, filter(None, [programs, os.environ.get("PATH")])))


def _ensure_templates(databases):
    """Names of the two templates, made where they do not exist yet."""
    source = databases.odoo.source
    needed = [*dependencies(), *source.dev_addons]
    base = f"sop_base_{short_hash(source.version, *needed)}"
    full = f"sop_full_{short_hash(base, tree_hash())}"
    _ensure_template(databases, base, needed, "Odoo's addons with demo data (minutes)")
    _ensure_template(databases, full, our_addons(), "Our addons", template=base)
    return base, full


def _ensure_template(databases, name, addons, title, template=None):
    """Make one template unless it is there, and note when it was last used."""
    if not databases.exists(name):
        log = log_file(name)
        with step(f"Template, {title}"):
            databases.build(
                name, lambda draft: databases.install(draft, addons, log), template
            )
    now = datetime.datetime.now(datetime.timezone.utc)
    databases.set_comment(name, now.isoformat())


def _drop_left_over(databases):
    """Drop old templates, and the databases of runs that were killed."""
    for prefix in ("sop_base_", "sop_full_"):
        for name in databases.names(prefix)[: -1 - KEPT]:
            databases.drop(name)
    for prefix in ("sop_test_", "bench_"):
        for name in databases.names(prefix):
            pid = re.match(r"\d+", name.removeprefix(prefix))
            is_ours = pid and not Path("/proc", pid[0]).exists()
            if is_ours and not databases.is_used(name):
                databases.drop(name)


def bench(arguments, rest):
    """Run one benchmark on copies of the templates, the server as in production."""
    script = BENCHES / f"bench_{arguments.name}.py"
    if not script.is_file():
        known = ", ".join(path.stem[6:] for path in sorted(BENCHES.glob("bench_*.py")))
        raise Failure(f"There is no benchmark {arguments.name}.", f"Known: {known}")
    with running.registered("bench"), odoo("test", "test") as ready:
        if ready.server.query("SHOW fsync") == "off":
            raise Failure("Tests are running; the numbers would be worth nothing.")
        with test_database(ready, strict=False) as (_name, environ):
            return supervise([str(ready.python), str(script), *rest], environ)
