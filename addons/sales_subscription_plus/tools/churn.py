"""A logistic model in plain Python: small, open, and measured before it speaks."""

from math import exp, sqrt

ROUNDS = 12
# Keeps weights of rare features small.
PENALTY = 1.0
Z = 1.96


def fit(rows: list, labels: list) -> dict:
    """Return the model that tells ``labels`` from ``rows``.

    :param rows: lists of numbers, all of one length
    :param labels: 1 where it happened, else 0
    """
    size = len(rows[0])
    means, scales = _get_scales(rows, size)
    scaled = [_scale(row, means, scales) for row in rows]
    weights = [0.0] * (size + 1)
    for _round in range(ROUNDS):
        step = _get_step(scaled, labels, weights)
        weights = [one + change for one, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-8:
            break
    return {"means": means, "scales": scales, "weights": weights}


def predict(model: dict, row: list) -> float:
    """Return the probability for ``row``."""
    scaled = _scale(row, model["means"], model["scales"])
    return _squash(_dot(model["weights"], scaled))


def explain(model: dict, row: list) -> list:
    """Return [(index of the feature, what it adds to the score)], the worst first."""
    scaled = _scale(row, model["means"], model["scales"])
    parts = [
        (index, model["weights"][index + 1] * value)
        for index, value in enumerate(scaled[1:])
    ]
    return sorted(parts, key=lambda part: -part[1])


def get_auc(scores: list, labels: list) -> float:
    """Return how often one where it happened is scored above one where it did not."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, place = [0.0] * len(scores), 0
    while place < len(order):
        end = place
        while end < len(order) and scores[order[end]] == scores[order[place]]:
            end += 1
        for index in order[place:end]:
            ranks[index] = (place + end + 1) / 2
        place = end
    yes = sum(labels)
    no = len(labels) - yes
    if not yes or not no:
        return 0.5
    total = sum(rank for rank, label in zip(ranks, labels, strict=True) if label)
    return (total - yes * (yes + 1) / 2) / (yes * no)


def get_lower_auc(auc: float, labels: list) -> float:
    """Return the lower end of the 95 % interval of ``auc`` (Hanley and McNeil)."""
    yes = sum(labels)
    no = len(labels) - yes
    if not yes or not no:
        return 0.0
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (yes - 1) * (q1 - auc**2) + (no - 1) * (q2 - auc**2)
    return auc - Z * sqrt(max(spread, 0.0) / (yes * no))


def get_lift(scores: list, labels: list, share: float = 0.1) -> float:
    """Return how much oftener it happened among the highest scores than among all."""
    base = sum(labels) / len(labels)
    count = max(round(len(scores) * share), 1)
    best = sorted(range(len(scores)), key=lambda index: -scores[index])[:count]
    return sum(labels[index] for index in best) / count / base if base else 0.0


def get_calibration(scores: list, labels: list, groups: int = 5) -> float:
    """Return how far what was said lies from what happened, on average over groups."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    error = 0.0
    for group in range(groups):
        part = order[group * len(order) // groups : (group + 1) * len(order) // groups]
        said = sum(scores[index] for index in part)
        error += abs(said - sum(labels[index] for index in part))
    return error / len(scores)


def _get_scales(rows, size):
    means = [sum(row[one] for row in rows) / len(rows) for one in range(size)]
    scales = []
    for one, mean in enumerate(means):
        spread = sqrt(sum((row[one] - mean) ** 2 for row in rows) / len(rows))
        scales.append(spread or 1.0)
    return means, scales


def _scale(row, means, scales):
    return [
        1.0,
        *(
            (value - mean) / scale
            for value, mean, scale in zip(row, means, scales, strict=True)
        ),
    ]


def _dot(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


def _squash(score):
    return 1 / (1 + exp(-max(min(score, 30.0), -30.0)))


def _get_step(rows, labels, weights):
    """Return the Newton step of the penalised likelihood."""
    size = len(weights)
    slope = [0.0] * size
    matrix = [[0.0] * size for _one in range(size)]
    for row, label in zip(rows, labels, strict=True):
        chance = _squash(_dot(weights, row))
        miss, weight = label - chance, max(chance * (1 - chance), 1e-9)
        for i, value in enumerate(row):
            slope[i] += miss * value
            part = weight * value
            line = matrix[i]
            for j in range(i, size):
                line[j] += part * row[j]
    for i in range(size):
        for j in range(i):
            matrix[i][j] = matrix[j][i]
        if i:
            matrix[i][i] += PENALTY
            slope[i] -= PENALTY * weights[i]
    return _solve(matrix, slope)


def _solve(matrix, right):
    """Solve a positive definite system by elimination."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(i + 1, size):
            factor = rows[k][i] / rows[i][i]
            for j in range(i, size + 1):
                rows[k][j] -= factor * rows[i][j]
    found = [0.0] * size
    for i in reversed(range(size)):
        rest = sum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - rest) / rows[i][i]
    return found
