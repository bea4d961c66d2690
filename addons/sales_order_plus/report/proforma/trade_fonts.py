"""Fonts for printed documents: whatever script a customer writes, it is printed.

Looked for where fontconfig and the systems keep fonts; Odoo brings one itself,
and for Chinese, Japanese and Korean the PDF reader's own are named as a last resort.
"""

import logging
import os
import subprocess
import unicodedata
from functools import cache, lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from odoo.tools import file_path

_logger = logging.getLogger(__name__)

# Letters of these are joined or reordered when written; reportlab does neither.
SHAPED = frozenset(
    "BENGALI DEVANAGARI GUJARATI GURMUKHI KANNADA KHMER MALAYALAM MYANMAR ORIYA "
    "SINHALA TAMIL TELUGU TIBETAN".split()
)
UNKNOWN = "?"
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
# In this order: the first one that has a character prints it.
REGULAR = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "arial.ttf",
)
BOLD = (
    "NotoSans-Bold.ttf",
    "DejaVuSans-Bold.ttf",
    "LiberationSans-Bold.ttf",
    "arialbd.ttf",
)
SCRIPTS = (
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "arialuni.ttf",
)
BUNDLED = "web/static/fonts/sign/NotoSans-Reg.ttf"
CID_FONTS = (
    ("HeiseiMin-W3", 0x3040, 0x30FF),
    ("HYSMyeongJo-Medium", 0xAC00, 0xD7AF),
    ("STSong-Light", 0x2E80, 0x9FFF),
    ("STSong-Light", 0xF900, 0xFFEF),
)


def _run_fc_list(*arguments):
    """Return the files fontconfig names; nothing where there is no fontconfig."""
    try:
        done = subprocess.run(
            ["fc-list", "--format", "%{file}\n", *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return sorted(set(done.stdout.split("\n")) - {""})


def _walk_folders():
    for folder in FOLDERS:
        for root, _folders, names in os.walk(os.path.expanduser(folder)):
            yield from (os.path.join(root, name) for name in sorted(names))


@lru_cache(maxsize=1)
def _get_font_files():
    """Return {file name: path} of all fonts of the machine."""
    paths = _run_fc_list() or list(_walk_folders())
    return {os.path.basename(path): path for path in paths}


@cache
def _load(path):
    """Register a font; None if reportlab cannot print with it (PostScript outlines)."""
    name = f"trade-{os.path.basename(path)}"
    try:
        font = TTFont(name, path)
    except (TTFError, OSError):
        return None
    pdfmetrics.registerFont(font)
    return font


@lru_cache(maxsize=2)
def _get_chain(bold):
    """Return the fonts to try, best first."""
    files = _get_font_files()
    names = [*(BOLD if bold else ()), *REGULAR, *SCRIPTS]
    paths = [files[name] for name in names if name in files]
    fonts = [_load(path) for path in (*paths, file_path(BUNDLED))]
    return [font for font in fonts if font]


def get_base_font(bold=False):
    """Return the name of the font most text is printed in."""
    return _get_chain(bold)[0].fontName


@lru_cache(maxsize=65536)
def get_font_name(char, bold=False):
    """Return the name of a registered font that has ``char``."""
    code = ord(char)
    for font in _get_chain(bold):
        if code in font.face.charToGlyph:
            return font.fontName
    return _find_rare_font(code) or _get_cid_font(code) or get_base_font(bold)


@lru_cache(maxsize=1024)
def _find_rare_font(code):
    """Ask fontconfig for a font of a script that is not in the usual ones."""
    for path in _run_fc_list(f":charset={code:x}"):
        font = _load(path) if path.endswith((".ttf", ".ttc")) else None
        if font and code in font.face.charToGlyph:
            return font.fontName
    return None


@lru_cache(maxsize=65536)
def is_known(char, bold=False):
    """Return whether any font at all has ``char``; if not, it would be a black box."""
    code = ord(char)
    if any(code in font.face.charToGlyph for font in _get_chain(bold)):
        return True
    return char.isspace() or bool(_find_rare_font(code) or _get_cid_font(code))


@lru_cache(maxsize=65536)
def _get_doubtful_script(char):
    """Return the script of a character that may not be shown as it is written."""
    if char.isascii() or not char.isprintable() or char.isspace():
        return None
    script = unicodedata.name(char, "UNKNOWN").split()[0]
    code = ord(char)
    embedded = _find_rare_font(code) or any(
        code in font.face.charToGlyph for font in _get_chain(False)
    )
    return script if script in SHAPED or not embedded else None


def get_doubtful_scripts(texts):
    """Return the names of scripts this machine cannot print for sure, sorted.

    No font for them (the reader's own is named, or a question mark is printed), or
    letters that have to be joined.
    """
    found = {_get_doubtful_script(char) for text in texts for char in str(text)}
    scripts = sorted(script.capitalize() for script in found - {None})
    if scripts:
        _logger.warning(
            "No complete font for %s: install fonts with TrueType outlines, such as "
            "fonts-noto-core or fonts-nanum.",
            ", ".join(scripts),
        )
    return scripts


def _get_cid_font(code):
    for name, first, last in CID_FONTS:
        if first <= code <= last:
            pdfmetrics.registerFont(UnicodeCIDFont(name))
            return name
    return None
