"""The translation templates in the addons are what an export gives today."""

import os
from pathlib import Path

import pytest
from dev import pot

from tests import support

ADDONS = Path(__file__).resolve().parents[2] / "addons"
NAMES = sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_is_up_to_date(name, tmp_path):
    fresh = tmp_path / f"{name}.pot"
    database = os.environ["DEV_TEST_DB"]
    pot.export(support.odoo_command, os.environ, database, name, fresh)
    kept = ADDONS / name / "i18n" / fresh.name
    assert kept.is_file(), "./dev pot makes it"
    assert terms(kept) == terms(fresh), "./dev pot brings it up to date"


def terms(path):
    """The entries in no order, without the header, which names Odoo's build."""
    return sorted(path.read_text(encoding="utf-8").strip().split("\n\n")[1:])
