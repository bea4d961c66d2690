import hashlib
import json
import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

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
# Fields that came later: part of a seal where they are filled, so that older seals hold.
LATER_SEALED_FIELDS = ("ip", "session")
HEAD_PARAMETER = "sales_order_plus.audit_chain_head"
YEARS_PARAMETER = "sales_order_plus.audit_retention_years"
BATCH = 1000
SHOWN_PROBLEMS = 10


class SalesAuditEvent(models.Model):
    """One SHA-256 chain over all events.

    A cron seals them: doing that in the business transaction would make all orders
    queue for one row. Changing, removing or moving a sealed event breaks the chain; the
    head is kept apart and written to the server log, so that a cut tail shows as well.
    """

    _inherit = "sales.audit.event"

    # === Sealing === #

    def _get_seal(self, previous_hash):
        """Return the hex SHA-256 that seals this event behind ``previous_hash``."""
        self.ensure_one()
        values = self.read([*SEALED_FIELDS, *LATER_SEALED_FIELDS], load=False)[0]
        for name in LATER_SEALED_FIELDS:
            if not values[name]:
                del values[name]
        if self.data_hash:
            # Events sealed by older versions have their details in the seal.
            values["data"] = self._get_data_hash()
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
    def _seal(self, limit=BATCH):
        """Append up to ``limit`` events to the chain and return how many."""
        self._lock_chain()
        last = self.search([("chain_no", "!=", False)], order="chain_no desc", limit=1)
        number, seal = last.chain_no, last.chain_hash or ""
        if not last:
            number, seal = self._get_anchor()
        events = self.search([("chain_no", "=", False)], order="id", limit=limit)
        self._keep_data_hashes(events)
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
        if events:
            self._keep_head(number, seal)
        self.invalidate_model(["chain_no", "chain_hash"])
        return len(events)

    @api.model
    def _keep_data_hashes(self, events):
        """Keep the hash of the details as the database gives them back."""
        if not events:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE sales_audit_event e SET data_hash = v.hash "
                "FROM unnest(%s, %s) AS v(id, hash) WHERE e.id = v.id",
                events.ids,
                [event._get_data_hash() for event in events],
            )
        )
        events.invalidate_recordset(["data_hash"])

    @api.model
    def _lock_chain(self):
        """Let nobody else seal or shorten the chain until this transaction ends."""
        self.env.execute_query(
            SQL("SELECT pg_advisory_xact_lock(hashtext(%s))", self._name)
        )

    @api.model
    def _keep_head(self, number, seal):
        # sudo: a parameter that only the sealing writes.
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(HEAD_PARAMETER, f"{number}:{seal}")
        _logger.info("Audit chain sealed up to number %s: %s", number, seal)

    @api.model
    def _get_head(self):
        """Return (number, seal) of the last event that was sealed."""
        # sudo: see _keep_head.
        head = self.env["ir.config_parameter"].sudo().get_param(HEAD_PARAMETER) or "0:"
        number, _colon, seal = head.partition(":")
        return int(number), seal

    @api.model
    def _get_anchor(self):
        """Return (number, seal) behind which the kept chain begins."""
        purge = self.search([("code", "=", "audit.purged")], order="id desc", limit=1)
        data = purge.data or {}
        return data.get("up_to", 0), data.get("seal", "")

    # === Verifying === #

    @api.model
    def _verify_chain(self):
        """Return what is wrong with the sealed events.

        :return: dict with ``checked`` (events), ``unsealed`` (events that are not sealed
            yet), ``head`` (number and seal of the last one) and ``problems``: dicts with
            ``kind`` (``changed``: content or place no longer fits; ``missing``),
            ``chain_no``, ``event_id`` (of a changed one) and ``message``
        """
        number, seal = self._get_anchor()
        checked, problems, told = 0, [], self._get_told_redactions()
        while events := self._get_next_sealed(number):
            for event in events:
                if event.chain_no != number + 1:
                    problems.append(self._prepare_missing(number + 1, event.chain_no))
                elif event.chain_hash != event._get_seal(seal) or (
                    event.redacted_on and event.id not in told
                ):
                    problems.append(event._prepare_changed())
                number, seal = event.chain_no, event.chain_hash
            checked += len(events)
            # A long chain does not have to fit into memory.
            events.invalidate_recordset()
        problems += self._check_head(number, seal)
        return {
            "checked": checked,
            "unsealed": self.search_count([("chain_no", "=", False)]),
            "head": [number, seal],
            "problems": problems,
        }

    @api.model
    def _get_next_sealed(self, number):
        later = [("chain_no", ">", number)]
        return self.search(later, order="chain_no", limit=BATCH)

    @api.model
    def _check_head(self, number, seal):
        last, last_seal = self._get_head()
        if last > number:
            return [self._prepare_missing(number + 1, last + 1)]
        if last == number and last_seal != seal:
            last_event = self.search([("chain_no", "=", number)])
            return [last_event._prepare_changed()]
        return []

    @api.model
    def _prepare_missing(self, first, following):
        return {
            "kind": "missing",
            "chain_no": first,
            "event_id": False,
            "message": self.env._(
                "Missing: numbers %(first)s to %(last)s.",
                first=first,
                last=following - 1,
            ),
        }

    def _prepare_changed(self):
        return {
            "kind": "changed",
            "chain_no": self.chain_no,
            "event_id": self.id,
            "message": self.env._(
                "Changed or moved: number %(number)s, %(event)s of %(document)s.",
                number=self.chain_no,
                event=self.name,
                document=self.document_name or "-",
            ),
        }

    def action_verify_chain(self):
        """Check the whole chain and tell what was found.

        :return: client action that shows the result
        :raise AccessError: for anybody but auditors
        """
        result = self._verify_as_auditor()
        problems = result["problems"]
        lines = [problem["message"] for problem in problems[:SHOWN_PROBLEMS]]
        if len(problems) > SHOWN_PROBLEMS:
            rest = len(problems) - SHOWN_PROBLEMS
            lines.append(self.env._("And %s more.", rest))
        good = self.env._(
            "%(count)s sealed events are as they were written; %(unsealed)s wait for "
            "their seal.",
            count=result["checked"],
            unsealed=result["unsealed"],
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if problems else "success",
                "title": self.env._("Audit Trail"),
                "message": "\n".join(lines) or good,
                "sticky": bool(problems),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _verify_as_auditor(self):
        """Check the chain for an auditor and leave an event about it."""
        if not self.env.user.has_group("sales_order_plus.group_sales_auditor"):
            raise AccessError(
                self.env._(
                    "Only auditors verify the audit trail. Ask an administrator for the "
                    "role Sales Auditor."
                )
            )
        # sudo: the chain goes through all companies; what is told of it does not.
        result = self.sudo()._verify_chain()
        self._log(
            self.env.company,
            "audit.verified",
            checked=result["checked"],
            problems=len(result["problems"]),
        )
        return result

    # === Retention === #

    @api.model
    def _get_retention_limit(self):
        """Return the moment (UTC) before which events are not kept, or None."""
        # sudo: a setting that auditors do not see.
        parameters = self.env["ir.config_parameter"].sudo()
        years = int(parameters.get_param(YEARS_PARAMETER) or 0)
        return years and fields.Datetime.now() - relativedelta(years=years) or None

    @api.model
    def _cron_purge(self):
        """Remove what need not be kept any longer, from the begin of the chain."""
        limit = self._get_retention_limit()
        if limit:
            self._purge(limit)

    @api.model
    def _purge(self, limit):
        """Remove the sealed events before the first one that is younger than ``limit``.

        :param datetime limit: UTC; at least a year ago, else the database refuses
        :return: how many were removed
        """
        self._lock_chain()
        sealed = [("chain_no", "!=", False)]
        young = self.search([*sealed, ("date", ">=", limit)], order="chain_no", limit=1)
        until = [("chain_no", "<", young.chain_no)] if young else []
        last = self.search([*sealed, *until], order="chain_no desc", limit=1)
        if not last:
            return 0
        self.env.cr.execute(
            SQL(
                "SELECT set_config('sales_audit_event.retention', %s, true)",
                fields.Datetime.to_string(limit),
            )
        )
        # The anchor first: without it, the rest of the chain begins nowhere.
        number, seal = last.chain_no, last.chain_hash
        self._log(
            self.env.company,
            "audit.purged",
            up_to=number,
            seal=seal,
            before=fields.Datetime.to_string(limit),
        )
        self.env.cr.execute(
            SQL("DELETE FROM sales_audit_event WHERE chain_no <= %s", number)
        )
        count = self.env.cr.rowcount
        self.env.cr.execute(
            SQL("SELECT set_config('sales_audit_event.retention', '', true)")
        )
        self.invalidate_model()
        return count
