"""The virtual environment with Odoo's Python packages and the tools of the tests."""

import os
import platform
import shutil
import sys

from . import apt
from .fetch import complete, is_complete, locked, run
from .paths import ROOT, cache, short_hash
from .steps import Failure, step

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
ADVICE = (
    "Python's packages come from the index pip is configured for. Connect to the\n"
    "network and start again; what has been downloaded is kept."
)


def ensure():
    """Return the environment's Python, made first for these requirements."""
    requirements = [ROOT / name for name in REQUIREMENTS]
    texts = [path.read_text() for path in requirements]
    version = platform.python_version()
    folder = cache() / f"venv-{version}-{short_hash(*texts)}"
    python = folder / "bin" / "python"
    with locked("venv"):
        if not is_complete(folder, "bin/python"):
            apt.ensure_venv_module()
            with step(f"Python packages for Python {version}"):
                complete(folder, lambda root: _make(root, requirements), 900)
    return python


def _make(folder, requirements):
    """Fill a new environment."""
    run([sys.executable, "-m", "venv", folder])
    files = [option for path in requirements for option in ("-r", path)]
    pip(folder / "bin" / "python", "install", *files)


def pip(python, *arguments):
    """Run pip as the system has it configured."""
    environ = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        run([python, "-m", "pip", "-q", *arguments], ADVICE, env=environ)
    except Failure as failure:
        _explain_build(failure)
        raise


def _explain_build(failure):
    """Say what to install when a package had to be compiled and could not."""
    if "gcc" in failure.args[0] and not shutil.which("gcc"):
        failure.advice = "A compiler is missing: sudo apt-get install build-essential"
