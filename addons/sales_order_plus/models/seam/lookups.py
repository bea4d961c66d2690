"""Methods and fields of a model at hand in its own class.

Odoo puts a model together of one class for each addon that extends it: an order has
some 250. Python looks a method up in one after the other and remembers the last 4,096
lookups of the whole process only; creating and confirming one order makes 20,000 that
it does not remember. What the walk finds is therefore kept in the class of the model,
where it is found at once. It is the very same object, so ``super()`` and decorators
are as before.
"""

import threading
from types import FunctionType, MemberDescriptorType

from odoo.tools import config

# Of what Python itself gives a class only methods are kept.
KEPT = (FunctionType, MemberDescriptorType, property, classmethod, staticmethod)
# Put into a model's class at any time by automation rules, which are meant to reach the
# models that inherit from it too.
PATCHED = {"create", "write", "unlink", "message_post", "_compute_field_value"}


def keep_lookups(model_class):
    """Keep in a model's class the methods, fields and constants its bases give it.

    A class that others inherit from keeps nothing: what it has from its bases would
    hide what their other bases make of it.

    :param model_class: the class of a model in the registry, wholly set up
    """
    kept = {} if model_class._inherit_children else _find_lookups(model_class)
    for name, value in kept.items():
        setattr(model_class, name, value)
    model_class._kept_lookups = tuple(kept)


def _find_lookups(model_class):
    found = {}
    for base in reversed(model_class.__mro__[1:-1]):
        found.update(base.__dict__)
    left_out = PATCHED | {"_kept_lookups"} | set(model_class.__dict__)
    return {
        name: value
        for name, value in found.items()
        if name not in left_out
        and (isinstance(value, KEPT) or not name.startswith("__"))
    }


def forget_lookups(model_class):
    """Undo :func:`keep_lookups`, as the bases may change now.

    :param model_class: the class of a model in the registry
    """
    for name in model_class.__dict__.get("_kept_lookups", ()):
        # Another hook may have put its own in the place and taken it away.
        if name in model_class.__dict__:
            delattr(model_class, name)
    model_class._kept_lookups = ()


def is_tested():
    """Whether tests run here: they patch the bases of a model and want to see it."""
    return config["test_enable"] or getattr(threading.current_thread(), "testing", 0)
