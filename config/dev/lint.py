"""Style and rules: the linters with the options they need, in order."""

import os
import subprocess

from . import python_env
from .paths import ADDONS, ROOT, our_addons
from .steps import Failure, say

PYTHON_CODE = ("addons", "config", "tests", "conftest.py")
# `missing-return` wants a return from each compute that calls super(): noise; the
# other one wants one file a model, where we have one file a concern. Given here,
# because in .pylintrc the list of what is enabled wins.
NOT_OURS = "--disable=missing-return,consider-merging-classes-inherited"
PYLINT = ("pylint", "--rcfile=.pylintrc", NOT_OURS, "-j2")
# Headers of XML files and translatable XPath are Odoo's own habits; our README
# files are Markdown.
OCA_DISABLED = "xml-header-wrong,xml-xpath-translatable-item,prefer-readme-rst"


def _addons():
    return [str(ADDONS / name) for name in our_addons()]


def _translations():
    files = ADDONS.glob("*/i18n/*.po*")
    return sorted(map(str, files))


CHECKS = {
    "format": lambda: ["ruff", "format", "--check", *PYTHON_CODE],
    "ruff": lambda: ["ruff", "check", *PYTHON_CODE],
    "pylint": lambda: [*PYLINT, *_addons()],
    "oca-module": lambda: [
        "oca-checks-odoo-module",
        f"--disable={OCA_DISABLED}",
        *_addons(),
    ],
    "oca-po": lambda: ["oca-checks-po", *_translations()],
}


FIXES = (["ruff", "check", "--fix", "--quiet"], ["ruff", "format", "--quiet"])


def lint(arguments, _rest):
    """Run the checks named, or all; with --fix mend first what ruff can."""
    for program, *options in FIXES if arguments.fix else ():
        command = [str(python_env.ensure().parent / program), *options, *PYTHON_CODE]
        subprocess.run(command, cwd=ROOT)
    failed = run_checks(arguments.checks)
    if failed:
        raise Failure(f"Lint found something: {', '.join(failed)}.")


def run_checks(names=()):
    """Run checks and return the names of those that found something."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        raise Failure(
            f"No such check: {', '.join(unknown)}.", f"There are: {', '.join(CHECKS)}"
        )
    folder = python_env.ensure().parent
    return [name for name in names or CHECKS if not _passes(folder, name)]


def _passes(folder, name):
    """Run one check; its findings are printed, a clean one says so in a line."""
    program, *options = CHECKS[name]()
    environ = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(folder / program), *options],
        cwd=ROOT,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    say(f"  lint {name}: {'ok' if done.returncode == 0 else 'failed'}")
    if done.returncode:
        say(done.stdout.rstrip())
    return done.returncode == 0
