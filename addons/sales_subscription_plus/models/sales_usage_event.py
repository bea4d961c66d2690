from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..exceptions import SubscriptionLockedError
from .grants import may_bill


class SalesUsageEvent(models.Model):
    """One use of something, reported once."""

    _name = "sales.usage.event"
    _description = "Usage Event"
    _order = "occurred_at desc, id desc"
    _rec_name = "idempotency_key"

    line_id = fields.Many2one(
        "sales.subscription.line",
        string="Subscription Line",
        required=True,
        index=True,
        ondelete="restrict",
        help="Line that is billed for it.",
    )
    subscription_id = fields.Many2one(
        related="line_id.subscription_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, precompute=True
    )
    meter_id = fields.Many2one(
        "sales.usage.meter",
        required=True,
        index=True,
        ondelete="restrict",
        help="What counts it.",
    )
    occurred_at = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        help="When it was used; the subscription's time zone decides on the period.",
    )
    quantity = fields.Float(
        digits="Product Unit", required=True, default=1.0, help="How much was used."
    )
    subject = fields.Char(help="Who used it, for meters that count different users.")
    idempotency_key = fields.Char(
        required=True,
        help="Name of the event in the system that reports it: reported again it "
        "counts once.",
    )
    period_id = fields.Many2one(
        "sales.subscription.period",
        string="Billed In",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Period on whose order it was billed.",
    )

    _key_uniq = models.UniqueIndex(
        "(meter_id, idempotency_key)", "This event is reported already."
    )
    _unbilled_idx = models.Index("(line_id, occurred_at) WHERE period_id IS NULL")

    @api.constrains("line_id", "meter_id")
    def _check_meter(self):
        for event in self:
            if event.line_id.meter_id != event.meter_id:
                raise ValidationError(
                    self.env._(
                        "Meter: %(line)s is not counted by %(meter)s.",
                        line=event.line_id.product_id.display_name,
                        meter=event.meter_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("period_id") for vals in vals_list):
            self._refuse_period()
        return super().create(vals_list)

    def write(self, vals):
        if not may_bill():
            if "period_id" in vals:
                self._refuse_period()
            self._check_unbilled()
        return super().write(vals)

    def _refuse_period(self):
        raise SubscriptionLockedError(
            self.env._("Billed In: set when it is billed, cannot be set by hand.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._check_unbilled()

    def _check_unbilled(self):
        if billed := self.filtered("period_id")[:1]:
            raise SubscriptionLockedError(
                self.env._(
                    "%(event)s is billed. Report another event to correct it.",
                    event=billed.idempotency_key,
                )
            )

    @api.model
    def _report(self, vals_list):
        """Add the events that are not known yet.

        :param list vals_list: values, each with ``meter_id`` and ``idempotency_key``
        :return: (events of all values in order, how many of them are new)
        """
        keys = [(vals["meter_id"], vals["idempotency_key"]) for vals in vals_list]
        known = self._find_by_key(keys)
        fresh = {}
        for key, vals in zip(keys, vals_list, strict=True):
            if key not in known:
                fresh.setdefault(key, vals)
        added = self.create(list(fresh.values()))
        known.update(zip(fresh, added, strict=True))
        return self.union(*(known[key] for key in keys)), len(added)

    @api.model
    def _find_by_key(self, keys):
        found = self.search(
            [
                ("meter_id", "in", list({meter for meter, _key in keys})),
                ("idempotency_key", "in", [key for _meter, key in keys]),
            ]
        )
        return {(event.meter_id.id, event.idempotency_key): event for event in found}
