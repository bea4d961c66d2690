from odoo import api, fields, models

from ..exceptions import AllocationError


class SalesBackorderRun(models.Model):
    """A proposal of who is to hold which goods; applied as it was shown, or not at all.

    Applied runs stay as they are: they are the log of who gained and who lost, and why.
    """

    _name = "sales.backorder.run"
    _description = "Reallocation"
    _inherit = ["sales.audit.mixin", "sales.own.fields.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        help="Number of the run.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        help="Whose stock is dealt out.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Only the stock of this warehouse; empty: of all.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        help="Only these; empty: all of which something is short.",
    )
    state = fields.Selection(
        selection=[("draft", "Proposal"), ("applied", "Applied")],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Proposal: nothing has happened yet. Applied: done, and kept.",
    )
    line_ids = fields.One2many(
        "sales.backorder.run.line",
        "run_id",
        string="Decisions",
        readonly=True,
        help="Every claim that was looked at, and what became of it.",
    )
    proposed_on = fields.Datetime(
        readonly=True, copy=False, help="When the proposal was made."
    )
    applied_on = fields.Datetime(readonly=True, copy=False, help="When it was applied.")
    applied_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who applied it."
    )
    change_count = fields.Integer(
        string="Changes",
        compute="_compute_change_count",
        store=True,
        help="How many moves gain or lose something.",
    )

    @api.depends("line_ids.qty_delta")
    def _compute_change_count(self):
        for run in self:
            run.change_count = len(run.line_ids.filtered("qty_delta"))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        # sudo: who reserves may not read sequences.
        sequence = self.env["ir.sequence"].sudo()
        return super().create(
            [
                {**vals, "name": sequence.next_by_code(self._name) or "/"}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        self._check_own_write(vals)
        if any(run.state == "applied" for run in self):
            raise AllocationError(
                self.env._(
                    "Reallocation: an applied run stays as it is. Make a new one."
                ),
                rule="applied",
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(run.state == "applied" for run in self):
            raise AllocationError(
                self.env._("Reallocation: applied runs are kept as a log."),
                rule="applied",
            )

    # === Actions === #

    def action_propose(self):
        """Look who should hold what; nothing is reserved or released.

        :return: True
        :raise AllocationError: if the run is applied already
        """
        for run in self:
            run._ensure_draft()
            # sudo: decisions come from here alone.
            run.sudo().line_ids.unlink()
            run.sudo().line_ids.create(run._prepare_lines(run._get_decisions()))
            run._write_own({"proposed_on": fields.Datetime.now()})
        return True

    def action_apply(self):
        """Reserve and release exactly what the proposal shows.

        :return: True
        :raise AllocationError: if stock or orders have changed since the proposal, or
            a reservation does not come out as proposed; nothing is kept then
        """
        for run in self:
            run._ensure_draft()
            run._ensure_as_proposed()
            run._apply()
        return True

    def _ensure_draft(self):
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise AllocationError(
                self.env._("%s is applied already. Make a new run.", self.name),
                rule="applied",
            )

    def _ensure_as_proposed(self):
        """Refuse to do anything but what was shown."""
        if not self.proposed_on:
            raise AllocationError(
                self.env._("%s: look at the proposal first (Propose).", self.name),
                rule="proposed",
            )
        shown = {
            line.move_id.id: (line.qty_before, line.qty_after) for line in self.line_ids
        }
        current = {
            move.id: (claim.held, claim.target)
            for move, claim, _why in self._get_decisions()
        }
        if shown != current:
            raise self._get_stale_error()

    def _get_stale_error(self):
        return AllocationError(
            self.env._(
                "%s: stock or orders have changed since the proposal. Propose again, "
                "look at it, then apply.",
                self.name,
            ),
            rule="stale",
        )
