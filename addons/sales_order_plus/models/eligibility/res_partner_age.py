from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...exceptions import AgeError

METHODS = [
    ("birthdate", "Date of birth given by the customer"),
    ("document", "Document seen by us"),
    ("service", "Outside service"),
]
OLDEST = 120


class ResPartner(models.Model):
    """How old a customer is, and who says so. No document is kept."""

    _inherit = "res.partner"

    birthdate = fields.Date(
        string="Date of Birth",
        copy=False,
        groups="sales_order_plus.group_compliance_officer",
        help="Asked for where an order has products with a minimum age.",
        prefetch="sales_rare",
    )
    age_verified_on = fields.Date(
        copy=False,
        groups="base.group_user",
        help="Since then we rely on the date of birth.",
        prefetch="sales_rare",
    )
    age_verified_by_id = fields.Many2one(
        "res.users",
        string="Age Verified by",
        copy=False,
        groups="base.group_user",
        help="Who of us looked; empty: the customer said so himself.",
        prefetch="sales_rare",
    )
    age_verification_method = fields.Selection(
        selection=METHODS,
        string="Age Verified with",
        copy=False,
        groups="base.group_user",
        help="What we rely on.",
        prefetch="sales_rare",
    )

    @api.constrains("birthdate")
    def _check_birthdate(self):
        # sudo: only officers read dates of birth, the customer may give his own.
        for partner in self.sudo().filtered("birthdate"):
            age = partner._get_age(fields.Date.context_today(partner))
            if not 0 <= age <= OLDEST:
                raise AgeError(
                    self.env._("Date of Birth: give the day you were born."),
                    field="birthdate",
                )

    @api.model
    def _get_decision_fields(self):
        return super()._get_decision_fields() | {
            "birthdate",
            "age_verified_on",
            "age_verified_by_id",
            "age_verification_method",
        }

    def write(self, vals):
        if "birthdate" in vals and "age_verified_on" not in vals:
            # Another date is another claim.
            vals = {**vals, **self._prepare_age_vals(False)}
        return super().write(vals)

    @api.model
    def _prepare_age_vals(self, method):
        """Return the values of a verification with ``method``, or of none."""
        own = method in ("document", "service")
        return {
            "age_verified_on": method and fields.Date.context_today(self),
            "age_verified_by_id": own and self.env.uid,
            "age_verification_method": method,
        }

    def action_verify_age(self):
        """Say that a document with this date of birth was seen.

        :return: True
        :raise DecisionError: for everybody but compliance officers
        :raise AgeError: if there is no date of birth
        """
        self._ensure_may_decide({"age_verified_on"})
        for partner in self:
            if not partner.birthdate:
                raise AgeError(
                    self.env._(
                        "Date of Birth: enter that of %s as the document says.",
                        partner.display_name,
                    ),
                    field="birthdate",
                )
        self.write(self._prepare_age_vals("document"))
        return True

    def _get_age(self, day):
        """Return the years of age on ``day``, or -1 if not known."""
        self.ensure_one()
        if not self.birthdate or self.birthdate > day:
            return -1
        return relativedelta(day, self.birthdate).years

    def _is_of_age(self, years, day):
        """Return whether we may rely on the partner being ``years`` old."""
        self.ensure_one()
        return bool(self.age_verified_on) and self._get_age(day) >= years
