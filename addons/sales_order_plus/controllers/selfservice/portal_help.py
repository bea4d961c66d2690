from odoo import http
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ...models.selfservice.sales_help_article import MAX_SEARCH


class HelpPortal(CustomerPortal):
    """Answers for customers who are signed in; on the pages of an order for all."""

    @http.route("/my/help", type="http", auth="user", website=True, readonly=True)
    def portal_help(self, q="", **kwargs):
        """Show the articles, by topic; ``q`` are words to look for."""
        words = (q or "").strip()[:MAX_SEARCH]
        articles = request.env["sales.help.article"]
        found = articles._find(request.env.company, words)
        topics = articles._fields["topic"]._description_selection(request.env)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "help",
            "words": words,
            "topics": [
                (label, hits)
                for code, label in topics
                if (hits := found.filtered(lambda one, code=code: one.topic == code))
            ],
        }
        return request.render("sales_order_plus.portal_help", values)
