"""Messages of a logistics provider as rows of a table: pure functions."""

import csv
import io

OUT = [
    "key",
    "type",
    "shipment",
    "order",
    "scheduled_on",
    "line",
    "product",
    "barcode",
    "name",
    "quantity",
    "unit",
    "address_name",
    "street",
    "street2",
    "zip",
    "city",
    "state",
    "country",
    "phone",
]
HEAD = ("key", "type", "shipment", "tracking")


def write_orders(bodies):
    """Return the text of a file with one row a line of each message.

    :param list bodies: messages as they would be posted
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, OUT, restval="", extrasaction="ignore")
    writer.writeheader()
    for body in bodies:
        address = dict(body.get("address") or {})
        address["address_name"] = address.pop("name", "")
        for line in body.get("lines") or [{}]:
            writer.writerow({**body, **address, **line})
    return file.getvalue()


def read_messages(text):
    """Return messages as docs/3pl.md describes them, rows of one key together.

    :param str text: a file with the columns ``key``, ``type``, ``shipment``,
        ``quantity`` and ``line`` or ``product``; ``tracking`` if there is any
    :raise ValueError: with the number of the row that cannot be read
    """
    found = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        head = {name: (row.get(name) or "").strip() for name in HEAD}
        message = found.setdefault(head["key"], {**head, "lines": []})
        try:
            line = {"quantity": float(row.get("quantity") or "")}
            if row.get("line"):
                line["line"] = int(row["line"])
        except ValueError as error:
            raise ValueError(f"{number}: {error}") from None
        message["lines"].append({**line, "product": (row.get("product") or "").strip()})
    return list(found.values())
