"""What customers read is there in their languages, and stays in step with the code."""

import re
from pathlib import Path

import pytest
from babel.messages import pofile

ADDONS = Path(__file__).resolve().parents[2] / "addons"
LANGUAGES = ("de", "es", "fr")
FILES = sorted(ADDONS.glob("*/i18n/*.po"))
# %(name)s, %s, %%, {page}, {{ object.name }} and tags with what they compute
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\{.*?\}\}|\{\w+\}|</?[a-z][^>]*>")
TITLE = re.compile(r'(title|aria-label|alt)="[^"]*"')


def read(path):
    with path.open("rb") as file:
        return pofile.read_po(file, locale=path.stem, abort_invalid=True)


def placeholders(text):
    return sorted(TITLE.sub(r"\1", found) for found in PLACEHOLDER.findall(text))


def name(path):
    return f"{path.parts[-3]}-{path.stem}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_translations(language):
    catalog = read(ADDONS / "sales_order_plus" / "i18n" / f"{language}.po")
    assert sum(bool(message.string) for message in catalog if message.id) > 250


@pytest.mark.parametrize("path", FILES, ids=name)
def test_header(path):
    catalog = read(path)
    header = dict(catalog.mime_headers)
    assert header["Language"] == path.stem
    assert header["Content-Type"].lower() == "text/plain; charset=utf-8"
    assert header["Plural-Forms"].startswith("nplurals=2;")


@pytest.mark.parametrize("path", FILES, ids=name)
def test_placeholders(path):
    """Where nothing is written, the word is the same in both languages."""
    for message in read(path):
        if message.id and message.string:
            assert placeholders(message.string) == placeholders(message.id), message.id


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_terms_there_are(path):
    template = path.with_name(f"{path.parts[-3]}.pot")
    known = {message.id for message in read_template(template)}
    gone = {message.id for message in read(path)} - known
    assert not gone, "these terms are no longer in the addon: translate the new ones"


def read_template(path):
    with path.open("rb") as file:
        return pofile.read_po(file, abort_invalid=True)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_language_has_the_same_terms(path):
    terms = {message.id for message in read(path)}
    for language in LANGUAGES:
        other = {message.id for message in read(path.with_name(f"{language}.po"))}
        assert terms == other, language
