from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import ProformaError


class SalesProformaCreate(models.TransientModel):
    """Ask for how much a proforma is to be made, with what is left in sight."""

    _name = "sales.proforma.create"
    _description = "Create Proforma"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The quotation or order to ask payment for.",
    )
    kind = fields.Selection(
        selection=[
            ("percent", "Percentage of the order"),
            ("full", "All that is open"),
            ("lines", "Chosen lines"),
        ],
        required=True,
        default="percent",
        help="A part of everything, everything that is left, or some lines.",
    )
    percent = fields.Float(
        string="Percentage",
        digits=(16, 6),
        default=30.0,
        help="Part of every line of the order.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        help="Currency of the proforma; amounts follow the rate of the day of issue.",
    )
    valid_until = fields.Date(help="Empty: the company's usual validity.")
    line_ids = fields.One2many(
        "sales.proforma.create.line",
        "wizard_id",
        string="Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        help="Quantities that are asked now.",
    )
    order_currency_id = fields.Many2one(
        related="order_id.currency_id",
        string="Order Currency",
        help="Currency of the order.",
    )
    amount_order = fields.Monetary(
        related="order_id.amount_total",
        string="Order Total",
        currency_field="order_currency_id",
        help="Total of the order.",
    )
    amount_open = fields.Monetary(
        string="Not Asked Yet",
        compute="_compute_amount_open",
        currency_field="order_currency_id",
        help="Total of the order less its issued proformas.",
    )

    @api.depends("order_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.order_id.currency_id

    @api.depends("order_id")
    def _compute_amount_open(self):
        for wizard in self:
            issued = wizard._get_issued()
            asked = sum(issued.mapped("order_amount_total"))
            wizard.amount_open = wizard.order_id.amount_total - asked

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            issued = wizard._get_issued().line_ids
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(wizard._prepare_line_vals(line, issued))
                    for line in wizard.order_id._get_priced_lines()
                    if not line.is_downpayment
                ),
            ]

    def _get_issued(self):
        proformas = self.env["sales.proforma"]
        domain = proformas._get_active_domain()
        return proformas.search([("order_id", "=", self.order_id.id), *domain])

    def _prepare_line_vals(self, line, issued):
        parts = issued.filtered(lambda part: part.sale_line_id == line)
        open_part = max(0.0, 1 - sum(parts.mapped("fraction")))
        return {
            "sale_line_id": line.id,
            "quantity_open": line.product_uom_qty * open_part,
        }

    def action_create(self):
        """Create the draft.

        :return: window action of the proforma
        """
        return self._get_action(self._create_proforma())

    def action_create_and_issue(self):
        """Create the proforma and issue it at once.

        :return: window action of the proforma
        """
        proforma = self._create_proforma()
        proforma.action_issue()
        return self._get_action(proforma)

    def _create_proforma(self):
        self.ensure_one()
        return self.order_id._create_proforma(
            self.kind,
            percent=self.percent,
            quantities={line.sale_line_id: line.quantity for line in self.line_ids},
            currency_id=self.currency_id.id,
            valid_until=self.valid_until,
        )

    @api.model
    def _get_action(self, proforma):
        return {
            "type": "ir.actions.act_window",
            "res_model": proforma._name,
            "res_id": proforma.id,
            "view_mode": "form",
        }


class SalesProformaCreateLine(models.TransientModel):
    """One line of the order, and how much of it is asked."""

    _name = "sales.proforma.create.line"
    _description = "Create Proforma: Line"

    wizard_id = fields.Many2one(
        "sales.proforma.create", required=True, ondelete="cascade", help="The question."
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", required=True, help="Line of the order."
    )
    name = fields.Text(related="sale_line_id.name", help="Its description.")
    product_uom_id = fields.Many2one(
        related="sale_line_id.product_uom_id", string="Unit", help="Its unit."
    )
    quantity_open = fields.Float(
        string="Open", digits="Product Unit", readonly=True, help="Not asked yet."
    )
    quantity = fields.Float(digits="Product Unit", help="Quantity that is asked now.")

    @api.constrains("quantity")
    def _check_quantity(self):
        for line in self.filtered(lambda one: one.quantity < 0):
            raise ProformaError(
                self.env._(
                    "Quantity: “%s” has a negative one. Give 0 to leave the line out.",
                    line.name,
                )
            )
