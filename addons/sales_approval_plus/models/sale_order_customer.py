from odoo import SUPERUSER_ID, models

from .sales_approval_request_vote import REFUSALS

# What a customer who accepted may know: that it is looked at, or that he will be asked
# again; never why, nor by whom.
REVIEW_STATES = {
    "to_submit": "received",
    "pending": "received",
    "conditional": "received",
    "rejected": "changes",
    "forbidden": "changes",
    "changes_requested": "changes",
}
TEMPLATES = {
    "received": "sales_approval_plus.mail_template_customer_received",
    "changes": "sales_approval_plus.mail_template_customer_changes",
}


class SaleOrder(models.Model):
    """What customers are told of approvals. That it is confirmed, Odoo tells them."""

    _inherit = "sale.order"

    def _get_customer_review_state(self):
        """Return ``received``, ``changes`` or False: what the customer may know.

        It is about orders he has accepted; others are none of his business yet.
        """
        self.ensure_one()
        # sudo: the page is rendered for customers, who read nothing internal.
        order = self.sudo()
        if not order.hold_since or not order.company_id.approval_customer_status:
            return False
        standing = order._get_approval_standings("confirm").get(order.id)
        return REVIEW_STATES.get(standing.state, False) if standing else False

    def _get_customer_badges(self):
        badges = super()._get_customer_badges()
        # sudo: the field is internal; what comes of it is for the customer.
        for order in self.sudo().filtered("hold_since"):
            if order._get_customer_review_state() == "changes":
                words = self.env._("Changes needed")
                badges[order.id] = (words, "warning", "fa-pencil")
        return badges

    def _guard_hold(self, operation, origin):
        # sudo: the field is internal, the customer is the one who acts.
        known = self.sudo().filtered("hold_since")
        result = super()._guard_hold(operation, origin)
        (self - known)._tell_customer()
        return result

    def _tell_customer(self):
        """Tell each customer how far his accepted order is, if he may be told."""
        # As the superuser: a message keeps who wrote it, and that is an approver.
        for order in self.with_user(SUPERUSER_ID):
            state = order._get_customer_review_state()
            template = state and self.env.ref(TEMPLATES[state], False)
            if template and order.partner_id.email:
                order.message_post_with_source(
                    template,
                    email_layout_xmlid="mail.mail_notification_light",
                    subtype_xmlid="mail.mt_comment",
                )


class SalesApprovalRequest(models.Model):
    _inherit = "sales.approval.request"

    def _tell_decided(self):
        super()._tell_decided()
        refused = self.filtered(lambda one: one.state in REFUSALS.values())
        refused.sale_order_id._tell_customer()
