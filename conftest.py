"""Rules of the whole suite."""

import pytest

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
