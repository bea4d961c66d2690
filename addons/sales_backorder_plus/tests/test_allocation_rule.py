import random

from odoo.tests import BaseCase, tagged

from ..models.allocation import Claim, allocate


@tagged("post_install", "-at_install")
class TestAllocate(BaseCase):
    """Properties of the rule on random supply and demand."""

    STRATEGIES = ("best", "keep", "redistribute", "fair", "give", "none")

    def _new_claims(self, rng):
        tiers = {tier: rng.choice(self.STRATEGIES) for tier in range(4)}
        claims = []
        for key in range(rng.randint(1, 12)):
            tier = rng.randrange(4)
            need = rng.randint(1, 20)
            claims.append(
                Claim(
                    key=key,
                    rank=(-rng.randint(-1, 2), (tier, 0), key),
                    need=float(need),
                    held=float(rng.randint(0, need)),
                    strategy=tiers[tier],
                    firm=rng.random() < 0.2,
                )
            )
        return claims

    def test_nothing_is_invented_or_lost(self):
        for seed in range(400):
            with self.subTest(seed=seed):
                rng = random.Random(seed)
                claims, free = self._new_claims(rng), float(rng.randint(0, 40))
                supply = free + sum(claim.held for claim in claims)
                left = allocate(claims, free, 1.0)
                dealt = sum(claim.target for claim in claims)
                self.assertAlmostEqual(dealt + left, supply, 6)
                for claim in claims:
                    self.assertGreaterEqual(claim.target, 0)
                    self.assertLessEqual(claim.target, claim.need)
                    if claim.firm or claim.strategy in ("keep", "best"):
                        self.assertGreaterEqual(claim.target, claim.held)
                if left:
                    self.assertFalse(any(claim.missing for claim in claims))

    def test_no_lower_rank_first(self):
        """Whoever gains is not preceded by one who still misses something."""
        for seed in range(400):
            with self.subTest(seed=seed):
                rng = random.Random(1000 + seed)
                claims = self._new_claims(rng)
                allocate(claims, float(rng.randint(0, 20)), 1.0)
                ordered = sorted(claims, key=lambda c: (c.strategy == "give", c.rank))
                for place, claim in enumerate(ordered):
                    # Best first also gets what those behind it hold.
                    plain = claim.strategy not in ("fair", "best")
                    before = [one for one in ordered[:place] if one.strategy != "fair"]
                    if plain and claim.target > claim.held:
                        self.assertFalse([one for one in before if one.missing])

    def test_running_twice_changes_nothing(self):
        for seed in range(400):
            with self.subTest(seed=seed):
                rng = random.Random(2000 + seed)
                claims = self._new_claims(rng)
                left = allocate(claims, float(rng.randint(0, 20)), 1.0)
                targets = [claim.target for claim in claims]
                for claim in claims:
                    claim.held = claim.target
                self.assertEqual(allocate(claims, left, 1.0), left)
                self.assertEqual([claim.target for claim in claims], targets)

    def test_fair_shares_are_whole_pieces(self):
        """Pieces stay whole, what is weighed is split, and nothing is left over."""
        for need, pool, expected in (
            (4.0, 7.0, [3.0, 2.0, 2.0]),
            (4.5, 7.0, [2.34, 2.33, 2.33]),
            (1.0, 2.0, [1.0, 1.0, 0.0]),
        ):
            with self.subTest(need=need):
                claims = [
                    Claim(key, (0, (0, 0), key), need, 0.0, "fair") for key in range(3)
                ]
                left = allocate(claims, pool, 0.01)
                targets = [round(claim.target, 6) for claim in claims]
                self.assertEqual((targets, left), (expected, 0.0))

    def test_fair_shares_are_in_proportion(self):
        claims = [
            Claim(key=key, rank=(0, (0, 0), key), need=need, held=0.0, strategy="fair")
            for key, need in enumerate((30.0, 20.0, 10.0))
        ]
        allocate(claims, 12.0, 1.0)
        self.assertEqual([claim.target for claim in claims], [6.0, 4.0, 2.0])
        allocate(claims, 14.0, 1.0)
        self.assertEqual(sum(claim.target for claim in claims), 14.0)
        for claim in claims:
            self.assertLess(abs(claim.target - claim.need * 14 / 60), 1.5)
