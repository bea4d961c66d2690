from odoo import api, models
from odoo.fields import Domain

from .scope import get_batch

# What makes a message one that others answer.
FORMING = frozenset({"model", "res_id", "message_type"})


class MailAlias(models.Model):
    _name = "mail.alias"
    _inherit = ["mail.alias", "sales.intake.remembered"]


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if batch := get_batch():
            for vals in vals_list:
                batch.forget_one("mail.message", vals.get("model"), vals.get("res_id"))
        return super().create(vals_list)

    def write(self, vals):
        if (batch := get_batch()) and not FORMING.isdisjoint(vals):
            batch.forget("mail.message")
        return super().write(vals)

    def unlink(self):
        if batch := get_batch():
            batch.forget("mail.message")
        return super().unlink()


class MailFollowers(models.Model):
    """Who is told of a message is looked up for all documents of a batch at once."""

    _name = "mail.followers"
    _inherit = ["mail.followers", "sales.intake.remembered"]

    def _get_recipient_data(self, records, message_type, subtype_id, pids=None):
        batch = get_batch()
        core = super()._get_recipient_data
        if batch is None or pids or len(records) != 1 or not subtype_id:
            return core(records, message_type, subtype_id, pids)
        found = batch.recall_each(
            self._name,
            (records._name, message_type, subtype_id),
            records,
            lambda all_records: core(all_records, message_type, subtype_id, pids),
        )
        # Copied, because whoever gets it may change it.
        return {records.id: {id_: dict(data) for id_, data in (found or {}).items()}}


class MailThread(models.AbstractModel):
    """Transfers and orders of a batch tell where they come from and what changed.

    Core looks up with each message what the documents have in common.
    """

    _inherit = "mail.thread"

    def _message_compute_parent_id(self, parent_id):
        batch = get_batch()
        if batch is None or parent_id or len(self) != 1 or not self._mail_flat_thread:
            return super()._message_compute_parent_id(parent_id)
        core = super()._message_compute_parent_id
        talking = batch.recall_each(
            "mail.message", self._name, self, self._search_talking
        )
        # Of several messages core chooses.
        return core(parent_id) if talking is None else talking

    def _search_talking(self, records):
        """Return {id: its only message}, or None where there are several."""
        # sudo: as core does it; only the id is used.
        groups = (
            self.env["mail.message"]
            .sudo()
            ._read_group(
                Domain("model", "=", records._name)
                & Domain("res_id", "in", records.ids)
                & Domain("message_type", "!=", "user_notification"),
                ["res_id"],
                ["id:array_agg"],
            )
        )
        found = dict.fromkeys(records.ids, False)
        for res_id, ids in groups:
            found[res_id] = ids[0] if len(ids) == 1 else None
        return found

    def _notify_get_reply_to(self, default=None, author_id=False):
        batch = get_batch()
        core = super()._notify_get_reply_to
        if batch is None or len(self) != 1 or not self.id:
            return core(default=default, author_id=author_id)
        found = batch.recall_each(
            "mail.alias",
            (self.env, self._name, default, author_id),
            self,
            lambda records: super()._notify_get_reply_to(
                default=default, author_id=author_id
            ),
        )
        return {self.id: found}
