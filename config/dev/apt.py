"""Debian's packages: fetched into a private folder, or installed as root."""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from .fetch import run
from .steps import Failure, step, warn

ETC_APT = Path("/etc/apt")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Fonts that hold the letters of most languages, for PDF files and screenshots.
FONTS = "fonts-noto-core"


def os_release(path=Path("/etc/os-release")):
    """The fields of os-release, e.g. {"ID": "debian", …}; empty elsewhere."""
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {key: value.strip('"') for key, _sign, value in pairs}


def debian_mirror(etc_apt=ETC_APT):
    """The system's own Debian archive as (address, keyring), or None.

    Other sources of the system (security, vendors) do not have the suite sid, so
    only one that serves a whole release counts.
    """
    if os_release().get("ID") != "debian":
        return None
    suites = {os_release().get("VERSION_CODENAME"), "stable", "oldstable", "testing"}
    suites |= {"sid", "unstable"}
    for address, suite, components, keyring in _entries(etc_apt):
        if suite in suites and "main" in components:
            return address, keyring or KEYRING
    return None


def _entries(etc_apt):
    """Every (address, suite, components, keyring) of the apt sources."""
    for path in sorted(etc_apt.glob("sources.list.d/*.sources")):
        for block in re.split(r"\n\s*\n", path.read_text()):
            yield from _deb822_entries(block)
    lists = [etc_apt / "sources.list", *sorted(etc_apt.glob("sources.list.d/*.list"))]
    for path in filter(Path.is_file, lists):
        yield from _one_line_entries(path.read_text())


def _deb822_entries(block):
    """Entries of one paragraph of a `.sources` file."""
    lines = [line for line in block.splitlines() if not line.startswith("#")]
    fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", "\n".join(lines), re.MULTILINE))
    fields = {key.lower(): value for key, value in fields.items()}
    if "deb" not in fields.get("types", "").split() or fields.get("enabled") == "no":
        return
    for address in fields.get("uris", "").split():
        for suite in fields.get("suites", "").split():
            components = fields.get("components", "").split()
            # The key may also be written into the file itself: then it is no path.
            yield address, suite, components, _keyring(fields.get("signed-by", ""))


def _one_line_entries(text):
    """Entries of a `.list` file: `deb [options] address suite components`."""
    pattern = r"^deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+(.*)$"
    for options, address, suite, components in re.findall(pattern, text, re.MULTILINE):
        signed = re.search(r"signed-by=(\S+)", options)
        yield address, suite, components.split(), _keyring(signed and signed[1])


def _keyring(text):
    """The path of a keyring, or None if the text is no path."""
    return text if text and text.startswith("/") else None


def download(mirror, suites, packages, folder):
    """Download packages (`name/suite`) of other suites without touching the system."""
    address, keyring = mirror
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    sources = folder / "sources.list"
    lines = [f"deb [signed-by={keyring}] {address} {suite} main\n" for suite in suites]
    sources.write_text("".join(lines))
    options = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": os.devnull,
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": 2,
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items())]
    run([*apt, "-oAPT::Update::Error-Mode=any", "update"], cwd=folder)
    run([*apt, "download", *packages], cwd=folder)
    return sorted(folder.glob("*.deb"))


def browser():
    """The browser Odoo's tests will find, or None."""
    names = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def ensure_programs(with_browser=False):
    """Have what only apt can give: installed as root, else the line is printed."""
    if not shutil.which("dpkg-query"):
        return
    missing = [] if shutil.which("wkhtmltopdf") else ["wkhtmltopdf"]
    missing += [] if _is_installed(FONTS) else [FONTS]
    if with_browser and not browser():
        is_ubuntu = os_release().get("ID") == "ubuntu"
        missing.append("chromium-browser" if is_ubuntu else "chromium")
    if missing and os.geteuid() == 0:
        with step(f"System packages {' '.join(missing)}"):
            failed = [name for name in missing if not _install(name)]
        for name in failed:
            warn(f"{name} could not be installed: {install_line([name])}")
    elif missing:
        warn("PDF files and browser tests need: sudo " + install_line(missing))


def install_line(packages):
    """The exact line to type."""
    return f"apt-get install --no-install-recommends {' '.join(packages)}"


def ensure_venv_module():
    """Have `python -m venv`, which Debian and Ubuntu keep in a package of its own."""
    try:
        import ensurepip  # noqa: F401
    except ImportError as error:
        major, minor, _patch = platform.python_version_tuple()
        package = f"python{major}.{minor}-venv"
        if os.geteuid() == 0 and shutil.which("apt-get") and _install(package):
            return
        raise Failure(
            "This Python cannot make virtual environments (module ensurepip).",
            f"Install it: sudo {install_line([package])}",
        ) from error


def _is_installed(package):
    """Whether dpkg knows the package as installed."""
    command = ["dpkg-query", "-W", "-f=${Status}", package]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.endswith("ok installed")


def _install(package):
    """Install one package, reading the package lists first if it is unknown yet."""
    command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", package]
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(command, env=environ)
    except Failure:
        try:
            run(["apt-get", "update", "-qq"], env=environ)
            run(command, env=environ)
        except Failure:
            return False
    return True
