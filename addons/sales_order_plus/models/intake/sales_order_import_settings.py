from odoo import fields, models

from odoo.addons.base.models.res_partner import _tz_get


class SalesOrderImportSettings(models.AbstractModel):
    """How a kind of file is imported: kept with a mapping, used by an import."""

    _name = "sales.order.import.settings"
    _description = "Bulk Import Settings"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
        help="Company the orders are taken in for.",
    )
    mode = fields.Selection(
        selection=[("create", "Create quotations"), ("confirm", "Create and confirm")],
        required=True,
        default="create",
        help="Orders that need an approval stay quotations and ask for it.",
    )
    date_format = fields.Selection(
        selection=[
            ("ymd", "2026-12-31"),
            ("dmy", "31/12/2026"),
            ("mdy", "12/31/2026"),
        ],
        required=True,
        default="ymd",
        help="Order of day, month and year in the file.",
    )
    decimal = fields.Selection(
        selection=[(".", "1,234.56"), (",", "1.234,56")],
        string="Number Format",
        required=True,
        default=".",
        help="How numbers are written in the file.",
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: (
            self.env.company.partner_id.tz or self.env.user.tz or "UTC"
        ),
        help="Time zone of the dates in the file.",
    )
    create_customers = fields.Boolean(
        string="Create Missing Customers",
        help="Customers of the file that are not known are created. Without it their "
        "rows are reported.",
    )
    create_products = fields.Boolean(
        string="Create Missing Products",
        help="Products of the file that are not known are created. Without it their "
        "rows are reported.",
    )
    new_product_storable = fields.Boolean(
        string="Track New Products",
        help="Created products are goods tracked in stock.",
    )
    default_customer_id = fields.Many2one(
        "res.partner",
        check_company=True,
        help="Customer of orders that name none. Without it their rows are reported.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Pricelist and currency of the orders. Empty: those of each customer.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Warehouse that delivers the orders. Empty: the default one.",
    )
    price_source = fields.Selection(
        selection=[("file", "The file"), ("pricelist", "The pricelist")],
        string="Prices From",
        required=True,
        default="file",
        help="Without a price column prices come from the pricelist anyway.",
    )
    allow_zero_price = fields.Boolean(
        string="Allow Free Lines",
        help="Rows with the price 0 are imported. Without it they are reported.",
    )
    whole_orders = fields.Boolean(
        string="Whole Orders Only",
        help="One bad row keeps the other rows of its order out too. Without it the "
        "good rows of an order are imported.",
    )
    duplicates = fields.Selection(
        selection=[
            ("report", "Report their rows"),
            ("add", "Add the rows to the order"),
            ("create", "Create another order"),
        ],
        string="Known Orders",
        required=True,
        default="report",
        help="What to do with an order number that was taken in before. The rows of a "
        "corrected error file are added to their orders.",
    )
    cancel_prefix = fields.Char(
        string="Cancellations Begin With",
        help="Order numbers that begin with this are cancellations; they are reported.",
    )
    service_codes = fields.Char(
        string="Codes That Are No Products",
        help="Product codes for postage, fees and the like, separated by commas.",
    )
    service_policy = fields.Selection(
        selection=[("import", "Import as services"), ("report", "Report")],
        string="Such Rows",
        required=True,
        default="import",
        help="What to do with rows whose product code is none.",
    )

    def _get_setting_names(self):
        """Return the fields a mapping and an import share, but the company."""
        settings = self.env["sales.order.import.settings"]._fields.values()
        return [
            field.name
            for field in settings
            if field.store and field.name != "company_id"
        ]

    def _prepare_settings(self):
        """Return the settings as values for ``create`` and ``write``."""
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._get_setting_names()
        }

    def _get_service_codes(self):
        """Return the codes that are no products, in upper case."""
        codes = (self.service_codes or "").replace("\n", ",").split(",")
        return frozenset(code.strip().upper() for code in codes if code.strip())
