from odoo.exceptions import MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class ApprovalPortal(CustomerPortal):
    """What must be approved before it is sent is not there for the customer yet."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        document = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if model_name == "sale.order" and not request.env.user._is_internal():
            if document._is_approved_before_sending():
                return document
            raise MissingError(request.env._("This quotation is being prepared."))
        return document
