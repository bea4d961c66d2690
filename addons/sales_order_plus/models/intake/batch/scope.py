"""What one batch of orders knows: lives as long as the batch, in the server alone.

A batch is an intake or a confirmation, of one order or of many. Everything in this
folder makes these faster and nothing else. It looks at
:func:`get_batch`, which no client can set, and leaves to Odoo whatever is not plain.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from ...seam.granted import granted
from ...seam.reading import same_groups

_batch = ContextVar("sales_intake_batch", default=None)


class Batch:
    """The memory of one batch, by model."""

    def __init__(self):
        self._memory = {}
        # The Reservation that is being made, see stock_move_reserve.
        self.reservation = None
        # Moves whose goods are reserved after the batch; None: they are as ever.
        self.postponed = None
        # Moves core is about to give transfers, and the ids of those that have one.
        self.unassigned = None
        self.assigned_ids = set()

    def recall(self, model, key, find):
        """Return what ``find()`` gave for the key the first time.

        :param str model: name of the model the answer depends on
        :param key: everything else it depends on
        """
        memory = self._memory.setdefault(model, {})
        if key not in memory:
            memory[key] = find()
        return memory[key]

    def recall_ids(self, model, topic, ids, find):
        """Return those of ``ids`` that ``find(unknown ids)`` names.

        :param str topic: what is asked about them
        """
        known = self._memory.setdefault(model, {}).setdefault(topic, {})
        unknown = [id_ for id_ in ids if id_ not in known]
        if unknown:
            found = set(find(unknown))
            known.update((id_, id_ in found) for id_ in unknown)
        return {id_ for id_ in ids if known[id_]}

    def recall_each(self, model, topic, record, find):
        """Return what ``find(records)`` tells of the record.

        It is asked once for all records that are read together with this one.

        :param find: returns {id: answer}
        """
        known = self._memory.setdefault(model, {}).setdefault(topic, {})
        if record.id not in known:
            ids = {record.id, *record._prefetch_ids} - known.keys()
            records = record.browse(sorted(filter(None, ids)))
            # What is read together with this one may be gone by now.
            records = records.exists() if len(records) > 1 else records
            found = find(records)
            known.update((id_, found.get(id_)) for id_ in records.ids)
        return known.get(record.id)

    def forget_one(self, model, topic, id_):
        """Forget what was found about one record."""
        self._memory.get(model, {}).get(topic, {}).pop(id_, None)

    def forget(self, model=None):
        """Forget the answers of a model that changed, or all of them."""
        if model:
            self._memory.pop(model, None)
        else:
            self._memory.clear()


def get_batch():
    """Return the batch that runs in this thread, or None."""
    return _batch.get()


@contextmanager
def batch_scope():
    """Within the block, orders are taken in or confirmed together."""
    if running := get_batch():
        yield running
        return
    with granted(_batch, Batch()) as batch, same_groups():
        yield batch


def is_defined_in(records, method, *addons):
    """Whether only these addons and ours have a say in a method of the model.

    Whoever extends it elsewhere expects it to be called as core does.
    """
    owners = {
        cls.__module__.split(".")[2]
        for cls in type(records).__mro__
        if method in vars(cls) and cls.__module__.startswith("odoo.addons.")
    }
    return owners <= {*addons, "sales_order_plus", "sales_backorder_plus"}
