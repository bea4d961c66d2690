"""Rules of the whole suite."""

import os
from contextlib import contextmanager

import pytest
import pytest_odoo


@contextmanager
def own_filestore(original, name):
    """Give the database of a worker files of its own.

    pytest-odoo shares them between the workers: then what one of them collects as
    garbage is missing for the others.
    """
    # Not above: the folder of the tests may be another one there.
    from tests import support

    support.link_files(original, name)
    try:
        yield
    finally:
        support.drop_files(name)


# One of several workers tests on a copy of its own.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["DEV_TEST_DB"] += f"-{worker}"
    pytest_odoo._shared_filestore = own_filestore
# A test may be skipped for want of real orders, which are no part of the project.
ALLOWED_SKIP = "shared/data"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure: a browser test that did not run has not passed."""
    report = (yield).get_result()
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    if ALLOWED_SKIP not in reason:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and no test may be: {reason}"
