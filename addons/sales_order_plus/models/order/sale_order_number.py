from odoo import api, fields, models


class SaleOrder(models.Model):
    """Numbers of orders: of their type, apart from those of quotations if wanted."""

    _inherit = "sale.order"

    quotation_number = fields.Char(
        copy=False,
        readonly=True,
        index="trigram",
        groups="base.group_user",
        help="The number the order had as a quotation, where quotations are numbered "
        "apart from orders.",
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != 'New'",
        "Order Reference: another order of this company has this number. Leave it "
        "empty to get the next one.",
    )

    @property
    def _rec_names_search(self):
        names = super()._rec_names_search
        return [*names, "quotation_number"] if self.env.user._is_internal() else names

    @api.model_create_multi
    def create(self, vals_list):
        # The word of Odoo's own default, in the language of the user.
        new = self._fields["name"].default(self)
        # Odoo writes the number into the values: who uses them twice has it twice.
        vals_list = [dict(vals) for vals in vals_list]
        # What is read of one customer is read of all.
        partners = self.env["res.partner"].browse(
            dict.fromkeys(filter(None, (vals.get("partner_id") for vals in vals_list)))
        )
        for vals in vals_list:
            if vals.get("name", new) == new:
                self._draw_name(vals, partners._prefetch_ids)
        return super().create(vals_list)

    @api.model
    def _draw_name(self, vals, prefetch_ids):
        """Put the number into ``vals`` if it is not one of Odoo's usual sequence.

        :param prefetch_ids: the customers of all orders
        """
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        order_type = self._get_vals_type(vals, company, prefetch_ids)
        date = self._get_number_date(vals.get("date_order"))
        quotation = vals.get("state", "draft") in ("draft", "sent")
        # sudo: the settings are of the company, the user may be a customer.
        if quotation and company.sudo().separate_quotation_number:
            number = order_type._draw_quotation_number(company, date)
            vals["quotation_number"] = number
        else:
            number = order_type._draw_number(company, date)
        if number:
            vals["name"] = number

    @api.model
    def _get_vals_type(self, vals, company, prefetch_ids):
        types = self.env["sales.order.type"].sudo()
        type_id = vals.get(
            "order_type_id", self.env.context.get("default_order_type_id")
        )
        if "order_type_id" in vals or type_id:
            return types.browse(type_id)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        return types._get_default(partner.with_prefetch(prefetch_ids), company)

    @api.model
    def _get_number_date(self, date):
        """Return the day of the number in the zone of the user, as Odoo does."""
        moment = fields.Datetime.to_datetime(date)
        return fields.Datetime.context_timestamp(self, moment) if moment else None

    def write(self, vals):
        if vals.get("state") == "sale" and "name" not in vals:
            # Before the deliveries are made: they carry the number of the order.
            for order in self.filtered(lambda one: one._is_quotation_numbered()):
                order._take_order_number()
        return super().write(vals)

    def _is_quotation_numbered(self):
        # sudo: the number is internal, the customer may be the one who confirms.
        number = self.sudo().quotation_number
        return bool(number) and self.name == number

    def _take_order_number(self):
        """Give the confirmed quotation the number of an order; remember the old one."""
        self.ensure_one()
        company, quotation = self.company_id, self.name
        date = self._get_number_date(fields.Datetime.now())
        number = self.sudo().order_type_id._draw_number(company, date)
        if not number:
            sequences = self.env["ir.sequence"].with_company(company)
            number = sequences.next_by_code("sale.order", sequence_date=date)
        if number:
            self.write({"name": number, "origin": self.origin or quotation})
