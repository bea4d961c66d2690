import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher

# Forms of companies say nothing about who it is.
LEGAL_FORMS = frozenset(
    "ag bv co corp corporation company gmbh inc incorporated kg limited llc llp ltd "
    "nv oy plc pte sa sarl sas spa srl".split()
)
# All words of one name in the other, such as without the middle name.
CONTAINED = 0.92
# Less alike than this is never looked at closer: a share of the trigrams.
LEAST_COMMON = 0.3


def normalize(name):
    """Return ``name`` as it is compared: words without accents, case and order."""
    return " ".join(sorted(_get_words(name)))


def get_forms(name):
    """Return ``name`` normalized, and in one word: people part words as they like."""
    words = _get_words(name)
    return {" ".join(sorted(words)), "".join(words)} if words else set()


def _get_words(name):
    text = unicodedata.normalize("NFKD", name or "").casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    # "A.B.C. Ltd." is written "ABC Ltd" too.
    words = re.findall(r"\w+", text.replace(".", ""))
    telling = [word for word in words if word not in LEGAL_FORMS]
    return telling or words


def get_similarity(one, other):
    """Return how alike two normalized names are, from 0 to 1."""
    words, others = set(one.split()), set(other.split())
    shorter = min(words, others, key=len)
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    # A single word is contained in too many names to say anything.
    if len(shorter) > 1 and shorter <= words & others:
        return max(ratio, CONTAINED)
    return ratio


def get_trigrams(text):
    padded = f"  {text} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


class PartyIndex:
    """Names of a list, found by the trigrams they share; never changed."""

    def __init__(self, rows):
        """Take (id, normalized name) pairs."""
        self._rows = tuple(rows)
        self._by_trigram = {}
        for position, (_id, name) in enumerate(self._rows):
            for trigram in get_trigrams(name):
                self._by_trigram.setdefault(trigram, []).append(position)

    def find(self, name, least):
        """Return [(id, listed name, similarity)] of names at least so alike."""
        found = []
        for position in self._get_candidates(name):
            id_, listed = self._rows[position]
            similarity = get_similarity(name, listed)
            if similarity >= least:
                found.append((id_, listed, similarity))
        return found

    def _get_candidates(self, name):
        trigrams = get_trigrams(name)
        common = Counter(
            position
            for trigram in trigrams
            for position in self._by_trigram.get(trigram, ())
        )
        least = LEAST_COMMON * len(trigrams)
        return [position for position, count in common.items() if count >= least]
