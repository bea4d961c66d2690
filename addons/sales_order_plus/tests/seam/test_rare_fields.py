from odoo.tests import TransactionCase, tagged

# How many fields of ours each reading of a record of Odoo's fetches at most, with all
# addons. Whoever adds one that no page, print or confirmation of a plain order reads
# gives it prefetch="sales_rare": eighty orders have eighty values of it.
FETCHED = {
    "sale.order": 34,
    "sale.order.line": 14,
    "res.partner": 9,
    "product.template": 10,
    "res.company": 28,
}


@tagged("post_install", "-at_install")
class TestRareFields(TransactionCase):
    """What only its own feature reads is not fetched with every order."""

    def _get_own_fields(self, model):
        return [
            field
            for field in self.env[model]._fields.values()
            if field._modules
            and all(one.startswith("sales_") for one in field._modules)
        ]

    def test_few_are_fetched_always(self):
        for model, limit in FETCHED.items():
            fields = self._get_own_fields(model)
            fetched = [field.name for field in fields if field.prefetch is True]
            with self.subTest(model):
                self.assertLessEqual(len(fetched), limit, fetched)

    def test_rare_ones_are_read_together(self):
        partner = self.env["res.partner"].create({"name": "Reader"})
        order = self.env["sale.order"].create({"partner_id": partner.id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(order.name)
        rare = order._fields["hold_reason"]
        self.assertTrue([*rare._cache_missing_ids(order)])
        self.assertFalse(order.lost_note)
        self.assertFalse([*rare._cache_missing_ids(order)])
