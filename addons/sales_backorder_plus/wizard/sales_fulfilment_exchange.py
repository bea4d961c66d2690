import base64
import json

from odoo import fields, models

from ..exceptions import ExchangeError
from ..models.external.fulfilment_csv import read_messages, write_orders


class SalesFulfilmentExchange(models.TransientModel):
    """Files to and from a logistics provider who has no service."""

    _name = "sales.fulfilment.exchange"
    _description = "Files of a Logistics Provider"

    provider_id = fields.Many2one(
        "sales.fulfilment.provider",
        required=True,
        ondelete="cascade",
        help="The provider.",
    )
    format = fields.Selection(
        selection=[("json", "JSON"), ("csv", "CSV")],
        default="csv",
        required=True,
        help="Of both files; docs/3pl.md describes them.",
    )
    file_in = fields.Binary(
        string="File From the Provider", help="What he shipped and received."
    )
    file_out = fields.Binary(
        string="File for the Provider",
        readonly=True,
        help="What he is to ship and to expect.",
    )
    name_out = fields.Char(
        string="Name of the File", readonly=True, help="Name of the file for him."
    )
    outcome = fields.Text(readonly=True, help="What became of the messages.")

    def action_export(self):
        """Put all messages that wait into a file; they count as handed over.

        :return: action that shows the file
        """
        self.ensure_one()
        self.provider_id.check_access("write")
        # sudo: messages are nobody's to write.
        provider = self.provider_id.sudo()
        provider._export()
        messages = provider.message_ids.filtered(
            lambda one: one.direction == "out" and one.state in ("queued", "retrying")
        ).sorted("id")
        bodies = [message._prepare_body() for message in messages]
        if self.format == "csv":
            text = write_orders(bodies)
        else:
            text = json.dumps(bodies, indent=1, ensure_ascii=False)
        messages._write_handled("sent")
        self.write(
            {
                "file_out": base64.b64encode(text.encode()),
                "name_out": f"{provider.warehouse_id.code}.{self.format}",
                "outcome": self.env._("%s messages for the provider.", len(messages)),
            }
        )
        return self._reopen()

    def action_import(self):
        """Carry out the messages of the file; each counts once, however often it comes.

        :return: action that shows what became of them
        :raise ExchangeError: if the file cannot be read
        """
        self.ensure_one()
        self.provider_id.check_access("write")
        # sudo: messages are nobody's to write.
        provider = self.provider_id.sudo()
        notes = []
        for data in self._read_file():
            message, new = provider._take(data)
            if message.state == "failed":
                notes.append(f"{message.key}: {message.error}")
            elif new:
                notes.append(self.env._("%s: carried out.", message.key))
            else:
                notes.append(self.env._("%s: known already.", message.key))
        self.outcome = "\n".join(notes)
        return self._reopen()

    def _read_file(self):
        try:
            text = base64.b64decode(self.file_in or b"").decode("utf-8-sig")
            if self.format == "csv":
                return read_messages(text)
            data = json.loads(text)
            return data if isinstance(data, list) else [data]
        except ValueError as error:
            raise ExchangeError(
                self.env._("File: it cannot be read (%s).", error), field="file_in"
            ) from None

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
