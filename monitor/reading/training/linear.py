"""The linear model: logistic regression, one output at a time."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from monitor.reading.evidence import gather
from monitor.reading.labelled import Row
from monitor.reading.model import BUCKETS, Floats, features

# The inverse of the shrinkage; chosen on texts of writers that the fit did not see.
STRENGTH = 2.0
# A logit that leaves no doubt.
CERTAIN = 10.0


def design(rows: Sequence[Row], ruled: Sequence[bool]) -> csr_matrix:
    """Texts x buckets; the rules' findings only where `ruled` says that they are honest."""
    values: list[float] = []
    buckets: list[int] = []
    starts = [0]
    for row, honest in zip(rows, ruled, strict=True):
        evidence = gather(row["text"], hours_since=row["hours_since"])
        marks = evidence.marks if honest else ()
        index, value = features(evidence.scope.tokens, evidence.scope.found, marks)
        buckets.extend(index)
        values.extend(value)
        starts.append(len(buckets))
    return csr_matrix((values, buckets, starts), shape=(len(rows), BUCKETS))


def fit(rows: Sequence[Row], ruled: Sequence[bool], targets: Floats) -> tuple[Floats, Floats]:
    """Weights (buckets x outputs) and biases."""
    data = design(rows, ruled)
    matrix = np.zeros((BUCKETS, targets.shape[1]))
    bias = np.zeros(targets.shape[1])
    for output, wanted in enumerate(targets.T):
        if wanted.min() == wanted.max():
            # Nothing to tell apart in these texts, so they teach nothing of it.
            bias[output] = CERTAIN if wanted[0] else -CERTAIN
            continue
        model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(data, wanted)
        matrix[:, output] = model.coef_[0]
        bias[output] = model.intercept_[0]
    return matrix, bias
