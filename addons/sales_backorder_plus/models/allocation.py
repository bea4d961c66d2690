"""Deals goods out to those who wait for them: a pure function, without the ORM.

Everybody keeps what is firm: picked, packed, printed or promised soon. What else
becomes of a reservation is said by the strategy of the customer's policy:

- ``best``: served before those who come later in rank, and takes what they hold
  where no policy protects it;
- ``keep``: nobody takes what they hold; they queue for what is free;
- ``redistribute``: what they hold is dealt out again by rank;
- ``fair``: as redistribute, but those of one policy and priority share what is left
  in proportion to what each needs;
- ``give``: what they hold is for whoever needs it, they come last;
- ``none`` (no policy): as keep, but ``best`` may take it.
"""

from dataclasses import dataclass

from odoo.tools import groupby

POOLED = frozenset({"redistribute", "fair", "give"})


@dataclass
class Claim:
    """One open move: what it needs and holds, in the unit of the product.

    ``rank`` sorts the claims, lower ones first; its first two parts are priority and
    tier: those who share both share what a fair policy deals out.
    """

    key: int
    rank: tuple
    need: float
    held: float
    strategy: str = "none"
    firm: bool = False
    target: float = 0.0

    @property
    def missing(self):
        return max(self.need - self.target, 0.0)

    @property
    def group(self):
        return self.strategy == "give", self.rank[:2], self.strategy

    def take(self, quantity):
        self.target += quantity
        return quantity


def allocate(claims, free, rounding):
    """Set ``target`` of each claim: how much it is to hold.

    :param list claims: all claims on one product at one place
    :param float free: what nobody holds
    :param float rounding: smallest quantity of the unit
    :return: what is left over
    """
    ordered = sorted(claims, key=lambda one: (one.strategy == "give", one.rank))
    pool = free
    for claim in ordered:
        pooled = claim.strategy in POOLED and not claim.firm
        claim.target = 0.0 if pooled else claim.held
        pool += claim.held if pooled else 0.0
    pool = max(_round(pool, rounding), 0.0)
    # Whom the best may take from, the last one at the end.
    holders = [one for one in ordered if one.strategy == "none" and not one.firm]
    for (_late, _rank, strategy), group in groupby(ordered, lambda one: one.group):
        if strategy == "fair":
            # Somebody works on the firm ones already: they get what the others leave.
            pool -= _share([one for one in group if not one.firm], pool, rounding)
            group = [one for one in group if one.firm]
        for claim in group:
            pool -= claim.take(min(claim.missing, pool))
            if strategy == "best":
                _rob(claim, holders)
    return _round(pool, rounding)


def _rob(claim, holders):
    """Take from those who come later, the last of them first, what is not protected."""
    while holders and claim.missing and holders[-1].rank > claim.rank:
        victim = holders[-1]
        victim.target -= claim.take(min(claim.missing, victim.target))
        if not victim.target:
            # The pool is empty by now: it gets nothing any more.
            holders.pop()


def _share(members, pool, rounding):
    """Deal ``pool`` out in proportion; the rest by rank. Return what was dealt."""
    missing = sum(claim.missing for claim in members)
    if pool >= missing:
        return sum(claim.take(claim.missing) for claim in members)
    step = _get_step(members, pool, rounding)
    part = pool / missing if missing else 0.0
    shares = [_floor(claim.missing * part, step) for claim in members]
    dealt = sum(claim.take(share) for claim, share in zip(members, shares, strict=True))
    for claim in members:
        rest = _round(pool - dealt, rounding)
        if rest < rounding:
            break
        dealt += claim.take(min(step, claim.missing, rest))
    return dealt


def _get_step(members, pool, rounding):
    """Whole pieces where whole pieces are there and are asked for."""
    quantities = [pool, *(claim.missing for claim in members)]
    whole = all(abs(one - round(one)) < rounding / 2 for one in quantities)
    return max(1.0, rounding) if whole else rounding


def _round(quantity, rounding):
    return round(quantity / rounding) * rounding


def _floor(quantity, rounding):
    return int(quantity / rounding + 1e-9) * rounding
