from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

# Numbers and seals are added once; old rows leave, and old details are removed, under a
# retention rule alone, which names its limit for its own transaction and cannot name one
# younger than a year.
TRIGGER_FUNCTION = """
CREATE OR REPLACE FUNCTION sales_audit_event_append_only() RETURNS trigger AS $$
DECLARE
    purged_before timestamp;
    redacted_before timestamp;
    sealing text[] := ARRAY['chain_no', 'chain_hash', 'data_hash'];
    redacting text[] := ARRAY['data', 'redacted_on'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.chain_no IS NULL AND
       to_jsonb(NEW) - sealing = to_jsonb(OLD) - sealing THEN
        RETURN NEW;
    END IF;
    redacted_before :=
        NULLIF(current_setting('sales_audit_event.redaction', true), '')::timestamp;
    IF TG_OP = 'UPDATE' AND OLD.data_hash IS NOT NULL AND NEW.data IS NULL
       AND OLD.date < redacted_before
       AND OLD.date < now() AT TIME ZONE 'UTC' - interval '1 year'
       AND to_jsonb(NEW) - redacting = to_jsonb(OLD) - redacting THEN
        RETURN NEW;
    END IF;
    purged_before :=
        NULLIF(current_setting('sales_audit_event.retention', true), '')::timestamp;
    IF TG_OP = 'DELETE' AND OLD.chain_no IS NOT NULL AND OLD.date < purged_before
       AND OLD.date < now() AT TIME ZONE 'UTC' - interval '1 year' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'sales_audit_event is append-only (%%)', TG_OP;
END $$ LANGUAGE plpgsql
"""


class SalesAuditEvent(models.Model):
    """What happened to a document, by whom and when; rows are only ever added.

    The document is named by model and id without a foreign key, so that an
    event outlives it and a refused attempt can be written by a second
    connection. How they are sealed, see sales_audit_chain.
    """

    _name = "sales.audit.event"
    _inherit = ["sales.append.only.mixin"]
    _description = "Audit Event"
    _order = "id desc"
    _log_access = False
    _rec_name = "name"

    code = fields.Char(
        string="Event Code",
        required=True,
        readonly=True,
        index=True,
        help="Stable technical name, such as order.confirmed.",
    )
    name = fields.Char(string="Event", compute="_compute_name")
    model = fields.Char(required=True, readonly=True, help="Model of the document.")
    res_id = fields.Many2oneReference(
        string="Document ID",
        model_field="model",
        required=True,
        readonly=True,
        help="Database id of the document; it may be gone by now.",
    )
    document_name = fields.Char(
        string="Document", readonly=True, help="Its name when the event happened."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="restrict", help="Company it belongs to."
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The user whose session or key did it.",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        ondelete="restrict",
        help="Salesperson of the document at that time; may read the event.",
    )
    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it happened (UTC).",
    )
    ip = fields.Char(
        string="IP Address",
        readonly=True,
        groups="sales_order_plus.group_sales_auditor",
        help="Where the request came from; empty for what the server did by itself.",
    )
    data = fields.Json(readonly=True, help="Details of the event.")
    details = fields.Char(compute="_compute_details", help="The details in words.")
    chain_no = fields.Integer(
        readonly=True, help="Place in the sealed chain; empty until sealed."
    )
    chain_hash = fields.Char(
        readonly=True, help="SHA-256 of the previous seal and of this event."
    )

    _document_idx = models.Index("(model, res_id, id)")
    _chain_no_uniq = models.UniqueIndex("(chain_no) WHERE chain_no IS NOT NULL")
    _unsealed_idx = models.Index("(id) WHERE chain_no IS NULL")

    def init(self):
        super().init()
        self.env.cr.execute(SQL(TRIGGER_FUNCTION))
        self.env.cr.execute(
            SQL(
                "CREATE OR REPLACE TRIGGER sales_audit_event_append_only "
                "BEFORE UPDATE OR DELETE ON sales_audit_event "
                "FOR EACH ROW EXECUTE FUNCTION sales_audit_event_append_only()"
            )
        )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = self._get_event_labels()
        for event in self:
            event.name = labels.get(event.code, event.code)

    @api.depends("data")
    def _compute_details(self):
        for event in self:
            event.details = ", ".join(
                f"{key}: {self._format_detail(value)}"
                for key, value in (event.data or {}).items()
            )

    @api.model
    def _format_detail(self, value):
        """Return a pair as what was before and what came of it."""
        if isinstance(value, list) and len(value) == 2:
            return " → ".join(
                "-" if one in (None, False) else str(one) for one in value
            )
        return value

    @api.model
    def _get_event_labels(self):
        """Return {code: translated label}; every addon adds its own codes."""
        return {
            "order.confirmed": self.env._("Order confirmed"),
            "order.cancelled": self.env._("Order cancelled"),
            "order.reset": self.env._("Order set back to quotation"),
            "order.held": self.env._("Order on hold"),
            "order.signature_voided": self.env._("Signature voided"),
            "guard.refused": self.env._("Refused"),
            "guard.released": self.env._("Released"),
            "order.changed": self.env._("Order changed"),
            "order.line_changed": self.env._("Line changed"),
            "order.line_removed": self.env._("Line removed"),
            "document.exported": self.env._("Exported"),
            "audit.verified": self.env._("Audit trail verified"),
            "audit.purged": self.env._("Audit trail shortened"),
        }

    # === Append only === #

    @api.model
    def _get_append_only_texts(self):
        return (
            self.env._("Audit events cannot be changed."),
            self.env._("Audit events cannot be deleted."),
        )

    # === Logging === #

    @api.model
    def _log(self, records, code, **data):
        """Add one event for each of ``records``.

        :param records: recordset of any model the event is about
        :param str code: code of :meth:`_get_event_labels`
        :param data: JSON-serialisable details, the same for all records
        """
        self._add([self._prepare_event_vals(record, code, data) for record in records])

    @api.model
    def _log_each(self, code, details):
        """Add one event for each document, with details of its own.

        :param details: iterable of (record, dict of JSON-serialisable details)
        """
        self._add([self._prepare_event_vals(one, code, data) for one, data in details])

    @api.model
    def _log_refused(self, records, code, data_by_id):
        """Add events that survive the rollback caused by the refusal itself.

        :param records: recordset the attempt was made on
        :param dict data_by_id: {record id: details}
        """
        vals_list = [
            self._prepare_event_vals(record, code, data_by_id.get(record.id, {}))
            for record in records
        ]
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr))._add(vals_list)

    @api.model
    def _add(self, vals_list):
        # Nobody has create rights: events come from code alone.
        self.sudo().create(vals_list)

    @api.model
    def _prepare_event_vals(self, record, code, data):
        return {
            "code": code,
            "model": record._name,
            "res_id": record.id,
            "document_name": record.sudo().display_name,
            "company_id": self._get_document_company(record).id,
            "owner_id": self._get_document_owner(record).id,
            # Explicit: sudo() keeps the uid, with_user(SUPERUSER) would not.
            "user_id": self.env.uid,
            "ip": request.httprequest.remote_addr if request else False,
            "data": data or None,
        }

    @api.model
    def _get_document_company(self, record):
        return (
            record.sudo()["company_id"] if "company_id" in record else self.env.company
        )

    @api.model
    def _get_document_owner(self, record):
        return (
            record.sudo()["user_id"] if "user_id" in record else self.env["res.users"]
        )

    def action_open_document(self):
        """Open the document of the event.

        :return: window action
        :raise AppendOnlyError: never; UserError if the document is gone
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
