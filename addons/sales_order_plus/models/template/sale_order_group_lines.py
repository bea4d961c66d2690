from odoo import api, models
from odoo.fields import Command

from ...exceptions import QuotationTemplateError


class SaleOrder(models.Model):
    """Sections by product category, with Odoo's own subtotals."""

    _inherit = "sale.order"

    def action_group_by_category(self):
        """Sort the lines of quotations by category, each under a section.

        Called again it sorts anew: its own sections are replaced.

        :return: True
        :raise QuotationTemplateError: if it is no quotation, or has other sections
        """
        for order in self:
            order._check_groupable()
            order.write({"order_line": order._prepare_grouping_commands()})
        # Read again in their new order.
        self.order_line.flush_recordset(["sequence"])
        self.invalidate_recordset(["order_line"])
        return True

    def _check_groupable(self):
        if self.state not in ("draft", "sent"):
            raise QuotationTemplateError(
                self.env._(
                    "%(order)s: only the lines of quotations are grouped.",
                    order=self.display_name,
                )
            )
        others = self._get_section_lines().filtered(lambda s: not self._is_group(s))
        if others:
            raise QuotationTemplateError(
                self.env._(
                    "%(order)s: the section “%(section)s” was made by hand and would "
                    "lose its lines. Delete the section, then group again.",
                    order=self.display_name,
                    section=others[0].name,
                )
            )

    def _get_section_lines(self):
        return self.order_line.filtered(
            lambda line: line.display_type in ("line_section", "line_subsection")
        )

    def _is_group(self, section):
        return section.name in self.order_line.product_id.categ_id.mapped("name")

    def _prepare_grouping_commands(self):
        """Return the commands that sort, keeping the order within a category.

        Notes stay below the line they follow.
        """
        groups, current = {}, None
        for line in self.order_line - self._get_section_lines():
            if line.product_id:
                current = line.product_id.categ_id
            groups.setdefault(current, []).append(line)
        commands = [Command.delete(section.id) for section in self._get_section_lines()]
        sequence = 1
        for category in sorted(groups, key=lambda c: c.complete_name if c else ""):
            if category:
                commands.append(self._prepare_section_command(category, sequence))
            for line in groups[category]:
                sequence += 1
                commands.append(Command.update(line.id, {"sequence": sequence}))
            sequence += 1
        return commands

    @api.model
    def _prepare_section_command(self, category, sequence):
        return Command.create(
            {
                "display_type": "line_section",
                "name": category.name,
                "sequence": sequence,
            }
        )
