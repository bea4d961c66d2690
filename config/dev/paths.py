"""Where things lie: in the checkout, and in the user's cache folder."""

import hashlib
import os
from pathlib import Path

from .steps import Failure

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
CONFIG = ROOT / "config"
DEV_ADDONS = CONFIG / "devaddons"


def cache(*parts):
    """A folder under the cache folder, made if need be."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base, "sales-order-plus", *parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"The cache folder cannot be made: {error}",
            "Make it writable, or name another one in XDG_CACHE_HOME.",
        ) from error
    return folder


def our_addons():
    """Names of the addons of this checkout, in alphabetical order."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def short_hash(*texts):
    """Twelve characters that change when one of the texts does."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(str(text).encode() + b"\0")
    return digest.hexdigest()[:12]


def tree_hash(folder=ADDONS):
    """Hash of everything in the addons that can change a database.

    Tests and texts for readers are left out: editing one needs no update.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if "tests" in parts or "__pycache__" in parts or path.suffix == ".md":
            continue
        if path.is_file():
            digest.update("/".join(parts).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
