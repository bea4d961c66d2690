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
    for name in condition.field_expr.split("."):
        field = records._fields.get(name)
        if field is None or not (field.store or field.related):
            return True
        if field.type == "one2many" and name != "order_line":
            return True
        if not field.comodel_name:
            # What follows is a part of the value, such as the month of a date.
            return False
        records = records.env[field.comodel_name]
    nested = condition.operator in ("any", "not any", "any!", "not any!")
    return nested and looks_elsewhere(records, condition.value)
