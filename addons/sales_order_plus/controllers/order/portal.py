from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from ...exceptions import DocumentError
from ...models.order.sales_order_document import MAX_UPLOAD


class OrderPortal(CustomerPortal):
    """Documents of an order, given by the customer and shown to him."""

    @route(
        "/my/orders/<int:order_id>/documents",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_add_document(self, order_id, access_token=None, file=None, **kw):
        """Keep the file of the form as a purchase order of the customer."""
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        partner = order.partner_id
        if not request.env.user._is_public():
            partner = request.env.user.partner_id
        query = "&sales_document=sent"
        try:
            # One byte more than allowed is enough to refuse it.
            content = file.read(MAX_UPLOAD + 1) if file else b""
            order.env["sales.order.document"]._add_of_customer(
                order, file.filename if file else "", content, partner
            )
        except DocumentError as error:
            request.session["sales_document_error"] = str(error)
            query = "&sales_document=refused"
        url = order.get_portal_url(query_string=query, anchor="sales_documents")
        return request.redirect(url)

    @route(
        "/my/orders/<int:order_id>/documents/<int:document_id>",
        type="http",
        auth="public",
        readonly=True,
    )
    def portal_order_document(self, order_id, document_id, access_token=None, **kw):
        """Give a document of this order that the customer may see."""
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        document = order.document_ids.filtered(
            lambda one: one.id == document_id and one.visibility == "both"
        )
        if not document:
            return request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(
            document, "file", filename=document.name
        )
        return stream.get_response(as_attachment=True)

    def _get_page_view_values(self, document, access_token, values, *args, **kwargs):
        values = super()._get_page_view_values(
            document, access_token, values, *args, **kwargs
        )
        if document._name == "sale.order":
            # sudo: the page shows what is meant for the customer, and no more.
            values["sales_documents"] = document.sudo().document_ids.filtered(
                lambda one: one.visibility == "both"
            )
            error = request.session.pop("sales_document_error", False)
            values["sales_document_error"] = error
        return values
