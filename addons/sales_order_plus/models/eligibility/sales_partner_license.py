from odoo import api, fields, models

from ...exceptions import LicenseError

STATES = [("draft", "To verify"), ("verified", "Verified"), ("expired", "Expired")]


class SalesPartnerLicense(models.Model):
    """A permit of a customer, looked at by somebody who may decide."""

    _name = "sales.partner.license"
    _inherit = [
        "mail.thread",
        "sales.audit.mixin",
        "sales.decision.mixin",
        "sales.own.fields.mixin",
    ]
    _description = "Customer's Licence"
    _order = "valid_to desc, id desc"
    _rec_names_search = ["number", "partner_id"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="Counts for the company of this contact and all its contacts.",
    )
    license_type_id = fields.Many2one(
        "sales.license.type",
        string="Licence",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="What it permits.",
    )
    number = fields.Char(required=True, tracking=True, help="As printed on the paper.")
    authority = fields.Char(string="Issued by", help="Authority that issued it.")
    valid_from = fields.Date(
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="First day.",
    )
    valid_to = fields.Date(
        string="Valid Until", tracking=True, help="Last day; empty: without end."
    )
    state = fields.Selection(
        selection=STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        help="Only verified licences count.",
    )
    verified_by_id = fields.Many2one(
        "res.users",
        string="Verified by",
        readonly=True,
        copy=False,
        help="Compliance officer who looked at the paper.",
    )
    verified_on = fields.Date(readonly=True, copy=False, help="When it was looked at.")
    document = fields.Binary(attachment=True, help="The paper, scanned.")
    document_name = fields.Char(string="File Name", help="Name of the file.")
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "sales_partner_license_product_rel",
        string="Only Products",
        help="Covers these products; with no product and no category: all.",
    )
    categ_ids = fields.Many2many(
        "product.category",
        "sales_partner_license_categ_rel",
        string="Only Categories",
        help="Covers products of these categories and those below.",
    )
    country_ids = fields.Many2many(
        "res.country",
        "sales_partner_license_country_rel",
        string="Only Countries",
        help="Covers deliveries to these countries; empty: all.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    reminded_for = fields.Date(
        readonly=True,
        copy=False,
        help="End of validity the customer was reminded of; a new end is a new reason.",
    )

    _number_uniq = models.UniqueIndex(
        "(partner_id, license_type_id, number)",
        "Number: this customer has a licence of this type and number already.",
    )
    _validity_order = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_from <= valid_to)",
        "Valid Until: it must not be before the first day.",
    )

    @api.depends("license_type_id", "number")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.license_type_id.name or ''} {one.number or ''}"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """What was verified is changed by a compliance officer alone."""
        self._check_own_write(vals)
        if any(one.state != "draft" for one in self):
            self._ensure_may_decide(set(vals))
        return super().write(vals)

    @api.model
    def _get_decision_fields(self):
        return super()._get_decision_fields() | {
            "partner_id",
            "license_type_id",
            "number",
            "valid_from",
            "valid_to",
            "state",
            "document",
            "product_tmpl_ids",
            "categ_ids",
            "country_ids",
            "company_id",
        }

    @api.model
    def _get_own_field_steps(self):
        return {
            **super()._get_own_field_steps(),
            "state": self.env._("A compliance officer uses Verify."),
        }

    # === Decisions === #

    def action_verify(self):
        """Say that the papers were looked at and are good.

        :return: True
        :raise DecisionError: for everybody but compliance officers
        :raise LicenseError: if one has ended already
        """
        self._ensure_may_decide({"state"})
        today = fields.Date.context_today(self)
        for one in self:
            if one.valid_to and one.valid_to < today:
                raise LicenseError(
                    self.env._(
                        "Valid Until: %(license)s ended on %(date)s. Enter the new end "
                        "first.",
                        license=one.display_name,
                        date=one.valid_to,
                    ),
                    field="valid_to",
                )
        vals = {
            "state": "verified",
            "verified_by_id": self.env.uid,
            "verified_on": today,
        }
        self._write_own(vals)
        self._log_event("license.verified")
        return True

    def action_reset(self):
        """Take the verification back.

        :return: True
        :raise DecisionError: for everybody but compliance officers
        """
        self._ensure_may_decide({"state"})
        vals = {"state": "draft", "verified_by_id": False, "verified_on": False}
        self._write_own(vals)
        self._log_event("license.reset")
        return True

    # === What it covers === #

    def _covers_product(self, product):
        """Return whether the licence is for ``product``."""
        self.ensure_one()
        if not self.product_tmpl_ids and not self.categ_ids:
            return True
        return (
            product.product_tmpl_id in self.product_tmpl_ids
            or product.categ_id._is_within(self.categ_ids.ids)
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    license_ids = fields.One2many(
        "sales.partner.license",
        "partner_id",
        string="Licences",
        groups="base.group_user",
        help="Permits of this customer.",
    )
