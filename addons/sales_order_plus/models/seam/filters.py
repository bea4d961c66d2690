"""What a filter that people wrote looks at."""

from odoo.fields import Domain


def looks_elsewhere(records, domain):
    """Return whether a filter reads more than what is kept with a record.

    What is computed anew each time, such as the free quantity of a product, and what
    many records say, such as the other orders of a customer, can be different when
    somebody else's transaction is over.

    :param records: model the filter is for
    :param domain: as Odoo writes it; one that cannot be read looks elsewhere
    """
    conditions = Domain(list(domain)).iter_conditions()
    return any(_looks_elsewhere(records, condition) for condition in conditions)


def _looks_elsewhere(records, condition):
    target = _follow(records, condition.field_expr)
    if target is None:
        return True
    nested = condition.operator in ("any", "not any", "any!", "not any!")
    return nested and looks_elsewhere(target, condition.value)


def _follow(records, path):
    """Return the model a path leads to, None if it looks elsewhere on the way."""
    for name in path.split("."):
        field = records._fields.get(name)
        if field is None or (field.type == "one2many" and name != "order_line"):
            return None
        if not (field.store or field.related):
            return None
        if field.related and _follow(records, field.related) is None:
            return None
        if not field.comodel_name:
            # What follows is a part of the value, such as the month of a date.
            break
        records = records.env[field.comodel_name]
    return records
