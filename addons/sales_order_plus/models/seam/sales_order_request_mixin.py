from odoo import api, fields, models
from odoo.exceptions import LockError

from ...exceptions import AppendOnlyError, SalesError


class SalesOrderRequestMixin(models.AbstractModel):
    """What somebody wants done with an order: a change, a cancellation, a return.

    Written by people while it is a draft, and by its own methods afterwards. A model
    says its states, which error it raises and in which words it refuses.
    """

    _name = "sales.order.request.mixin"
    _description = "Request About an Order"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.guard.mixin",
        "sales.own.fields.mixin",
        "sales.presence.mixin",
    ]

    # Error that is raised when something stands against the request.
    _request_error = SalesError
    # What the codes of its audit events begin with.
    _request_code = None
    # States in which nothing of ours is written any more.
    _request_final = ()
    # Fields that follow from others, or are filled by others, whatever the state.
    _request_free = frozenset()

    name = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        help="Number of the request.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        help="The order it is about.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, help="Its company."
    )
    user_id = fields.Many2one(
        related="order_id.user_id",
        string="Salesperson",
        store=True,
        help="Salesperson of the order.",
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id",
        string="Customer",
        store=True,
        index=True,
        help="Customer of the order.",
    )
    currency_id = fields.Many2one(
        related="order_id.currency_id", help="Currency of the amounts."
    )
    channel = fields.Selection(
        selection=[("staff", "Staff"), ("rpc", "Program"), ("portal", "Customer")],
        default="staff",
        required=True,
        readonly=True,
        help="Who asked for it, and how.",
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who asked for it."
    )
    requested_on = fields.Datetime(
        readonly=True, copy=False, help="When it was asked for."
    )
    decided_on = fields.Datetime(readonly=True, copy=False, help="When it was decided.")
    decision_note = fields.Text(
        readonly=True, copy=False, help="Why it was refused or withdrawn."
    )

    # === Seams: what each kind of request says === #

    def _get_request_texts(self):
        """Return the sentences of refusals.

        :return: dict with ``submitted`` and ``final`` (it is written no more),
            ``unlink`` and ``again`` (the next step where nothing else helps)
        """
        raise NotImplementedError

    def _get_request_steps(self):
        """Return {state: what to do first} for what is out of turn."""
        return {}

    def _check_order(self):
        """Refuse a request about an order that is not the user's to write."""
        self.order_id.check_access("write")

    def _prepare_decided_vals(self):
        """Return what is kept with every decision."""
        return {"decided_on": fields.Datetime.now()}

    def _after_decision(self):
        """Do what follows from a decision, such as telling the customer."""
        self.ensure_one()

    # === Buttons === #

    def action_open_order(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return self.order_id._get_records_action()

    # === Append only === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        # sudo: salespeople may not read sequences.
        sequence = self.env["ir.sequence"].sudo()
        records = super().create(
            [
                {**vals, "name": sequence.next_by_code(self._name) or "/"}
                for vals in vals_list
            ]
        )
        for one in records:
            one._check_order()
        return records

    def _get_content(self, vals):
        """Return the names of our own fields in ``vals``; the rest is the chatter's."""
        return {
            name
            for name in vals
            if (self._fields[name]._module or "").startswith("sales_")
        }

    def write(self, vals):
        self._check_own_write(vals)
        content = self._get_content(vals)
        if content and self.filtered(lambda one: one.state in self._request_final):
            raise AppendOnlyError(self._get_request_texts()["final"])
        typed = content - self._get_own_fields() - self._request_free
        if typed and self.filtered(lambda one: one.state != "draft"):
            raise self._request_error(
                self._get_request_texts()["submitted"],
                field=sorted(typed)[0],
                rule="draft",
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(one.state != "draft" for one in self):
            raise AppendOnlyError(self._get_request_texts()["unlink"])

    # === Its turn === #

    def _ensure_state(self, *states):
        """Refuse who may not write the order, and what is out of turn."""
        self.ensure_one()
        self.check_access("write")
        self.order_id.check_access("write")
        self._ensure_turn(states)

    def _ensure_turn(self, states):
        if self.state in states:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        step = self._get_request_steps().get(self.state)
        raise self._request_error(
            self.env._(
                "%(name)s is %(state)s. %(step)s",
                name=self.name,
                state=labels[self.state],
                step=step or self._get_request_texts()["again"],
            ),
            field="state",
            rule="state",
        )

    def _lock_order(self):
        """Let nobody else ask about, or change, the order meanwhile."""
        try:
            # sudo: the lock is on the row, the right to write was checked.
            self.order_id.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise self._request_error(
                self.env._(
                    "%s is being changed by somebody else. Try again in a moment.",
                    self.order_id.name,
                ),
                field="order_id",
                rule="busy",
            ) from error

    # === Refused, withdrawn === #

    def _decide(self, state, states, reason):
        """End requests that are in one of ``states``, and keep why.

        :return: True
        """
        reason = (reason or "").strip()
        if not reason:
            raise self._request_error(
                self.env._("Reason: say why."), field="reason", rule="required"
            )
        for one in self:
            one._ensure_state(*states)
            one._drop(state, reason)
        return True

    def _drop(self, state, reason):
        self._write_own(
            {**self._prepare_decided_vals(), "state": state, "decision_note": reason}
        )
        self._log_event(
            f"{self._request_code}.{state}", order=self.order_id.name, reason=reason
        )
        self._after_decision()
