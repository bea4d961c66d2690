from odoo import api, models

from .intake_messages import PROBLEMS
from .sales_order_import import IntakeError
from .sales_order_import_column import NUMBERS


class SalesOrderImport(models.Model):
    """What is wrong with a file or its columns, said so that it can be put right."""

    _inherit = "sales.order.import"

    # === Before the start === #

    def _check_ready(self):
        """Raise if the columns or the user's rights do not suffice."""
        self.ensure_one()
        self._check_columns()
        for flag, model in (
            ("create_customers", "res.partner"),
            ("create_products", "product.product"),
        ):
            records = self.env[model].with_user(self.user_id)
            if self[flag] and not records.has_access("create"):
                raise IntakeError(
                    self.env._(
                        "%(option)s: you may not create them. Untick it, or ask "
                        "somebody who may to import the file.",
                        option=self._fields[flag]._description_string(self.env),
                    )
                )

    def _check_columns(self):
        targets = [target for target in self.column_ids.mapped("target") if target]
        labels = dict(
            self.env["sales.order.import.column"]
            ._fields["target"]
            ._description_selection(self.env)
        )
        doubles = {target for target in targets if targets.count(target) > 1}
        if doubles:
            raise IntakeError(
                self.env._(
                    "Columns: %(field)s is chosen for more than one column. "
                    "Choose one and leave the others empty.",
                    field=", ".join(labels[target] for target in sorted(doubles)),
                )
            )
        self._check_repeated_columns(targets, labels)
        missing = [
            " / ".join(labels[choice] for choice in choices)
            for choices in self._get_required_targets()
            if not set(choices) & set(targets)
        ]
        if missing:
            raise IntakeError(
                self.env._(
                    "Columns: no column is chosen for %(missing)s. The file has the "
                    "columns %(headers)s. Choose what they are; if they look joined, "
                    "choose another delimiter.",
                    missing=", ".join(missing),
                    headers=", ".join(self.column_ids.mapped("header")[:20]),
                )
            )

    def _check_repeated_columns(self, targets, labels):
        """Raise if two columns may be a number and none was chosen.

        Else a file with two prices would silently get those of the pricelist.
        """
        columns = self.env["sales.order.import.column"]
        for target in NUMBERS:
            if target == "price_unit" and self.price_source != "file":
                continue
            fitting = self.column_ids.filtered(
                lambda c, target=target: columns._guess_target(c.header) == target
            )
            if target not in targets and len(fitting) > 1:
                raise IntakeError(
                    self.env._(
                        "Columns: %(headers)s could each be %(field)s. Choose the one "
                        "to be imported.",
                        headers=", ".join(fitting.mapped("header")),
                        field=labels[target],
                    )
                )

    def _get_required_targets(self):
        """Return tuples of fields of which one is needed each."""
        required = [
            ("order_ref",),
            ("product", "barcode", "product_name"),
            ("quantity",),
        ]
        if not self.default_customer_id:
            required.append(("customer", "customer_email", "customer_name"))
        return required

    @api.model
    def _get_file_error(self, problem):
        """Return the typed error for a file that cannot be read."""
        message = self.env._(PROBLEMS[problem.code])
        return IntakeError(message % problem.params, problem=problem.code)
