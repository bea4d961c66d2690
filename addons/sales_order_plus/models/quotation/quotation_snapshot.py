"""Plain functions that compare two snapshots of a quotation.

A snapshot is what ``sale.order._get_quotation_snapshot`` returns: plain data, so
that a revision stays readable when products, taxes or customers change or go.
"""

LINE_FIELDS = (
    "product",
    "name",
    "quantity",
    "unit",
    "price_unit",
    "discount",
    "taxes",
    "subtotal",
)
# Changing these is no other offer: only how long it stands and who answers for it.
NON_COMMERCIAL = frozenset({"validity_date", "salesperson"})
EPSILON = 1e-6


def is_same(old, new):
    """Return whether two values are the same to a reader of the document."""
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(old - new) < EPSILON
    return (old or None) == (new or None)


def pair_lines(old_lines, new_lines):
    """Return [(old line or None, new line or None)] in the order of the new lines.

    Lines keep their id when they are edited. Lines that were written anew (a
    template applied again) are paired by product and kind.
    """
    by_id = {line["id"]: line for line in old_lines}
    pairs = [[by_id.pop(line["id"], None), line] for line in new_lines]
    left = {}
    for line in by_id.values():
        left.setdefault(_get_line_key(line), []).append(line)
    for pair in pairs:
        candidates = left.get(_get_line_key(pair[1])) if pair[0] is None else None
        if candidates:
            pair[0] = candidates.pop(0)
    gone = [line for lines in left.values() for line in lines]
    return [tuple(pair) for pair in pairs] + [(line, None) for line in gone]


def _get_line_key(line):
    if line["display_type"]:
        return (line["display_type"], line["name"])
    return (None, line["product_id"])


def compare(old, new):
    """Compare two snapshots.

    :return: dict with ``header`` [{key, old, new}], ``lines`` [{kind, old, new,
        changed}] with kind added, removed, changed or same, ``totals`` [{key, old, new,
        delta}], ``taxes`` [{name, old, new, delta}] and ``changes`` (how many)
    """
    header = _compare_header(old["header"], new["header"])
    lines = [_compare_line(*pair) for pair in pair_lines(old["lines"], new["lines"])]
    return {
        "header": header,
        "lines": lines,
        "totals": [
            _compare_amount({"key": key}, old["totals"][key], new["totals"][key])
            for key in ("untaxed", "tax", "total")
        ],
        "taxes": _compare_taxes(old["taxes"], new["taxes"]),
        "changes": len(header) + sum(line["kind"] != "same" for line in lines),
    }


def is_commercial_change(difference):
    """Return whether a result of :func:`compare` is another offer to the customer."""
    keys = {entry["key"] for entry in difference["header"]}
    return bool(keys - NON_COMMERCIAL) or any(
        line["kind"] != "same" for line in difference["lines"]
    )


def _compare_header(old, new):
    return [
        {"key": key, "old": old.get(key), "new": new.get(key)}
        for key in dict.fromkeys([*old, *new])
        if not is_same(old.get(key), new.get(key))
    ]


def _compare_line(old, new):
    if old is None or new is None:
        kind, changed = ("added", []) if old is None else ("removed", [])
    else:
        changed = [
            name for name in LINE_FIELDS if not is_same(old.get(name), new.get(name))
        ]
        kind = "changed" if changed else "same"
    return {"kind": kind, "old": old, "new": new, "changed": changed}


def _compare_amount(entry, old, new):
    return {**entry, "old": old, "new": new, "delta": new - old}


def _compare_taxes(old, new):
    before = {tax["name"]: tax["amount"] for tax in old}
    after = {tax["name"]: tax["amount"] for tax in new}
    return [
        _compare_amount({"name": name}, before.get(name, 0.0), after.get(name, 0.0))
        for name in dict.fromkeys([*before, *after])
    ]
