"""Text for reportlab, which neither joins Arabic letters nor writes right to left."""

import unicodedata
from functools import lru_cache
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfmetrics import stringWidth

from .trade_fonts import UNKNOWN, get_font_name, is_known


def _get_runs(items, key):
    """Yield (key, [items]) of neighbours with the same key, in their order."""
    run = []
    for item in items:
        if run and key(item) != key(run[-1]):
            yield key(run[-1]), run
            run = []
        run.append(item)
    if run:
        yield key(run[-1]), run


FORMS = ("<isolated>", "<final>", "<initial>", "<medial>")
RIGHT_TO_LEFT = frozenset({"R", "AL", "RLE", "RLO"})
LEFT_TO_RIGHT = frozenset({"L", "EN", "AN", "ES", "ET", "CS"})
MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


@lru_cache(maxsize=1)
def _get_forms():
    """Return {letters: {form: printed letter}} out of Unicode's own tables."""
    forms = {}
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)):
        tag, _space, letters = unicodedata.decomposition(chr(code)).partition(" ")
        if tag in FORMS:
            plain = "".join(chr(int(letter, 16)) for letter in letters.split())
            forms.setdefault(plain, {}).setdefault(tag, chr(code))
    return forms


def _joins_next(letter):
    return "<initial>" in _get_forms().get(letter, ())


def _joins_previous(letter):
    return "<final>" in _get_forms().get(letter, ())


def join_letters(text):
    """Return ``text`` with Arabic letters in the forms they have side by side."""
    letters = _merge_lam_alef(text)
    # Marks above and below do not part the letters they stand between.
    bare = [i for i, part in enumerate(letters) if not unicodedata.combining(part[0])]
    shown = list(letters)
    for place, index in enumerate(bare):
        before = letters[bare[place - 1]] if place else ""
        after = letters[bare[place + 1]] if place + 1 < len(bare) else ""
        shown[index] = _get_form(before, letters[index], after)
    return "".join(shown)


def _merge_lam_alef(text):
    parts, index = [], 0
    forms = _get_forms()
    while index < len(text):
        pair = text[index : index + 2]
        size = 2 if pair[:1] == "\u0644" and len(pair) == 2 and pair in forms else 1
        parts.append(text[index : index + size])
        index += size
    return parts


def _get_form(before, part, after):
    forms = _get_forms().get(part)
    if not forms:
        return part
    joined_before = _joins_next(before) and "<final>" in forms
    joined_after = "<initial>" in forms and _joins_previous(after)
    name = FORMS[2 * joined_after + joined_before]
    return forms.get(name) or forms.get("<isolated>") or part


def is_right_to_left(text):
    """Return whether the first letter with a direction is Hebrew or Arabic."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in RIGHT_TO_LEFT:
            return True
        if direction == "L":
            return False
    return False


def has_right_to_left(text):
    """Return whether any letter is Hebrew or Arabic."""
    return any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in text)


def order_visually(line, base):
    """Return one printed line from left to right.

    :param bool base: whether the paragraph as a whole runs from right to left
    """
    levels = _get_levels(line, base)
    runs = [
        (level, "".join(char for _level, char in run))
        for level, run in _get_runs(zip(levels, line, strict=True), lambda x: x[0])
    ]
    shown = [_reverse(text) if level else text for level, text in runs]
    return "".join(reversed(shown) if base else shown)


def _reverse(text):
    """Reverse a run; marks stay behind the letter they belong to."""
    clusters = []
    for char in text:
        if clusters and unicodedata.combining(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return "".join(reversed(clusters)).translate(MIRRORED)


def _get_levels(line, base):
    """Return for each character whether it runs from right to left.

    What has no direction of its own takes that of its equal neighbours.
    """
    own = [_get_level(char) for char in line]
    levels, previous = [], base
    for index, level in enumerate(own):
        if level is None:
            following = next((one for one in own[index:] if one is not None), base)
            level = previous if previous == following else base
        levels.append(level)
        previous = level
    return levels


def _get_level(char):
    direction = unicodedata.bidirectional(char)
    if direction in RIGHT_TO_LEFT:
        return True
    return False if direction in LEFT_TO_RIGHT else None


def get_width(text, size, bold=False):
    """Return the printed width of ``text`` in points."""
    runs = _get_runs(text, lambda char: get_font_name(char, bold))
    return sum(stringWidth("".join(run), font, size) for font, run in runs)


def get_lines(text, width, size, bold=False):
    """Break a text with right-to-left parts into printed lines."""
    lines = []
    for paragraph in text.split("\n"):
        base = is_right_to_left(paragraph)
        for line in _wrap(join_letters(paragraph), width, size, bold):
            lines.append(order_visually(line, base))
    return lines


def _wrap(text, width, size, bold):
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and get_width(longer, size, bold) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


def get_markup(text, bold=False):
    """Return reportlab markup in which every character has a font that knows it."""
    parts = []
    text = "".join(char if is_known(char, bold) else UNKNOWN for char in text)
    for font, run in _get_runs(text, lambda char: get_font_name(char, bold)):
        content = escape("".join(run)).replace("\n", "<br/>")
        parts.append(f'<font name="{font}">{content}</font>')
    return "".join(parts)
