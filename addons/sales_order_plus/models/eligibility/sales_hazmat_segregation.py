from odoo import api, fields, models

from ...exceptions import ValidationRuleError
from ..line.product_cargo import HAZARD_CLASSES


class SalesHazmatSegregation(models.Model):
    """Two classes of danger that may not go in one delivery."""

    _name = "sales.hazmat.segregation"
    _inherit = ["sales.presence.mixin"]
    _description = "Dangerous Goods Kept Apart"
    _order = "class_one, class_two, id"

    class_one = fields.Selection(
        selection=HAZARD_CLASSES,
        string="Class",
        required=True,
        help="A class counts for its divisions: 5 for 5.1 and 5.2.",
    )
    class_two = fields.Selection(
        selection=HAZARD_CLASSES,
        string="Not with",
        required=True,
        help="Class that may not go with it.",
    )
    note = fields.Char(
        string="Reason", translate=True, help="Law, or what may happen; for us only."
    )
    active = fields.Boolean(default=True, help="Archived rows do not count.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )

    _pair_uniq = models.UniqueIndex(
        "(LEAST(class_one, class_two), GREATEST(class_one, class_two), "
        "COALESCE(company_id, 0)) WHERE active",
        "Class: there is a row for these two classes already.",
    )

    @api.constrains("class_one", "class_two")
    def _check_classes(self):
        for row in self:
            if row.class_one == row.class_two:
                raise ValidationRuleError(
                    self.env._(
                        "Not with: choose another class than %s.", row.class_one
                    ),
                    field="class_two",
                )

    @api.depends("class_one", "class_two")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.class_one} × {row.class_two}"

    @api.model
    def _get_rows(self, company):
        """Return what counts for ``company``, without a query where there is nothing."""
        if not self._has_records():
            return self.browse()
        return self.search([("company_id", "in", [False, company.id])])

    def _forbids(self, one, two):
        """Return whether one of the rows keeps the two classes apart."""
        return any(
            (_is_of(one, row.class_one) and _is_of(two, row.class_two))
            or (_is_of(two, row.class_one) and _is_of(one, row.class_two))
            for row in self
        )


def _is_of(division, hazard_class):
    """Return whether ``division`` is ``hazard_class`` or a part of it."""
    return division and hazard_class in (division, division.split(".")[0])
