"""Odoo's own tests with our addons installed, compared with what is known to fail."""

import re
import subprocess

from .database import log_file
from .odoo_run import supervise
from .paths import CONFIG
from .steps import Failure, say, step

BASELINE = CONFIG / "odoo_baseline.txt"
MODULES = (
    "sale",
    "sale_management",
    "sale_stock",
    "payment",
    "account_payment",
    "portal",
    "sale_loyalty",
    "sale_margin",
    "sale_crm",
    "sale_purchase",
    "sale_purchase_stock",
    "stock_dropshipping",
    "delivery",
    "stock_delivery",
    "sale_edi_ubl",
    "sale_stock_margin",
    "purchase_stock",
    "sale_pdf_quote_builder",
)
# Hundreds of combinations of taxes each, of a computation that we do not touch.
LEFT_OUT = (
    "/sale:TestTaxesTaxTotalsSummarySale",
    "/sale:TestTaxesGlobalDiscountSale",
    "/sale:TestTaxesDownPaymentSale",
)
FAILED = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def run(ready, name, environ, chosen=()):
    """Run the suites; only a failure that the baseline does not know counts.

    :param chosen: tests to run instead of all, as Odoo's --test-tags names them
    """
    tags = [f"post_install/{module}" for module in MODULES]
    tags += [f"-{test}" for test in LEFT_OUT]
    tags = list(chosen) or tags
    log = log_file("odoo-suites")
    options = ["-d", name, "--test-tags", ",".join(tags), "--stop-after-init"]
    # The browser's tests call a server, which the plain --stop-after-init lacks.
    command = ready.command(*options, "--http-port=0", "--log-level=info")
    with step("Odoo's own suites (about a quarter of an hour)"), log.open("w") as file:
        supervise(command, environ, stdout=file, stderr=subprocess.STDOUT)
    return _compare(log.read_text(errors="replace"), log, not chosen)


def _compare(text, log, complete=True):
    """Print the difference to the baseline; exit code 1 if something new fails."""
    total = TOTAL.findall(text)
    if not total:
        raise Failure("Odoo's suites did not come to their end.", f"Log: {log}")
    lines = BASELINE.read_text().splitlines()
    known = {line for line in lines if line and not line.startswith("#")}
    failing = set(FAILED.findall(text))
    for title, names in (("new", failing - known), ("known", failing & known)):
        for test in sorted(names):
            say(f"  {title} failure: {test}")
    # Of a choice nothing can be said of the others.
    for test in sorted(known - failing) if complete else ():
        say(f"  passes now, take it out of {BASELINE.name}: {test}")
    say(
        f"{total[-1][2]} tests of Odoo, {len(failing - known)} new failures. Log: {log}"
    )
    return 1 if failing - known else 0
