import base64

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.orm.identifiers import NewId

COLOR = "^#[0-9a-fA-F]{6}$"
DARK, LIGHT = "#212529", "#FFFFFF"
CONTACT_FIELDS = ("phone", "email", "website")
CONTACT_HELP = (
    "At the foot of e-mails and in the address; empty: that of the address, without "
    "one the company's."
)
# What a brand puts in the place of the company's own, where the brand has it.
COMPANY_FIELDS = (
    "logo",
    "primary_color",
    "secondary_color",
    "font",
    "report_header",
    "report_footer",
    *CONTACT_FIELDS,
)


class BrandedId(NewId):
    """The id of a company as one of its brands: no record, equal only to itself.

    Two brands of a company must not share cached values, and the styles of printed
    documents find a brand by the text of this id.
    """

    __slots__ = ("brand_id",)

    def __init__(self, company_id, brand_id):
        super().__init__(origin=company_id)
        self.brand_id = brand_id

    def __eq__(self, other):
        return isinstance(other, BrandedId) and (
            (self.origin, self.brand_id) == (other.origin, other.brand_id)
        )

    def __hash__(self):
        return hash((self.origin, self.brand_id))

    def __str__(self):
        return f"{self.origin}_brand_{self.brand_id}"


class SalesBrand(models.Model):
    """A face of a company: what a customer sees on paper, in mails and in the portal.

    The company stays who sells: where the brand has an address of its own, the name
    and tax number of the company are printed below it. An order takes the brand of its
    quotation template, else that of its channel, else that of its sales team, else
    none, which is the company's own.
    """

    _name = "sales.brand"
    _description = "Brand"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="Shown at the foot of e-mails.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Archived brands cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Address",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The contact whose address, phone and e-mail are printed in the place of "
        "the company's on quotations, invoices, delivery slips and papers of trade, "
        "below the brand's name; who sells is named below. Empty: the company's.",
    )
    logo = fields.Image(
        max_width=1024,
        max_height=1024,
        help="Printed, mailed and shown in the portal; empty: the company's.",
    )
    primary_color = fields.Char(
        default=DARK,
        help="Titles, totals and buttons, as six hexadecimal digits such as #1A5276; "
        "empty: the company's.",
    )
    secondary_color = fields.Char(
        default=DARK,
        help="Labels and lines of tables, such as #7F8C8D; empty: the company's.",
    )
    font = fields.Selection(
        selection="_get_fonts", help="Font of printed documents; empty: the company's."
    )
    report_header = fields.Html(
        string="Tagline",
        translate=True,
        help="Printed at the head of each page; empty: the company's.",
    )
    report_footer = fields.Html(
        string="Footer",
        translate=True,
        help="Printed at the foot of each page; empty: the company's.",
    )
    email_name = fields.Char(
        string="Name in E-mails",
        help="At the foot of e-mails; empty: the brand's name.",
    )
    email_button_color = fields.Char(
        compute="_compute_email_button_color",
        store=True,
        readonly=False,
        help="Background of the buttons in e-mails; the primary colour if not chosen.",
    )
    email_text_color = fields.Char(
        string="E-mail Button Text",
        compute="_compute_email_text_color",
        store=True,
        readonly=False,
        help="Text of the buttons in e-mails; black or white, what is better to read.",
    )
    phone = fields.Char(help=CONTACT_HELP)
    email = fields.Char(help=CONTACT_HELP)
    website = fields.Char(help=CONTACT_HELP)

    _primary_color_sane = models.Constraint(
        f"CHECK (primary_color ~ '{COLOR}')",
        "Primary Color: write six hexadecimal digits after a #, such as #1A5276.",
    )
    _secondary_color_sane = models.Constraint(
        f"CHECK (secondary_color ~ '{COLOR}')",
        "Secondary Color: write six hexadecimal digits after a #, such as #7F8C8D.",
    )
    _email_button_color_sane = models.Constraint(
        f"CHECK (email_button_color ~ '{COLOR}')",
        "E-mail Button Color: write six hexadecimal digits after a #, such as #1A5276.",
    )
    _email_text_color_sane = models.Constraint(
        f"CHECK (email_text_color ~ '{COLOR}')",
        "E-mail Button Text: write six hexadecimal digits after a #, such as #FFFFFF.",
    )

    @api.model
    def _get_fonts(self):
        return self.env["res.company"]._fields["font"]._description_selection(self.env)

    @api.depends("primary_color")
    def _compute_email_button_color(self):
        for brand in self:
            brand.email_button_color = brand.primary_color

    @api.depends("email_button_color")
    def _compute_email_text_color(self):
        for brand in self:
            brand.email_text_color = self._get_contrast(brand.email_button_color)

    @api.model
    def _get_contrast(self, color):
        """Return black or white, whatever is read better on ``color``."""
        if not color or len(color) != 7:
            return False
        try:
            red, green, blue = bytes.fromhex(color[1:])
        except ValueError:
            return False
        bright = 0.299 * red + 0.587 * green + 0.114 * blue
        return DARK if bright > 150 else LIGHT

    # === CRUD: the styles of printed documents are one file for all === #

    @api.model_create_multi
    def create(self, vals_list):
        brands = super().create(vals_list)
        self.env.company._update_asset_style()
        return brands

    def write(self, vals):
        result = super().write(vals)
        if {"primary_color", "secondary_color", "font", "company_id"} & set(vals):
            self.env.company._update_asset_style()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.company._update_asset_style()
        return result

    # === Where it is shown === #

    def _is_usable_by(self, company):
        self.ensure_one()
        return self.active and self.company_id in (company, self.env["res.company"])

    def _as_company(self, company):
        """Return ``company`` with the face of the brand, for layouts to read.

        :param company: the company that sells, or an empty recordset
        :return: a virtual record, for reading only
        """
        self.ensure_one()
        company = company or self.company_id or self.env.company
        identity = BrandedId(company._origin.id, self.id)
        branded = company.browse((identity,))
        values = {name: self._get_value(name) for name in COMPANY_FIELDS}
        values["company_details"] = self._get_company_details(company)
        colors = {
            "email_primary_color": self.email_text_color,
            "email_secondary_color": self.email_button_color,
        }
        values.update(colors)
        shown = {name: value for name, value in values.items() if value}
        branded._update_cache(shown, validate=False)
        return branded

    def _get_company_details(self, company):
        """Return what layouts print as the address; nothing without one of its own."""
        lines = self._get_address_lines(company)
        label = company.country_id.vat_label or self.env._("Tax ID")
        lines += [f"{label}: {company.vat}"] if lines and company.vat else []
        return Markup("<br/>").join(map(escape, lines))

    def _get_address_lines(self, company):
        """Return the brand with its own address, and who sells under it.

        :param company: the company that sells
        :return: list of lines; empty if the brand has no address of its own
        """
        # sudo: an address may be a contact the reader has no rights to.
        partner = self.sudo().partner_id
        if not partner:
            return []
        address = partner._display_address(without_company=True).split("\n")
        contact = [self._get_value(name) for name in CONTACT_FIELDS]
        seller = self.env._("A brand of %(company)s", company=company.sudo().name)
        parts = (self._get_shown_name(), *address, *contact, seller)
        return [part.strip() for part in parts if part and part.strip()]

    def _get_value(self, name):
        # Sizes in the place of images are for lists, not for documents.
        value = self.with_context(bin_size=False)[name]
        # sudo: the address may be a contact the reader has no rights to.
        return value or (name in CONTACT_FIELDS and self.sudo().partner_id[name])

    def _get_shown_name(self):
        self.ensure_one()
        return self.email_name or self.name

    def _get_logo_url(self):
        """Return where anybody may load the logo; anew when the brand is changed."""
        self.ensure_one()
        stamp = self.write_date.strftime("%Y%m%d%H%M%S%f")
        return f"/sales_order_plus/brand/{self.id}/logo?unique={stamp}"

    def _get_logo_bytes(self):
        logo = self._get_value("logo") if self else False
        return base64.b64decode(logo) if logo else b""

    def _get_portal_colors(self):
        """Return (colour of buttons and links, text on it, lines), None without one."""
        self.ensure_one()
        if not self.primary_color:
            return None
        second = self.secondary_color or self.primary_color
        return self.primary_color, self._get_contrast(self.primary_color), second
