"""docs/features.tsv names each feature, and the tests that it really has."""

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "features.tsv"
HEADER = ["id", "feature", "addon", "where", "test"]


def read_rows():
    if not TABLE.is_file():
        return []
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = read_rows()[1:]
TESTS = sorted({name for row in ROWS for name in row[-1].split(", ")})


def test_header():
    assert read_rows()[0] == HEADER


def test_rows_are_complete():
    wrong = [row for row in ROWS if len(row) != len(HEADER) or not all(row)]
    assert not wrong


def test_ids_are_unique():
    doubles = [
        id_ for id_, count in Counter(row[0] for row in ROWS).items() if count > 1
    ]
    assert not doubles


@pytest.mark.parametrize("addon", sorted({row[2] for row in ROWS}))
def test_addon_exists(addon):
    assert (ROOT / "addons" / addon / "__manifest__.py").is_file()


@pytest.mark.parametrize("name", TESTS)
def test_named_test_exists(name):
    """`path/to/test_file.py::Class::method`, or a function without a class."""
    path, *inside = name.split("::")
    assert inside, "name the test, not only its file"
    assert "::".join(inside) in names_in(path), f"{path} has no {'::'.join(inside)}"


@cache
def names_in(path):
    """Every test of a file, without importing it."""
    file = ROOT / path
    assert file.is_file(), f"there is no {path}"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            names |= {f"{node.name}::{method.name}" for method in methods}
    return names
