from odoo import fields, models
from odoo.tools import SQL


class ResCompany(models.Model):
    """Numbers and habits of a company's proformas and export papers."""

    _inherit = "res.company"

    proforma_validity_days = fields.Integer(
        string="Proforma Validity (days)",
        default=30,
        help="Days after the issue until which a proforma may be paid; 0: no limit.",
        prefetch="sales_rare",
    )
    proforma_reminder_days = fields.Integer(
        string="Remind of Unpaid Proformas after (days)",
        help="Days after the issue when the customer is reminded once; 0: never.",
        prefetch="sales_rare",
    )
    proforma_down_payment = fields.Boolean(
        string="Invoice Advances",
        help="When a proforma is paid and its order confirmed, the down payment "
        "invoice is created at once.",
        prefetch="sales_rare",
    )
    proforma_credit_check = fields.Boolean(
        string="Check Credit at Proformas",
        default=True,
        help="Where credit limits are in use, a proforma is issued only within the "
        "customer's limit.",
        prefetch="sales_rare",
    )
    eori = fields.Char(
        string="EORI",
        help="Number of the company at the customs, printed on export papers.",
    )
    export_check = fields.Boolean(
        string="Check Export Orders",
        help="International orders are confirmed only with an incoterm.",
    )

    def _get_proforma_sequence(self):
        """Return the company's own sequence, created when it is first needed."""
        self.ensure_one()
        # sudo: sequences are read and created by administrators only.
        sequences = self.env["ir.sequence"].sudo()
        domain = [("code", "=", "sales.proforma"), ("company_id", "=", self.id)]
        sequence = sequences.search(domain, limit=1)
        if sequence:
            return sequence
        # One creator at a time; the other one is run again and finds it.
        self.env.cr.execute(
            SQL("UPDATE res_company SET name = name WHERE id = %s", self.id)
        )
        return sequences.create(self._prepare_proforma_sequence_vals())

    def _prepare_proforma_sequence_vals(self):
        return {
            "name": f"Proforma {self.name}",
            "code": "sales.proforma",
            "prefix": "PF/%(range_year)s/",
            "padding": 4,
            "company_id": self.id,
            "use_date_range": True,
            # A refused issue takes no number.
            "implementation": "no_gap",
        }
