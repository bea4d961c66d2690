import re

from odoo import api, fields, models

TARGETS = [
    ("order_ref", "Order number"),
    ("order_date", "Order date"),
    ("client_order_ref", "Customer's own order number"),
    ("customer", "Customer (reference, barcode, e-mail or name)"),
    ("customer_email", "Customer e-mail"),
    ("customer_name", "Customer name"),
    ("country", "Country of a new customer"),
    ("product", "Product (reference, barcode or name)"),
    ("barcode", "Product barcode"),
    ("product_name", "Product name"),
    ("quantity", "Quantity"),
    ("price_unit", "Unit price"),
    ("discount", "Discount (%)"),
    ("currency", "Currency"),
]
NUMBERS = ("quantity", "price_unit", "discount")
REFERENCES = ("order_ref", "client_order_ref", "customer", "product", "barcode")
# What records are found by.
KEYS = (*REFERENCES, "customer_email", "customer_name", "product_name")
# What people call the columns, letters and digits only.
SYNONYMS = {
    "order_ref": "orderref order ordernumber orderno orderid ordername salesorder "
    "externalref externalid invoiceno invoicenumber invoice bestellnummer commande",
    "order_date": "orderdate date invoicedate dateorder bestelldatum datecommande",
    "client_order_ref": "clientorderref customerreference ponumber pono po "
    "customerpo purchaseorder yourreference",
    "customer": "customer customerid customerno customernumber customerref client "
    "clientid partner accountno kunde kundennummer",
    "customer_email": "email customeremail mail emailaddress",
    "customer_name": "customername name clientname company companyname",
    "country": "country land pays",
    "product": "product productid productcode productref sku stockcode itemcode item "
    "itemno articleno article internalreference defaultcode reference artikel",
    "barcode": "barcode ean ean13 gtin upc productbarcode",
    "product_name": "productname description itemname itemdescription bezeichnung",
    "quantity": "quantity qty orderedqty orderedquantity units menge quantite",
    "price_unit": "priceunit unitprice price saleprice netprice preis einzelpreis prix",
    "discount": "discount discountpercent rabatt remise",
    "currency": "currency currencycode waehrung devise",
}
_FIELD_OF = {word: name for name, words in SYNONYMS.items() for word in words.split()}


class SalesOrderImportColumn(models.Model):
    """One column of the file, and what it is imported as."""

    _name = "sales.order.import.column"
    _description = "Bulk Import Column"
    _order = "import_id, sequence, id"
    _rec_name = "header"

    import_id = fields.Many2one(
        "sales.order.import",
        required=True,
        index=True,
        ondelete="cascade",
        help="The import the column belongs to.",
    )
    sequence = fields.Integer(
        string="Position", readonly=True, help="Position in the file, from 0."
    )
    header = fields.Char(
        readonly=True, required=True, help="What stands above the column in the file."
    )
    sample = fields.Char(readonly=True, help="The first values of the column.")
    target = fields.Selection(
        selection=TARGETS,
        string="Import As",
        help="What the values of this column are. Leave it empty to ignore the column.",
    )

    @api.model
    def _guess_target(self, header):
        """Return the field a header most likely means, or False."""
        # A repeated header is numbered: “Price (2)” means what “Price” means.
        bare = re.sub(r" \(\d+\)$", "", header).casefold()
        return _FIELD_OF.get(re.sub(r"[^a-z0-9]", "", bare), False)
