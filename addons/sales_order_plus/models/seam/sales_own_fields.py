from contextvars import ContextVar

from odoo import api, models, tools

from ...exceptions import OwnFieldError
from .granted import granted

# Names of the fields that the running code sets. No caller reaches it: a context key
# comes from the client, and being superuser says nothing about who asked.
_SETTING = ContextVar("sales_setting_own_fields", default=frozenset())
OURS = "sales_"


def _setting(names):
    return granted(_SETTING, _SETTING.get() | frozenset(names))


class SalesOwnFieldsMixin(models.AbstractModel):
    """Documents with fields that only our own methods set.

    Every stored field of ours that is declared ``readonly`` tells what happened: a
    status, who answered when, a number. A salesperson has the right to write orders,
    and over RPC ``readonly`` stops nobody. Our methods set such fields through
    :meth:`_write_own` and :meth:`_create_own`; a plain ``write`` or ``create`` that
    would change one is refused. Computed fields are set by their compute alone.

    The outermost ``write`` and ``create`` of a document call :meth:`_check_own_write`
    and :meth:`_check_own_create`: what our own overrides add on the way is not looked
    at there.
    """

    _name = "sales.own.fields.mixin"
    _description = "Document With Own Fields"

    @api.model
    @tools.ormcache(cache="stable")
    def _get_own_fields(self):
        """Return the names of the fields that only our own methods set."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.readonly
            and field.column_type
            and not field.related
            and (field._module or "").startswith(OURS)
        )

    @api.model
    def _get_own_field_steps(self):
        """Return {field: translated next step}, extended by each concern."""
        return {}

    def _write_own(self, vals):
        """Write what only our own methods set."""
        with _setting(vals):
            return self.write(vals)

    @api.model
    def _create_own(self, vals_list):
        """Create with what only our own methods set."""
        with _setting(name for vals in vals_list for name in vals):
            return self.create(vals_list)

    @api.model
    def _check_own_create(self, vals_list):
        """Refuse values of our own fields that are not ours."""
        own = self._get_own_fields() - _SETTING.get()
        for vals in vals_list:
            for name in own.intersection(vals):
                if vals[name] and not self._is_own_default(name, vals[name]):
                    raise self._get_own_field_error(name)
        for name in own:
            if self.env.context.get(f"default_{name}"):
                raise self._get_own_field_error(name)

    def _check_own_write(self, vals):
        """Refuse changes of our own fields that are not ours."""
        names = self._get_own_fields().intersection(vals) - _SETTING.get()
        for name in names:
            if any(record._is_own_change(name, vals[name]) for record in self):
                raise self._get_own_field_error(name)

    @api.model
    def _is_own_default(self, name, value):
        """Return whether a form only sends what it was shown of a new document."""
        field = self._fields[name]
        if not field.default:
            return False
        default = field.default(self)
        if field.type == "datetime":
            # It was shown a while ago; the moment is set anew.
            return False
        return field.convert_to_cache(value, self) == default

    def _is_own_change(self, name, value):
        # sudo: the field may be hidden from who writes the others.
        record, field = self.sudo(), self._fields[name]
        old = field.convert_to_cache(record[name], record)
        return (field.convert_to_cache(value, record) or None) != (old or None)

    @api.model
    def _get_own_field_error(self, name):
        label = self._fields[name]._description_string(self.env)
        step = self._get_own_field_steps().get(name) or self.env._(
            "Leave it out; it follows what happens to the document."
        )
        return OwnFieldError(
            self.env._(
                "%(field)s cannot be set by hand. %(step)s", field=label, step=step
            ),
            field=name,
            rule="own_field",
        )
