"""Core models that hold settings and are searched once an order."""

from odoo import models


class IrSequence(models.Model):
    """The number of the order."""

    _name = "ir.sequence"
    _inherit = ["ir.sequence", "sales.intake.remembered"]


class LoyaltyProgram(models.Model):
    """The programs that apply by themselves."""

    _name = "loyalty.program"
    _inherit = ["loyalty.program", "sales.intake.remembered"]


class MailAliasDomain(models.Model):
    """The domain of the address replies go to."""

    _name = "mail.alias.domain"
    _inherit = ["mail.alias.domain", "sales.intake.remembered"]


class MailMessageSubtype(models.Model):
    """What a note about the status of an order is."""

    _name = "mail.message.subtype"
    _inherit = ["mail.message.subtype", "sales.intake.remembered"]


class QuotationDocument(models.Model):
    """Headers and footers of a quotation."""

    _name = "quotation.document"
    _inherit = ["quotation.document", "sales.intake.remembered"]


class StockWarehouse(models.Model):
    """The warehouse of an order."""

    _name = "stock.warehouse"
    _inherit = ["stock.warehouse", "sales.intake.remembered"]


class UomUom(models.Model):
    """The unit of weight of a transfer."""

    _name = "uom.uom"
    _inherit = ["uom.uom", "sales.intake.remembered"]
