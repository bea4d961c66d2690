import base64

from odoo import api, fields, models

from ...exceptions import CustomsError
from .grants import is_writing_proforma, writing_proforma

STATE_FIELDS = frozenset({"state", "line_ids", "xml_file", "order_id", "picking_id"})


class SalesCustomsDeclaration(models.Model):
    """A declaration of goods that leave the country, for post, carrier or customs.

    Its content is taken from the order or the delivery; it is complete when it
    is validated, and stays as it is from then on.
    """

    _name = "sales.customs.declaration"
    _inherit = [
        "mail.thread",
        "sales.audit.mixin",
        "sales.export.mixin",
        "sales.presence.mixin",
    ]
    _description = "Customs Declaration"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", readonly=True, copy=False, help="Our own number of it."
    )
    kind = fields.Selection(
        selection=[
            ("cn22", "CN 22 (up to 2 kg)"),
            ("cn23", "CN 23"),
            ("export", "Export declaration"),
        ],
        required=True,
        default="cn23",
        tracking=True,
        help="The form of the post, or a declaration for customs.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Order the goods were sold with.",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The delivery it goes with; empty: the order as a whole.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id",
        store=True,
        precompute=True,
        index=True,
        help="The exporter.",
    )
    partner_id = fields.Many2one(
        "res.partner", required=True, string="Consignee", help="Who gets the goods."
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="Currency of the values."
    )
    purpose = fields.Selection(
        selection=lambda self: (
            self.env["sale.order"]._fields["customs_purpose"].selection
        ),
        required=True,
        default="sale",
        help="Category of the shipment.",
    )
    reason = fields.Char(help="Reason for export in words, if it needs some.")
    exporter_eori = fields.Char(
        string="Exporter's EORI", help="Our number at the customs."
    )
    consignee_eori = fields.Char(
        string="Consignee's EORI", help="The consignee's number at the customs."
    )
    incoterm_id = fields.Many2one("account.incoterms", help="Terms of delivery.")
    package_count = fields.Integer(default=1, help="Number of packages.")
    gross_weight = fields.Float(
        digits="Stock Weight", help="Weight with packages in kg."
    )
    net_weight = fields.Float(
        digits="Stock Weight",
        compute="_compute_totals",
        help="Weight of the goods in kg.",
    )
    total_value = fields.Monetary(
        compute="_compute_totals", help="Value of the goods without taxes."
    )
    line_ids = fields.One2many(
        "sales.customs.declaration.line",
        "declaration_id",
        string="Goods",
        readonly=True,
        help="Goods by tariff number, as they were when it was validated.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("validated", "Validated"),
            ("exported", "Exported"),
            ("closed", "Closed"),
        ],
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Validated: complete. Exported: handed over. Closed: customs answered.",
    )
    mrn = fields.Char(
        string="MRN",
        copy=False,
        tracking=True,
        help="Reference number that customs or the post gave; it closes the declaration.",
    )
    xml_file = fields.Binary(
        attachment=True, readonly=True, copy=False, help="The exported file."
    )
    xml_name = fields.Char(
        compute="_compute_xml_name", help="Name of the exported file."
    )
    missing = fields.Text(
        compute="_compute_missing", help="What is still missing, and where to enter it."
    )

    @api.depends("line_ids.value", "line_ids.net_weight")
    def _compute_totals(self):
        for declaration in self:
            lines = declaration.line_ids
            declaration.net_weight = sum(lines.mapped("net_weight"))
            declaration.total_value = sum(lines.mapped("value"))

    @api.depends("name")
    def _compute_xml_name(self):
        for declaration in self:
            name = (declaration.name or "customs").replace("/", "-")
            declaration.xml_name = f"{name}.xml"

    def _compute_missing(self):
        for declaration in self:
            draft = declaration.state == "draft"
            missing = declaration._get_missing() if draft else []
            declaration.missing = "\n".join(one["message"] for one in missing) or False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft":
                raise CustomsError(self._get_state_message())
            self._check_source(vals)
            # sudo: sequences are no business of the warehouse.
            sequence = self.env["ir.sequence"].sudo()
            vals["name"] = sequence.next_by_code("sales.customs.declaration")
        return super().create(vals_list)

    def _check_source(self, vals):
        """Let nobody declare, and so read, goods of an order he may not read."""
        picking = self.env["stock.picking"].browse(vals.get("picking_id") or [])
        if not picking:
            self.env["sale.order"].browse(vals.get("order_id")).check_access("read")
            return
        picking.check_access("read")
        # sudo: the warehouse worker need not read the order.
        vals["order_id"] = picking.sudo().sale_id.id

    def write(self, vals):
        if not is_writing_proforma():
            self._check_write(vals)
        result = super().write(vals)
        if vals.get("mrn"):
            self._close()
        return result

    def _check_write(self, vals):
        if not STATE_FIELDS.isdisjoint(vals):
            raise CustomsError(self._get_state_message())
        content = set(vals) & self._get_content_fields()
        for declaration in self.filtered(lambda d: d.state != "draft"):
            if content:
                raise CustomsError(
                    self.env._(
                        "%s is validated and stays as it is. Set it back to draft "
                        "to change it.",
                        declaration.name,
                    )
                )

    @api.model
    def _get_content_fields(self):
        return {
            "consignee_eori",
            "exporter_eori",
            "gross_weight",
            "incoterm_id",
            "kind",
            "package_count",
            "partner_id",
            "purpose",
            "reason",
        }

    def _get_state_message(self):
        return self.env._(
            "Status, Goods: these follow from the delivery and the buttons. "
            "Use Validate, Export or Back to Draft."
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for declaration in self.filtered(lambda d: d.state != "draft"):
            raise CustomsError(
                self.env._(
                    "%s was handed over or validated. Set it back to draft first.",
                    declaration.name,
                )
            )

    # === Creation === #

    @api.model
    def _open_for(self, order=None, picking=None):
        """Return the action of the declarations of an order or a delivery."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_customs_declaration_action"
        )
        field, record = ("picking_id", picking) if picking else ("order_id", order)
        found = self.search([(field, "=", record.id)])
        found = found or self._create_for(order=order, picking=picking)
        action["domain"] = [("id", "in", found.ids)]
        if len(found) == 1:
            action.update(res_id=found.id, view_mode="form", views=[(False, "form")])
        return action

    @api.model
    def _create_for(self, order=None, picking=None, kind="cn23"):
        """Create the declaration of a delivery, or of an order as a whole."""
        source = picking or order
        if picking and not picking.sale_id:
            raise CustomsError(
                self.env._(
                    "Delivery %s belongs to no sales order: there are no values to "
                    "declare.",
                    picking.name,
                )
            )
        declaration = self.create(self._prepare_vals(source, kind))
        declaration._load_lines()
        return declaration

    @api.model
    def _prepare_vals(self, source, kind):
        # sudo: a warehouse worker declares goods of orders he need not read.
        record = source.sudo()
        order = record._get_export_order()
        consignee = record._get_export_consignee()
        packages = record._get_export_packages()
        return {
            "kind": kind,
            "order_id": order.id,
            "picking_id": record.id if record._name == "stock.picking" else False,
            "partner_id": consignee.id,
            "currency_id": order.currency_id.id,
            "purpose": order.customs_purpose or "sale",
            "reason": order.export_reason,
            "exporter_eori": order.company_id.eori,
            "consignee_eori": consignee.commercial_partner_id.eori,
            "incoterm_id": order.incoterm.id,
            "package_count": len(packages) or 1,
            "gross_weight": record._get_export_gross_weight(),
        }

    def _load_lines(self):
        """Take the goods anew from the delivery or the order."""
        for declaration in self:
            # sudo: nobody writes lines; they follow from the goods.
            record = declaration.sudo()
            source = record.picking_id or record.order_id
            with writing_proforma():
                record.line_ids.unlink()
                record.env["sales.customs.declaration.line"].create(
                    [
                        {"declaration_id": record.id, **record._prepare_line_vals(line)}
                        for line in source._get_export_lines()
                    ]
                )

    @api.model
    def _prepare_line_vals(self, line):
        return {
            "product_id": line.product.id,
            "name": line.name,
            "hs_code": line.hs_code,
            "origin_id": line.origin.id,
            "quantity": line.quantity,
            "uom_id": line.uom.id,
            "net_weight": line.net_weight,
            "value": line.value,
        }

    # === Actions === #

    def action_reload(self):
        """Take the goods anew from the delivery, after products were completed.

        :return: True
        :raise CustomsError: if it is validated already
        """
        self.check_access("write")
        self._check_state("draft")
        self._load_lines()
        return True

    def action_validate(self):
        """Check that nothing is missing, and fix the content.

        :return: True
        :raise CustomsError: names each missing field and where to enter it
        """
        self.check_access("write")
        self._check_state("draft")
        self._load_lines()
        self._check_complete()
        self._set_state("validated")
        self._log_event("customs.validated")
        return True

    def action_export(self):
        """Write the file for the broker, and hand it over where one is connected.

        :return: True
        :raise CustomsError: if it is not validated, or does not fit the schema
        """
        self.check_access("write")
        self._check_state("validated", "exported")
        for declaration in self:
            content = declaration._get_xml()
            with writing_proforma():
                declaration.xml_file = base64.b64encode(content)
            declaration._set_state("exported")
            declaration._log_event("customs.exported")
            mrn = declaration._customs_transmit(content)
            if mrn:
                declaration.mrn = mrn
        return True

    def action_draft(self):
        """Open the content again, as long as customs gave no reference.

        :return: True
        :raise CustomsError: if it is closed
        """
        self.check_access("write")
        self._check_state("draft", "validated", "exported")
        self._set_state("draft")
        return True

    def _customs_transmit(self, content):
        """Hand the file to a broker; extended by whoever connects one.

        :param bytes content: the XML
        :return: the reference (MRN) if the broker gives it at once, else False
        """
        self.ensure_one()
        return False

    def _close(self):
        for declaration in self.filtered(lambda d: d.state != "closed"):
            declaration._check_state("validated", "exported")
            declaration._set_state("closed")
            declaration._log_event("customs.closed", mrn=declaration.mrn)

    def _set_state(self, state):
        with writing_proforma():
            self.write({"state": state})

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for declaration in self.filtered(lambda d: d.state not in states):
            raise CustomsError(
                self.env._(
                    "Status: %(name)s is “%(state)s”, this needs “%(wanted)s”. "
                    "Use the buttons in their order.",
                    name=declaration.name,
                    state=labels[declaration.state],
                    wanted=labels[states[0]],
                )
            )
