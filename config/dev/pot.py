"""The translation templates, exported from a database with our addons."""

import re
from pathlib import Path

from .fetch import run
from .odoo_run import odoo
from .paths import ADDONS, our_addons
from .steps import say
from .testrun import test_database

# Lines that differ from one export to the next although no term does.
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)


def write(_arguments, _rest):
    """Write each addon's `.pot` file anew."""
    with odoo("test", "test", durable=False) as ready:
        with test_database(ready, strict=False) as (name, environ):
            for addon in our_addons():
                path = ADDONS / addon / "i18n" / f"{addon}.pot"
                path.parent.mkdir(exist_ok=True)
                export(ready.command, environ, name, addon, path)
                say(f"  {path.relative_to(ADDONS.parent)}")


def export(command, environ, database, addon, path):
    """Export one addon's terms to `path`, without dates."""
    options = ["-d", database, "-o", path, addon]
    run(command(*options, subcommand=["i18n", "export"]), env=environ)
    path = Path(path)
    path.write_text(DATES.sub("", path.read_text()))
