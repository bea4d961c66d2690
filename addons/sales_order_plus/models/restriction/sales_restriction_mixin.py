from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import RestrictionError


class SalesRestrictionMixin(models.AbstractModel):
    """Lists of what may not be sold, each looked at by a check of its own.

    The first active entry switches its check on. Before that no order pays for it.
    """

    _name = "sales.restriction.mixin"
    _description = "Restriction"
    # Key of the validation check that looks at the entries.
    _check_key = None

    name = fields.Char(
        required=True, translate=True, help="Named when an order is stopped by it."
    )
    active = fields.Boolean(default=True, help="Archived entries stop no order.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    date_from = fields.Date(help="First day, in the time zone of the order.")
    date_to = fields.Date(help="Last day, in the time zone of the order.")
    legal_reference = fields.Char(
        help="Law or agreement it comes from; named when an order is stopped by it."
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for entry in self:
            if entry.date_from and entry.date_to and entry.date_from > entry.date_to:
                entry._refuse("date_to", self.env._("it is before the first day."))

    def _refuse(self, name, text):
        """Raise the error of a field that cannot be like this.

        :raise RestrictionError: names the entry and the field
        """
        raise RestrictionError(
            self.env._(
                "%(field)s of “%(entry)s”: %(text)s",
                field=self._fields[name]._description_string(self.env),
                entry=self.name,
                text=text,
            ),
            field=name,
        )

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        if entries.filtered("active"):
            self._switch_check_on()
        return entries

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self._switch_check_on()
        return result

    @api.model
    def _switch_check_on(self):
        # sudo: who keeps the list need not be who sets up rules.
        self.env["sales.validation.rule"].sudo()._switch_on(self._check_key)

    # === Which entries an order meets === #

    @api.model
    def _get_entries(self, orders):
        """Return the entries ``orders`` may meet, in one search."""
        companies = [False, *orders.company_id._origin.ids]
        # sudo: they hold for everybody, also for who may not read them.
        return self.sudo().search(
            Domain("active", "=", True) & Domain("company_id", "in", companies)
        )

    def _filter_for(self, order):
        """Return the entries ``order`` meets today."""
        today = order.sudo()._get_local_day()
        return self.filtered(
            lambda entry: entry._is_valid(today, order) and entry._is_for(order)
        )

    def _is_valid(self, today, order):
        self.ensure_one()
        return (
            (not self.company_id or self.company_id == order.company_id._origin)
            and (not self.date_from or self.date_from <= today)
            and (not self.date_to or today <= self.date_to)
        )

    def _is_for(self, order):
        """Return whether the entry is for ``order``; lists refine it."""
        self.ensure_one()
        return True

    def _get_law(self):
        """Return the legal reference as it follows a sentence, or an empty text."""
        self.ensure_one()
        return f" ({self.legal_reference})" if self.legal_reference else ""
