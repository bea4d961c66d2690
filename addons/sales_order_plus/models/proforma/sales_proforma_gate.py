from odoo import api, models

from ...exceptions import ProformaError
from .grants import is_writing_proforma

# What a user may still set on a draft; everything else follows from the order.
DRAFT_FIELDS = frozenset(
    {
        "bank_account_id",
        "currency_id",
        "incoterm_id",
        "incoterm_location",
        "note",
        "payment_term_id",
        "require_signature",
        "valid_until",
    }
)
CREATE_FIELDS = DRAFT_FIELDS | {"order_id", "kind", "percent"}


class SalesProforma(models.Model):
    """What may be written on a proforma, whoever writes; and what stands against it."""

    _inherit = "sales.proforma"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # The web client sends empty values of all fields it shows.
            given = {name: value for name, value in vals.items() if value}
            self._check_typed_fields(given, CREATE_FIELDS)
        proformas = super().create(vals_list)
        for proforma in proformas.filtered(lambda p: p.kind != "lines"):
            proforma._build_lines()
        return proformas

    def write(self, vals):
        self._check_typed_fields(vals, DRAFT_FIELDS)
        if not (is_writing_proforma() or DRAFT_FIELDS.isdisjoint(vals)):
            self._check_is_draft()
        result = super().write(vals)
        if "currency_id" in vals:
            self._rebuild_amounts()
        return result

    def _check_typed_fields(self, vals, allowed):
        """Refuse fields that follow from the order or from issuing, whoever writes."""
        typed = set(vals) - allowed - self._get_social_fields()
        typed = {name for name in typed if name in self._fields}
        if typed and not is_writing_proforma():
            labels = ", ".join(sorted(self._fields[name].string for name in typed))
            raise ProformaError(
                self.env._(
                    "%(fields)s: this follows from the order and cannot be typed. "
                    "Create the proforma from the order and use its buttons.",
                    fields=labels,
                )
            )

    @api.model
    def _get_social_fields(self):
        """Return the fields of the mixins: chatter, activities and the link's token."""
        inherited = ("mail.thread", "mail.activity.mixin", "portal.mixin")
        return {name for model in inherited for name in self.env[model]._fields}

    def _check_is_draft(self):
        for proforma in self.filtered("issued_on"):
            raise ProformaError(
                self.env._(
                    "%(name)s is issued and stays as it is. "
                    "Cancel it and create a new one.",
                    name=proforma.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_is_draft()

    def copy_data(self, default=None):
        raise ProformaError(
            self.env._(
                "A proforma cannot be duplicated: it is a part of its order. "
                "Create the next one from the order."
            )
        )

    # === Guard === #

    @api.model
    def _get_guard_transitions(self):
        return {**super()._get_guard_transitions(), "issued": "issue"}

    def _get_guard_operation(self):
        self.ensure_one()
        return "issue" if self.state == "draft" else False

    def _get_guard_findings(self, operation, baseline=None):
        """Ask the order's rules too: they know the customer and the goods."""
        findings = super()._get_guard_findings(operation, baseline)
        if operation != "issue":
            return findings
        by_order = self.order_id._get_guard_findings("proforma")
        credit = self._get_credit_findings()
        return {
            proforma.id: [
                *findings.get(proforma.id, ()),
                *by_order.get(proforma.order_id.id, ()),
                *credit.get(proforma.id, ()),
            ]
            for proforma in self
        }
