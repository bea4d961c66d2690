from odoo import fields, models

# Custom fields that a customer can fill in on his page.
FORM_TYPES = ("char", "text", "boolean", "integer", "float", "selection", "date")


class SalesChangeRequestType(models.Model):
    """A wish that no other kind of change covers: what is asked, and who looks at it."""

    _name = "sales.change.request.type"
    _description = "Type of Special Request"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="As people, and customers, choose it."
    )
    description = fields.Text(
        translate=True, help="What it is, as customers read it on their page."
    )
    sequence = fields.Integer(default=10, help="Order in the list.")
    active = fields.Boolean(default=True, help="Archived types cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", help="Only for orders of this company; empty: for all."
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        help="Who looks at these requests: its leader is asked, its members may answer. "
        "Empty: the salesperson of the order.",
    )
    sla_hours = fields.Float(
        string="Answered Within (hours)",
        default=8,
        help="Working hours of the company in which a request is to be answered.",
    )
    is_for_customer = fields.Boolean(
        string="For Customers", help="Customers may ask for it in the portal."
    )
    value_definition = fields.PropertiesDefinition(
        string="What to Ask",
        help="Fields of these requests; they are added on a request of this type.",
    )

    _sla_positive = models.Constraint(
        "CHECK(sla_hours >= 0)", "Answered Within: give a number of 0 or more."
    )

    def _get_form_definitions(self):
        """Return the custom fields that a customer can fill in."""
        self.ensure_one()
        return [one for one in self.value_definition or [] if one["type"] in FORM_TYPES]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_special_types(self):
        """Return the types of special requests that the customer of this order has."""
        self.ensure_one()
        domain = [
            ("is_for_customer", "=", True),
            ("company_id", "in", (False, self.company_id.id)),
        ]
        # sudo: the customer reads their names and fields on his page.
        return self.env["sales.change.request.type"].sudo().search(domain)


class SalesOrderChangeLine(models.Model):
    """A change of the kind ``special``: words and values instead of a new quantity."""

    _inherit = "sales.order.change.line"

    request_type_id = fields.Many2one(
        "sales.change.request.type",
        string="Special Request",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('company_id', 'in', (False, company_id))]",
        help="What is asked for.",
    )
    request_values = fields.Properties(
        string="Details",
        definition="request_type_id.value_definition",
        copy=True,
        help="What is to be known about it.",
    )

    def _check_special(self):
        kind, company = self.request_type_id, self.change_id.company_id
        if not kind.active or (kind.company_id and kind.company_id != company):
            self._refuse(
                "request_type_id", "other", self.env._("choose one of your company")
            )

    def _get_group(self):
        """Several special requests are several wishes."""
        if self.kind != "special":
            return super()._get_group()
        return f"special {self.request_type_id.id}"

    def _apply_line_special(self):
        """What is asked for is done by people; the order stays as it is."""

    # === As people read it === #

    def _get_text_special(self):
        values = [f"{label}: {text}" for label, text in self._get_value_texts()]
        return "", "; ".join([self.request_type_id.name or "", *values])

    def _get_value_texts(self):
        """Return (label, value) of the custom fields that are filled in, as text."""
        values = dict(self.request_values or {})
        # sudo: what a customer asked for, he reads again.
        definitions = self.request_type_id.sudo().value_definition or []
        texts = [
            (one["string"], self._get_value_text(one, values.get(one["name"])))
            for one in definitions
        ]
        return [(label, text) for label, text in texts if text]

    def _get_value_text(self, definition, value):
        if definition["type"] == "boolean":
            return self.env._("Yes") if value else ""
        if isinstance(value, models.BaseModel):
            return ", ".join(value.sudo().mapped("display_name"))
        return f"{value:g}" if isinstance(value, float) else str(value or "")
