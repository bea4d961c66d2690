import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import hmac

# A visitor who comes back within this time looks at the same quotation still.
VISIT_MINUTES = 30
# Mail scanners, link previewers and programs; a person's browser names none of them.
BOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scan|safelinks|proofpoint|mimecast|barracuda"
    r"|fireeye|symantec|trendmicro|sophos|facebookexternalhit|whatsapp|telegram|skype"
    r"|slack|discord|embedly|headless|phantomjs|curl|wget|python|java/|go-http|libwww"
    r"|okhttp|httpclient|apache-|ruby|perl|node-fetch|axios|microsoft office|ms-office"
    r"|outlook-|google-?proxy|googleimageproxy|yahoomailproxy|monitoring|uptime",
    re.IGNORECASE,
)


class SalesQuotationView(models.Model):
    """One visit of a customer to his quotation, however often he reloads the page.

    The visitor is told apart by address and browser, never by a cookie: scanners of
    mail servers keep none, and each of their hits would count.
    """

    _name = "sales.quotation.view"
    _description = "Quotation View"
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The quotation that was looked at.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id",
        store=True,
        index=True,
        help="Company of the quotation.",
    )
    revision = fields.Integer(readonly=True, help="Revision that was shown.")
    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When the visit began.",
    )
    last_date = fields.Datetime(readonly=True, help="Last hit of the visit.")
    seconds = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="From the first to the last hit of the visit.",
    )
    hits = fields.Integer(
        default=1, readonly=True, help="How often the page was asked for."
    )
    kind = fields.Selection(
        selection=[("web", "Page"), ("pdf", "PDF"), ("xlsx", "Spreadsheet")],
        required=True,
        readonly=True,
        help="What was looked at.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        ondelete="set null",
        help="Who was logged in; else the customer of the quotation.",
    )
    visitor = fields.Char(
        required=True,
        readonly=True,
        groups="base.group_system",
        help="Keyed hash of network address and browser; neither is kept.",
    )
    agent = fields.Selection(
        selection=[("human", "Person"), ("bot", "Program")],
        required=True,
        readonly=True,
        help="Programs (mail scanners, link previews) are kept apart and not counted.",
    )
    slot = fields.Integer(
        required=True,
        readonly=True,
        groups="base.group_system",
        help="Half hour the visit began in; makes simultaneous hits one row.",
    )

    _visit_uniq = models.UniqueIndex(
        "(order_id, visitor, kind, revision, slot)", "This visit is counted already."
    )

    @api.model
    def _record_hit(self, order, *, kind, address, agent_text, partner):
        """Count a hit on a quotation's page.

        :param order: the quotation
        :param str kind: web, pdf or xlsx
        :param str address: network address of the visitor
        :param str agent_text: what his browser calls itself
        :param partner: who is logged in, or an empty recordset
        :return: the visit if it is a new one, else an empty recordset
        """
        visitor = self._get_visitor(address, agent_text, partner)
        if self._add_hit(order, visitor, kind):
            return self.browse()
        vals = self._prepare_visit_vals(order, kind, visitor, agent_text, partner)
        return self._insert_visit(vals)

    @api.model
    def _get_visitor(self, address, agent_text, partner):
        message = (address or "", agent_text or "", partner.id)
        # sudo: the key of the database.
        return hmac(self.env(su=True), "sales_order_plus-view", message)[:32]

    @api.model
    def _get_agent(self, agent_text):
        """Return whether a person or a program names itself like this."""
        if not agent_text or BOTS.search(agent_text):
            return "bot"
        return "human"

    @api.model
    def _add_hit(self, order, visitor, kind):
        """Count a hit on a visit that still lasts; return whether there is one."""
        self.flush_model()
        now = fields.Datetime.now()
        query = SQL(
            """
            UPDATE sales_quotation_view
               SET hits = hits + 1, last_date = %(now)s, write_date = %(now)s,
                   seconds = EXTRACT(EPOCH FROM %(now)s - date)
             WHERE id = (
                   SELECT id FROM sales_quotation_view
                    WHERE order_id = %(order)s AND visitor = %(visitor)s
                      AND kind = %(kind)s AND revision = %(revision)s
                      AND last_date >= %(since)s
                 ORDER BY date DESC, id DESC LIMIT 1)
         RETURNING id
            """,
            now=now,
            order=order.id,
            visitor=visitor,
            kind=kind,
            revision=order.revision_number,
            since=now - timedelta(minutes=VISIT_MINUTES),
        )
        visit = self.browse(id_ for (id_,) in self.env.execute_query(query))
        visit.invalidate_recordset(["hits", "last_date", "seconds", "write_date"])
        return bool(visit)

    @api.model
    def _prepare_visit_vals(self, order, kind, visitor, agent_text, partner):
        now = fields.Datetime.now()
        return {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "revision": order.revision_number,
            "date": now,
            "last_date": now,
            "seconds": 0,
            "hits": 1,
            "kind": kind,
            "partner_id": partner.id or order.partner_id.id,
            "visitor": visitor,
            "agent": self._get_agent(agent_text),
            "slot": int(now.timestamp() // (VISIT_MINUTES * 60)),
        }

    @api.model
    def _insert_visit(self, vals):
        """Insert unless a simultaneous hit did; return the new row or nothing."""
        columns = SQL(", ").join(map(SQL.identifier, vals))
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO sales_quotation_view (%s, create_uid, create_date, "
                "write_uid, write_date) VALUES %s ON CONFLICT DO NOTHING RETURNING id",
                columns,
                (
                    *vals.values(),
                    self.env.uid,
                    vals["date"],
                    self.env.uid,
                    vals["date"],
                ),
            )
        )
        view = self.browse(row[0] for row in rows)
        view.modified(["order_id", "agent", "date", "revision"])
        self.env["sale.order"].browse(vals["order_id"]).invalidate_recordset(
            ["quotation_view_ids"]
        )
        return view
