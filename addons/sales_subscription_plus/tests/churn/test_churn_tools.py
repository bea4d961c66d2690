import random
from math import exp

from odoo.tests import BaseCase, tagged

from ...tools import churn


def make_customers(count, seed):
    """Return (rows, labels) of customers in the shape of telephone contracts.

    Tenure in months, monthly charge, contract length, calls for help and whether they
    pay by hand; a quarter of them leaves, as in the well-known public set.
    """
    draw = random.Random(seed)
    rows, labels = [], []
    for _one in range(count):
        tenure = min(draw.expovariate(1 / 28), 72)
        charge = draw.uniform(18, 118)
        contract = draw.choice([1, 1, 1, 12, 24])
        calls = draw.choice([0, 0, 1, 2, 4])
        by_hand = draw.random() < 0.35
        score = (
            -0.9
            - 0.045 * tenure
            + 0.020 * (charge - 65)
            - 0.11 * (contract - 1)
            + 0.45 * calls
            + 0.7 * by_hand
        )
        rows.append([tenure, charge, contract, calls, float(by_hand)])
        labels.append(int(draw.random() < 1 / (1 + exp(-score))))
    return rows, labels


@tagged("post_install", "-at_install")
class TestChurnTools(BaseCase):
    """The model itself, on data whose truth is known."""

    def test_it_tells_on_rows_it_has_not_seen(self):
        rows, labels = make_customers(4000, 3)
        self.assertTrue(0.2 < sum(labels) / len(labels) < 0.35)
        model = churn.fit(rows[:2800], labels[:2800])
        scores = [churn.predict(model, row) for row in rows[2800:]]
        auc = churn.get_auc(scores, labels[2800:])
        self.assertGreaterEqual(auc, 0.80)
        self.assertGreater(churn.get_lower_auc(auc, labels[2800:]), 0.75)
        self.assertGreater(churn.get_lift(scores, labels[2800:]), 2.0)
        self.assertLess(churn.get_calibration(scores, labels[2800:]), 0.05)

    def test_noise_is_not_told(self):
        draw = random.Random(5)
        rows = [[draw.gauss(0, 1) for _one in range(5)] for _row in range(2000)]
        labels = [draw.randint(0, 1) for _row in rows]
        model = churn.fit(rows[:1000], labels[:1000])
        scores = [churn.predict(model, row) for row in rows[1000:]]
        self.assertLess(abs(churn.get_auc(scores, labels[1000:]) - 0.5), 0.06)

    def test_reasons_name_what_adds_most(self):
        rows, labels = make_customers(3000, 4)
        model = churn.fit(rows, labels)
        worst = [index for index, _part in churn.explain(model, [1, 60, 1, 4, 0.0])]
        # Newly come and four calls for help; paying by hand is none of it.
        self.assertEqual(set(worst[:2]), {0, 3})
        self.assertEqual(worst[-1], 4)

    def test_auc_by_counting_pairs(self):
        draw = random.Random(6)
        scores = [draw.choice([0.1, 0.2, 0.3, 0.4]) for _one in range(60)]
        labels = [draw.randint(0, 1) for _one in range(60)]
        pairs = [
            (a > b) + 0.5 * (a == b)
            for a, yes in zip(scores, labels, strict=True)
            if yes
            for b, no in zip(scores, labels, strict=True)
            if not no
        ]
        self.assertAlmostEqual(churn.get_auc(scores, labels), sum(pairs) / len(pairs))

    def test_one_feature_that_never_changes(self):
        rows = [[1.0, float(n % 7)] for n in range(100)]
        labels = [int(n % 7 > 3) for n in range(100)]
        model = churn.fit(rows, labels)
        self.assertLess(churn.predict(model, [1.0, 0.0]), 0.1)
        self.assertGreater(churn.predict(model, [1.0, 6.0]), 0.9)
