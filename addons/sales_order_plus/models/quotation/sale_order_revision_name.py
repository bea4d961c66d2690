import re

from markupsafe import Markup

from odoo import api, models

# What is not followed by the end of a tag stands between tags, where people read it.
BETWEEN_TAGS = r"(?![^<>]*>)"


class SaleOrder(models.Model):
    """The revision in whatever names a quotation: e-mails, files, the portal."""

    _inherit = "sale.order"

    def _name_revision(self, text, is_html=False):
        """Return ``text`` with the number of the quotation as its revision's.

        :param str text: what names it by its plain number, or does not name it
        :param bool is_html: leave addresses and other attributes of tags alone
        """
        self.ensure_one()
        number = self._get_quotation_name() if self.name else self.name
        if not text or number == self.name or self.name not in text:
            return text
        pattern = rf"(?<![\w-]){re.escape(self.name)}(?!-?\w)"
        if is_html:
            pattern += BETWEEN_TAGS
        named = re.sub(pattern, lambda _match: number, text)
        return Markup(named) if isinstance(text, Markup) else named


class MailRenderMixin(models.AbstractModel):
    """Templates say ``object.name``, also those that were changed or translated.

    So the revision is put into what came of them, not into the templates.
    """

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(
        self,
        template_src,
        model,
        res_ids,
        engine="inline_template",
        add_context=None,
        options=None,
    ):
        rendered = super()._render_template(
            template_src,
            model,
            res_ids,
            engine=engine,
            add_context=add_context,
            options=options,
        )
        orders = self._get_named_orders(model, res_ids)
        # Views are layouts and notes: they ask for the display name themselves.
        if engine != "qweb_view":
            for id_, order in orders.items():
                rendered[id_] = order._name_revision(rendered[id_], engine == "qweb")
        return rendered

    @api.model
    def _get_named_orders(self, model, res_ids):
        """Return {record id: the revised quotation its e-mails speak of}."""
        if model not in ("sale.order", "sales.proforma"):
            return {}
        # sudo: who may send the document may name its quotation.
        records = self.env[model].sudo().browse(res_ids).exists()
        return {
            record.id: order
            for record in records
            for order in (record if model == "sale.order" else record.order_id)
            if order.revision_number > 1
        }


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template_attachments(
        self, res_ids, render_fields, render_results=None
    ):
        results = super()._generate_template_attachments(
            res_ids, render_fields, render_results=render_results
        )
        for id_, order in self._get_named_orders(self.model, res_ids).items():
            files = results.get(id_, {}).get("attachments")
            if files:
                results[id_]["attachments"] = [
                    (order._name_revision(name), content) for name, content in files
                ]
        return results
