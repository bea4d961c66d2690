from odoo import api, models

from .sales_own_fields import OURS

# The client reads fields of this class when their page is opened (late_pages.js).
LATE = "o_sales_late"
# It does not ask for fields of this class while something is typed: they tell what lies
# beside the saved order.
SAVED = "o_sales_saved"
# Names of the only fields whose onchange methods run; what has been typed stands.
ONLY = "sales_late_fields"


class SaleOrder(models.Model):
    """The pages of the form: what nobody looks at is not read.

    A field may be late if nothing is lost while the client does not know it, because
    the server computes it, or gives it its default, when the order is saved:

    - it is ours, or computed and not saved: other addons may count on the others;
    - no onchange method sets it, whose answer the client would not keep, and none
      warns of what it is computed to be;
    - what is computed with it is not given by the client, which would keep the server
      from computing it.
    """

    _inherit = "sale.order"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._mark_late_fields(arch)
            self._mark_counters(arch)
        return arch, view

    @api.model
    def _mark_late_fields(self, arch):
        """Mark the fields of all pages but the first, which is open."""
        early = self._get_early_fields()
        for notebook in arch.xpath("//notebook[not(ancestor::field)]"):
            for page in notebook.findall("page")[1:]:
                for node in page.xpath(".//field[not(ancestor::field)]"):
                    name = node.get("name")
                    if name not in early and self._may_be_late(name, node):
                        add_class(node, LATE)

    @api.model
    def _mark_counters(self, arch):
        for node in arch.xpath("//div[@name='button_box'][1]//field"):
            field = self._fields.get(node.get("name"))
            if field and field.readonly:
                add_class(node, SAVED)

    @api.model
    def _may_be_late(self, name, node):
        field = self._fields.get(name)
        if not field or field.required or node.get("required"):
            return False
        if field.compute and name in self._onchange_methods:
            return False
        if not self._is_ours(field) and (field.store or not field.readonly):
            return False
        together = self.pool.field_computed.get(field, ())
        return all(one.readonly for one in together if one is not field)

    @api.model
    def _is_ours(self, field):
        return all(module.startswith(OURS) for module in field._modules)

    @api.model
    def _get_early_fields(self):
        """Return the names of our fields that onchange methods set.

        Extended by addons whose methods set more.
        """
        return {"classification_given", "order_type_id"}

    def _apply_onchange_methods(self, field_name, result):
        """Let a page that is opened late not load a template again, for example."""
        only = self.env.context.get(ONLY)
        if only is None or field_name in only:
            super()._apply_onchange_methods(field_name, result)


def add_class(node, name):
    node.set("class", f"{node.get('class', '')} {name}".strip())
