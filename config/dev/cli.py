"""The commands of ./dev."""

import argparse
import os
import signal
import sys

from . import lint, pot, serve, testrun
from .steps import Failure, say

DESCRIPTION = "Sales Order Plus: run it, test it, look into it."
EPILOG = (
    "Variables: ODOO_DIR (a checkout of Odoo 19 to use), PG* (a PostgreSQL to use),\n"
    "DEV_DB (name of the development database, sop), XDG_CACHE_HOME (where all that\n"
    "is fetched and made lies), PYTHON (the Python to use)."
)


def main():
    """Run one command; what the user can mend is told without a traceback."""
    # PostgreSQL runs as a user of its own under root, and must reach its files.
    os.umask(0o022)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    arguments, rest = _parser().parse_known_args()
    if rest and not arguments.passes_on:
        _parser().error(f"unknown: {' '.join(rest)}")
    try:
        return arguments.function(arguments, rest)
    except Failure as failure:
        say()
        print(f"./dev {arguments.command}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(_number, _frame):
    """`./dev stop` and a closed terminal end a command like Ctrl-C does."""
    raise KeyboardInterrupt


def _parser():
    parser = argparse.ArgumentParser(
        prog="./dev",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, function, text, passes_on=False):
        # No abbreviations: an option that is passed on may begin like one of ours.
        added = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False
        )
        added.set_defaults(function=function, passes_on=passes_on)
        return added

    run = command("run", serve.run, "serve the addons with demo data until Ctrl-C")
    run.add_argument("--port", type=int, default=8069, help="default: 8069")
    test = command(
        "test", testrun.test, "lint and test all, or what pytest's arguments name", True
    )
    test.add_argument("--odoo", action="store_true", help="run Odoo's own suites")
    command("stop", serve.stop, "stop every ./dev that is running, and PostgreSQL")
    reset = command("reset", serve.reset, "drop the development database")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    command("shell", serve.shell, "Odoo's Python shell on the development database")
    bench = command(
        "bench", testrun.bench, "run tests/perf/bench_NAME.py, default intake", True
    )
    bench.add_argument("name", nargs="?", default="intake")
    check = command("lint", lint.lint, "check style and rules, or only those named")
    check.add_argument("--fix", action="store_true", help="mend first what ruff can")
    names = ", ".join(lint.CHECKS)
    check.add_argument("checks", nargs="*", metavar="CHECK", help=names)
    load = command("load", serve.load, "import a file of orders and sum it up", True)
    load.add_argument("file", metavar="FILE")
    command("psql", serve.psql, "psql on the development database", True)
    command("pot", pot.write, "write the addons' translation templates anew")
    return parser
