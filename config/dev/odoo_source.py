"""Odoo 19 Community: from ODOO_DIR, from Debian's package or from git."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .fetch import complete, ensure_space, is_complete, locked, run
from .paths import DEV_ADDONS, cache
from .steps import Failure, step

GIT_ADDRESS = "https://github.com/odoo/odoo.git"
GIT_BRANCH = "19.0"
# The suite that has Odoo 19, and the one whose Font Awesome is 4.7: Odoo's icons
# have other names in later versions.
SUITES = ("sid", "bookworm")
# Odoo's package links to files of the others, so all go into the same folder.
PACKAGES = (
    "odoo-19/sid",
    "fonts-roboto-unhinted/sid",
    "fonts-montserrat/sid",
    "fonts-ocr-b/sid",
    "fonts-inconsolata/sid",
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
    "fonts-font-awesome/bookworm",
)
DEBIAN_PYTHON = Path("usr/lib/python3/dist-packages")
RELEASE = Path("odoo/release.py")
MISSING_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
SPACE_MB = 2500
ADVICE = (
    "Connect to the network and start again (what is complete is kept), or name an\n"
    "existing checkout of Odoo 19: ODOO_DIR=/path/to/odoo ./dev run"
)


@dataclass
class Source:
    """An Odoo to run: where Python finds it, its addons, and which one it is."""

    python_path: Path
    version: str

    @property
    def addons_folders(self):
        """Folders of Odoo's own addons; the package keeps them in `odoo/addons`."""
        return [path for path in [self.python_path / "addons"] if path.is_dir()]

    @property
    def dev_addons(self):
        """Addons of the development set-up that this source needs.

        Debian's package lacks one file that mail lists among its assets, which
        breaks every page of the web client; the addon takes it off the list.
        """
        folders = [*self.addons_folders, self.python_path / "odoo" / "addons"]
        if any((folder / MISSING_ASSET).is_file() for folder in folders):
            return []
        return sorted(path.parent.name for path in DEV_ADDONS.glob("*/__manifest__.py"))


def ensure():
    """Return the Odoo to use, fetching it first where there is none."""
    if os.environ.get("ODOO_DIR"):
        return _from_folder(Path(os.environ["ODOO_DIR"]).expanduser().resolve())
    with locked("odoo"):
        debian, checkout = cache() / "odoo-debian", cache() / "odoo-git"
        if is_complete(debian, DEBIAN_PYTHON / RELEASE):
            return _debian_source(debian)
        if is_complete(checkout, RELEASE):
            return _git_source(checkout)
        return _fetch(debian, checkout)


def _fetch(debian, checkout):
    """Try Debian's package, then git; tell both reasons when neither works."""
    ensure_space(cache(), SPACE_MB)
    reasons = []
    for fetch, folder in ((_fetch_debian, debian), (_fetch_git, checkout)):
        try:
            return fetch(folder)
        except Failure as failure:
            reasons.append(failure.args[0])
            shutil.rmtree(folder, ignore_errors=True)
    raise Failure("Odoo 19 cannot be fetched.\n" + "\n".join(reasons), ADVICE)


def _from_folder(folder):
    """A checkout named by the user."""
    if not (folder / RELEASE).is_file():
        raise Failure(
            f"ODOO_DIR={folder} is no Odoo: it has no {RELEASE}.",
            "Name the folder that holds odoo-bin, of branch 19.0.",
        )
    version = _release(folder)
    if version != GIT_BRANCH:
        raise Failure(f"ODOO_DIR={folder} is Odoo {version}; 19.0 is needed.")
    return Source(folder, version)


def _release(folder):
    """Version in the source's release.py, e.g. "19.0"."""
    text = (folder / RELEASE).read_text()
    found = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    return ".".join(found.groups()) if found else "unknown"


def _fetch_debian(folder):
    """Download Debian's packages and unpack them side by side."""
    mirror = apt.debian_mirror()
    if not mirror or not shutil.which("apt-get"):
        raise Failure("Debian's package: this system has no Debian mirror.")
    with step("Odoo 19, Debian's package (123 MB)"):
        complete(folder, lambda root: _unpack(mirror, root), SPACE_MB)
    return _debian_source(folder)


def _unpack(mirror, root):
    """Fill `root` with the packages' files; apt has checked their hashes."""
    downloads = root / "downloads"
    downloads.mkdir()
    for package in apt.download(mirror, SUITES, PACKAGES, downloads):
        run(["dpkg-deb", "--extract", package, root])
        if package.name.startswith("odoo-"):
            (root / "version").write_text(package.name.split("_")[1])
    shutil.rmtree(downloads)


def _debian_source(folder):
    """The unpacked package."""
    return Source(folder / DEBIAN_PYTHON, (folder / "version").read_text())


def _fetch_git(folder):
    """Clone the last commit of the public repository."""
    command = ["git", "clone", "--quiet", "--depth", "1", "--branch", GIT_BRANCH]
    with step("Odoo 19, git clone (about 600 MB)"):
        complete(folder, lambda root: run([*command, GIT_ADDRESS, root]), SPACE_MB)
    return _git_source(folder)


def _git_source(folder):
    """The clone, named by its commit."""
    commit = run(["git", "-C", folder, "rev-parse", "--short", "HEAD"]).strip()
    return Source(folder, f"{_release(folder)}+{commit}")
