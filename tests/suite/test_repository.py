"""What every file of the project keeps to."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("addons/*/__manifest__.py"))
LONGEST_FILE = 400
# Written in two parts, or this file would name them too. Which registry is asked is
# for each system's own configuration to say.
REGISTRIES = ("deb.debian" + ".org", "pypi" + ".org", "pythonhosted" + ".org")
REGISTRIES += ("registry.npm" + "js", "archive.ubuntu" + ".com", "ghcr" + ".io")
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:root|work|home/\w+|tmp/\w+|Users/\w+)\b")


def project_files():
    """Files git knows or would add, as text."""
    command = ["git", "-C", ROOT, "ls-files", "--cached", "--others", "-z"]
    done = subprocess.run(
        [*command, "--exclude-standard"], check=True, capture_output=True, text=True
    )
    for name in filter(None, done.stdout.split("\0")):
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue


FILES = dict(project_files())


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_registry_is_named(host):
    assert not [name for name, text in FILES.items() if host in text]


def test_no_path_of_a_machine():
    found = {name: MACHINE_PATHS.findall(text) for name, text in FILES.items()}
    assert not {name: paths for name, paths in found.items() if paths}


def test_lines_end_the_same_way():
    assert not [name for name, text in FILES.items() if "\r" in text and is_code(name)]


def is_code(name):
    return name.endswith((".py", ".xml", ".js", ".md", ".yml", ".toml"))


def test_license():
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in FILES["LICENSE"]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_addon_is_complete(addon):
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    assert manifest["license"] == "LGPL-3"
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])
    assert (addon / "README.md").is_file()
    assert (addon / "i18n" / f"{addon.name}.pot").is_file()
    assert (addon / "static" / "description" / "icon.png").is_file()


def addon_code():
    return [name for name in FILES if re.match(r"addons/.*\.py$", name)]


def test_no_python_file_is_too_long():
    sizes = {name: FILES[name].count("\n") for name in addon_code()}
    assert not {name for name, size in sizes.items() if size > LONGEST_FILE}


def test_tests_are_imported_by_their_package():
    """Odoo's own runner sees only what `tests/__init__.py` imports."""
    missing = []
    for path in ROOT.glob("addons/*/tests/**/test_*.py"):
        text = (path.parent / "__init__.py").read_text()
        if not re.search(rf"\b{path.stem}\b", text):
            missing.append(str(path.relative_to(ROOT)))
    assert not missing
