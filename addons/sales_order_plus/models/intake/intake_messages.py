"""What is said about a bad row or file: the reason, and the next step."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# The closed list of reasons for which a row is reported.
REASONS = [
    ("missing_value", "A required value is missing"),
    ("bad_number", "Not a number"),
    ("bad_date", "Not a date"),
    ("cell_too_long", "The cell is too long"),
    ("reference_too_long", "The reference or name is too long"),
    ("too_many_cells", "More cells than headers"),
    ("formula", "A formula instead of a value"),
    ("cancellation", "A cancellation, not a sale"),
    ("service_code", "A code that is no product"),
    ("zero_quantity", "The quantity is zero"),
    ("negative_quantity", "The quantity is negative"),
    ("zero_price", "The price is zero"),
    ("negative_price", "The price is negative"),
    ("bad_discount", "The discount is not between 0 and 100"),
    ("missing_customer", "No customer"),
    ("customer_unknown", "Unknown customer"),
    ("customer_ambiguous", "Several customers fit"),
    ("product_unknown", "Unknown product"),
    ("product_ambiguous", "Several products fit"),
    ("currency_mismatch", "Another currency"),
    ("order_conflict", "The rows of the order disagree"),
    ("order_too_long", "The order has too many rows"),
    ("order_incomplete", "Another row of the order was reported"),
    ("duplicate_order", "The order was taken in before"),
    ("order_refused", "The order was refused"),
    ("not_created", "The customer or product could not be created"),
    ("import_cancelled", "The import was cancelled"),
]

_CORRECT = _lt("Correct the value in the error file and import that file.")
_FOLLOW = _lt("Do what the message says and import the error file.")
_RETURN = _lt("Handle it as a cancellation or return of the first order.")
NEXT_STEPS = {
    "missing_value": _lt("Fill in the value in the error file and import that file."),
    "bad_number": _lt("Correct the number, or choose the number format of the file."),
    "bad_date": _lt("Correct the date, or choose the date format of the file."),
    "cell_too_long": _lt("Shorten the text to 32,767 characters."),
    "reference_too_long": _lt("Shorten the reference or name to 500 characters."),
    "too_many_cells": _lt("Put text that contains the delimiter into quotes."),
    "formula": _lt("Replace the formula by its value."),
    "cancellation": _RETURN,
    "service_code": _lt("Choose to import such codes as services, or leave it out."),
    "zero_quantity": _CORRECT,
    "negative_quantity": _RETURN,
    "zero_price": _lt("Correct the price, or allow free lines in this import."),
    "negative_price": _CORRECT,
    "bad_discount": _CORRECT,
    "missing_customer": _lt("Fill in the customer, or choose a default customer."),
    "customer_unknown": _lt("Create the customer, or let the import create it."),
    "customer_ambiguous": _lt("Give the reference that only one customer has."),
    "product_unknown": _lt("Create the product, or let the import create it."),
    "product_ambiguous": _lt("Give the reference that only one product has."),
    "currency_mismatch": _lt("Import these rows with a pricelist in that currency."),
    "order_conflict": _lt("Give all rows of an order the same customer."),
    "order_too_long": _lt(
        "Choose the right column as order number, or give the rows several numbers."
    ),
    "order_incomplete": _lt("Correct the other rows of the order."),
    "duplicate_order": _lt(
        "Nothing to do if it is the same order; else change the order number, or "
        "choose what happens to known orders."
    ),
    "order_refused": _FOLLOW,
    "not_created": _FOLLOW,
    "import_cancelled": _lt("Import the error file to go on."),
}

# Why a file cannot be read at all, by the code of its FileProblem.
PROBLEMS = {
    "empty_file": _lt("File: it is empty. Choose a file with rows."),
    "too_large": _lt("File: it is larger than %(limit)s MB. Split it."),
    "old_excel": _lt(
        "File: the old Excel format cannot be read. Save it as XLSX or CSV."
    ),
    "not_text": _lt("File: it is neither text nor XLSX. Save it as CSV."),
    "unknown_encoding": _lt("Encoding: “%(encoding)s” is not known. Use UTF-8."),
    "wrong_encoding": _lt(
        "Encoding: line %(line)s is not written in %(encoding)s. Choose another."
    ),
    "broken_csv": _lt(
        "File: line %(line)s cannot be read (%(error)s). Save it as CSV again."
    ),
    "broken_xlsx": _lt("File: the workbook is damaged (%(error)s). Save it again."),
    "not_workbook": _lt(
        "File: the ZIP archive is no workbook. Save the sheet as XLSX or CSV."
    ),
    "zip_bomb": _lt(
        "File: the workbook unpacks to %(size)s MB, more than is allowed for its size. "
        "Save the sheet as CSV."
    ),
    "too_wide": _lt("File: it has more than %(limit)s columns. Delete the others."),
    "too_long": _lt(
        "File: row %(line)s lies below the last row a sheet can have. Save the sheet "
        "as CSV."
    ),
    "header_only": _lt(
        "File: there are no rows below the headers. The first row must hold the "
        "headers, the next ones the orders."
    ),
}
