"""What a printed document is made of."""

from dataclasses import dataclass, field


@dataclass
class Column:
    """A column of the table of lines."""

    label: str
    weight: float = 1.0
    right: bool = False


@dataclass
class Heading:
    """A row that stands over the rows below it."""

    text: str
    amount: str = ""
    level: int = 0
    new_page: bool = False


@dataclass
class Item:
    """A cell that shows a picture beside its text."""

    text: str
    picture: bytes = b""

    def __str__(self):
        return self.text


@dataclass
class Summary:
    """A small table below the totals; the first column is text, the others amounts."""

    # Texts as many as a row has; may be left out.
    head: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    # Whether the last row sums the others up.
    has_sum: bool = False
