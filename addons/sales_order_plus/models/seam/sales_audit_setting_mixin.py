from odoo import api, models
from odoo.models import MAGIC_COLUMNS


class SalesAuditSettingMixin(models.AbstractModel):
    """Settings that decide what is allowed: each change is told with old and new.

    Events are ``<prefix>.created``, ``<prefix>.changed`` and ``<prefix>.removed``.
    """

    _name = "sales.audit.setting.mixin"
    _description = "Audited Setting"
    _inherit = ["sales.audit.change.mixin"]

    # First word of the event codes.
    _audit_prefix = "setting"

    @api.model
    def _get_setting_names(self, names):
        """Return those of ``names`` that are told: what people store on the record."""
        return sorted(
            name
            for name in names
            if (field := self._fields.get(name))
            and field.store
            and name not in MAGIC_COLUMNS
            # Their records tell of themselves.
            and field.type not in ("one2many", "binary")
        )

    def _log_setting(self, action):
        """Add an event with what each record says."""
        events = self.env["sales.audit.event"]
        vals_list = []
        for record, values in self._read_for_audit(
            self._get_setting_names(self._fields)
        ).items():
            told = {name: value for name, value in values.items() if value}
            data = {**record._prepare_change_data(), **told}
            code = f"{self._audit_prefix}.{action}"
            document = record._get_audited_document()
            vals_list.append(events._prepare_event_vals(document, code, data))
        if vals_list:
            events._add(vals_list)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._log_setting("created")
        return records

    def write(self, vals):
        before = self._read_for_audit(self._get_setting_names(vals))
        result = super().write(vals)
        self._log_changes(f"{self._audit_prefix}.changed", before)
        return result

    def unlink(self):
        self._log_setting("removed")
        return super().unlink()
