import hashlib
import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...exceptions import AppendOnlyError

TRIGGER_FUNCTION = """
CREATE OR REPLACE FUNCTION sales_audit_event_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.chain_no IS NULL AND
       to_jsonb(NEW) - 'chain_no' - 'chain_hash' =
       to_jsonb(OLD) - 'chain_no' - 'chain_hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'sales_audit_event is append-only (%%)', TG_OP;
END $$ LANGUAGE plpgsql
"""


class SalesAuditEvent(models.Model):
    """What happened to a document, by whom and when; rows are only ever added.

    The document is named by model and id without a foreign key, so that an
    event outlives it and a refused attempt can be written by a second
    connection. A cron seals the events into one SHA-256 chain: doing that
    in the business transaction would make all orders queue for one row.
    """

    _name = "sales.audit.event"
    _description = "Audit Event"
    _order = "id desc"
    _log_access = False
    _rec_name = "name"

    SEALED_FIELDS = (
        "code",
        "model",
        "res_id",
        "document_name",
        "company_id",
        "user_id",
        "owner_id",
        "date",
        "data",
    )

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
                f"{key}: {value}" for key, value in (event.data or {}).items()
            )

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
        }

    # === Append only === #

    def write(self, vals):  # pylint: disable=method-required-super
        raise AppendOnlyError(self.env._("Audit events cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise AppendOnlyError(self.env._("Audit events cannot be deleted."))

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

    # === Sealing === #

    def _get_seal(self, previous_hash):
        """Return the hex SHA-256 that seals this event behind ``previous_hash``."""
        self.ensure_one()
        values = self.read(self.SEALED_FIELDS, load=False)[0]
        payload = json.dumps(values, sort_keys=True, default=str)
        return hashlib.sha256(f"{previous_hash}{payload}".encode()).hexdigest()

    @api.model
    def _cron_seal(self):
        """Append the events that are not sealed yet to the hash chain."""
        while count := self._seal():
            remaining = self.search_count([("chain_no", "=", False)])
            if not self.env["ir.cron"]._commit_progress(count, remaining=remaining):
                break

    @api.model
    def _seal(self, limit=1000):
        """Append up to ``limit`` events to the chain and return how many."""
        # One sealer at a time; the lock ends with the transaction.
        self.env.execute_query(
            SQL("SELECT pg_advisory_xact_lock(hashtext(%s))", self._name)
        )
        last = self.search([("chain_no", "!=", False)], order="chain_no desc", limit=1)
        number, seal = last.chain_no, last.chain_hash or ""
        events = self.search([("chain_no", "=", False)], order="id", limit=limit)
        for event in events:
            number, seal = number + 1, event._get_seal(seal)
            self.env.cr.execute(
                SQL(
                    "UPDATE sales_audit_event SET chain_no = %s, chain_hash = %s "
                    "WHERE id = %s",
                    number,
                    seal,
                    event.id,
                )
            )
        self.invalidate_model(["chain_no", "chain_hash"])
        return len(events)

    @api.model
    def _get_broken_seals(self):
        """Return the sealed events whose content or place no longer fits the chain."""
        broken, seal, number = self.browse(), "", 0
        for event in self.search([("chain_no", "!=", False)], order="chain_no"):
            number += 1
            if event.chain_no != number or event.chain_hash != event._get_seal(seal):
                broken |= event
                number = event.chain_no
            seal = event.chain_hash
        return broken

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
