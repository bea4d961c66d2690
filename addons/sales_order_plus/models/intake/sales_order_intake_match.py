from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from .intake_order import Refusal


class SalesOrderIntakeMatch(models.AbstractModel):
    """Finding the customers and products of orders that came in.

    All methods work on a batch: a few searches for all its orders. A weaker key
    (e-mail, name) never overrules a stronger one: a customer found by name whose
    reference differs from the one in the file is somebody else.
    """

    _name = "sales.order.intake.match"
    _description = "Order Intake: Matching"

    # === Customers === #

    @api.model
    def _match_customers(self, orders, options):
        """Set ``partner_id``, ``new_customer`` or ``refusal`` of each order."""
        finders = self._get_customer_finders(orders, options)
        for order in orders:
            found, column, value = self._find(finders, order)
            if len(found) == 1:
                order.partner_id = found.id
            elif found:
                order.refusal = Refusal("customer_ambiguous", column, value)
            else:
                self._handle_unknown_customer(order, options)

    @api.model
    def _handle_unknown_customer(self, order, options):
        value = order.customer or order.customer_email or order.customer_name
        if not value and options.default_customer_id:
            order.partner_id = options.default_customer_id
        elif not value:
            order.refusal = Refusal("missing_customer", "customer")
        elif options.create_customers:
            order.new_customer = self._get_customer_identity(order)
        else:
            order.refusal = Refusal("customer_unknown", "customer", value)

    @api.model
    def _get_customer_identity(self, order):
        """Return what two orders of one new customer have in common."""
        for kind in ("customer", "customer_email", "customer_name"):
            if value := getattr(order, kind):
                return (kind, value.casefold())
        return ()

    @api.model
    def _get_customer_finders(self, orders, options):
        """Return [(attribute, {key: partners}, weak)] in the order of precedence."""
        model = self.env["res.partner"]
        company = self._get_company_domain(model, options)
        references = {order.customer for order in orders if order.customer}
        by_ref = self._search_by(model, "ref", references, company)
        rest = {reference for reference in references if reference not in by_ref}
        emails = {order.customer_email for order in orders if order.customer_email}
        emails |= {reference for reference in rest if "@" in reference}
        by_email = self._search_by(
            model,
            "email_normalized",
            {mail for mail in map(email_normalize, emails) if mail},
            company,
        )
        by_email = {mail: by_email.get(email_normalize(mail), model) for mail in emails}
        names = {order.customer_name for order in orders if order.customer_name}
        by_name = self._search_by(model, "name", names | rest, company)
        return [
            ("customer", by_ref, False),
            ("customer", self._search_by(model, "barcode", rest, company), False),
            ("customer", by_email, False),
            ("customer_email", by_email, True),
            ("customer", by_name, False),
            ("customer_name", by_name, True),
        ]

    # === Products === #

    @api.model
    def _match_products(self, lines, options):
        """Set ``product_id``, ``new_product`` or ``refusal`` of each line."""
        finders = self._get_product_finders(lines, options)
        for line in lines:
            found, column, value = self._find(finders, line)
            if len(found) == 1:
                line.product_id = found.id
            elif found:
                line.refusal = Refusal("product_ambiguous", column, value)
            elif not line.label:
                line.refusal = Refusal("missing_value", "product")
            elif options.create_products:
                line.new_product = self._get_product_identity(line)
            else:
                line.refusal = Refusal("product_unknown", "product", line.label)

    @api.model
    def _get_product_identity(self, line):
        for kind in ("product", "barcode", "product_name"):
            if value := getattr(line, kind):
                return (kind, value.upper())
        return ()

    @api.model
    def _get_product_finders(self, lines, options):
        model = self.env["product.product"]
        company = self._get_company_domain(model, options)
        references = {line.product for line in lines if line.product}
        by_code = self._search_by(model, "default_code", references, company)
        rest = {reference for reference in references if reference not in by_code}
        by_code.update(self._search_ignoring_case(rest, company))
        rest = {reference for reference in rest if reference not in by_code}
        barcodes = {line.barcode for line in lines if line.barcode}
        by_barcode = self._search_by(model, "barcode", barcodes | rest, company)
        names = {line.product_name for line in lines if line.product_name}
        rest = {reference for reference in rest if reference not in by_barcode}
        by_name = self._search_by(model, "name", names | rest, company)
        return [
            ("product", by_code, False),
            ("barcode", by_barcode, False),
            ("product", by_barcode, False),
            ("product", by_name, False),
            ("product_name", by_name, True),
        ]

    @api.model
    def _search_ignoring_case(self, codes, company_domain):
        """Find products by reference in any case: 85123a is 85123A."""
        if not codes:
            return {}
        model = self.env["product.product"]
        model.flush_model(["default_code"])
        uppers = {code.upper(): code for code in codes}
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM product_product WHERE upper(default_code) IN %s",
                tuple(uppers),
            )
        )
        # The search applies the user's rights and leaves out what is archived.
        products = model.search(
            Domain("id", "in", [id_ for (id_,) in rows]) & company_domain
        )
        by_upper = products.grouped(lambda product: product.default_code.upper())
        return {
            code: by_upper[code.upper()] for code in codes if code.upper() in by_upper
        }

    # === Tools === #

    @api.model
    def _get_company_domain(self, model, options):
        company = self.env["res.company"].browse(options.company_id)
        return Domain(model._check_company_domain(company))

    @api.model
    def _search_by(self, model, field, values, company_domain):
        """Return {value: records} of the records the user may read."""
        if not values:
            return {}
        records = model.search(Domain(field, "in", list(values)) & company_domain)
        return dict(records.grouped(field))

    @api.model
    def _find(self, finders, item):
        """Return (records, attribute, value) by the first finder that knows it."""
        nothing = self.env["res.partner"]
        for attribute, index, weak in finders:
            value = getattr(item, attribute)
            found = index.get(value) if value else None
            if found and weak:
                found = found.filtered(lambda rec: self._is_consistent(rec, item))
            if found:
                return found, attribute, value
        return nothing, "", ""

    @api.model
    def _is_consistent(self, record, item):
        """Whether a record found by a weak key may be meant by the stronger ones."""
        if record._name == "product.product":
            code, reference = record.default_code, item.product
        else:
            code, reference = record.ref, item.customer
        return not code or not reference or code.upper() == reference.upper()
