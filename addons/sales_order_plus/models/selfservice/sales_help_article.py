from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import html_translate

TOPICS = [
    ("order", "Orders and Delivery"),
    ("change", "Changes"),
    ("cancel", "Cancellation"),
    ("return", "Returns"),
    ("general", "General"),
]
MAX_SEARCH = 100


class SalesHelpTag(models.Model):
    _name = "sales.help.tag"
    _description = "Help Keyword"
    _order = "name, id"

    name = fields.Char(
        required=True, translate=True, help="Word that customers look for."
    )

    _name_uniq = models.UniqueIndex("(name)", "There is such a keyword already.")


class SalesHelpArticle(models.Model):
    """An answer to what customers ask again and again, shown where they would ask."""

    _name = "sales.help.article"
    _description = "Help Article"
    _order = "sequence, id"

    name = fields.Char(
        string="Title",
        required=True,
        translate=True,
        help="The question, or what it is about.",
    )
    sequence = fields.Integer(
        default=10, help="Order among the articles of the same topic."
    )
    active = fields.Boolean(default=True, help="Archived articles are not shown.")
    topic = fields.Selection(
        selection=TOPICS,
        required=True,
        default="general",
        help="The customer's page that shows it: his order, or the page on which he "
        "changes, cancels or returns something. General ones are only in the help.",
    )
    body = fields.Html(
        string="Answer",
        required=True,
        # Also its attributes are translated: links, titles of pictures.
        translate=html_translate,
        help="What the customer reads.",
    )
    portal_visible = fields.Boolean(
        string="Shown to Customers",
        copy=False,
        help="Customers read it on their pages. Others are for colleagues only.",
    )
    tag_ids = fields.Many2many(
        "sales.help.tag", string="Keywords", help="Further words by which it is found."
    )
    company_id = fields.Many2one("res.company", help="Whose customers; empty: all.")

    @api.model
    def _get_published_domain(self, company):
        return Domain("portal_visible", "=", True) & Domain(
            "company_id", "in", (False, company.id)
        )

    @api.model
    def _get_for_page(self, topic, company):
        """Return the articles of one page of the customers of ``company``."""
        # sudo: whoever has the link of an order reads them without a login.
        domain = self._get_published_domain(company) & Domain("topic", "=", topic)
        return self.sudo().search(domain, limit=8)

    @api.model
    def _find(self, company, words=""):
        """Return the published articles that contain all ``words``.

        In the language of the reader, in title, answer and keywords.
        """
        domain = self._get_published_domain(company)
        for word in (words or "")[:MAX_SEARCH].split():
            names = ("name", "body", "tag_ids.name")
            domain &= Domain.OR(Domain(name, "ilike", word) for name in names)
        return self.search(domain, limit=80)
