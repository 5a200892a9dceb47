"""Indicators against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from queries.indicators import proximity, relatedness_density

# Three regions, three products: r0 makes p0 p1; r1 makes p0 p1 p2; r2 makes p0.
PRESENCE = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0]], bool)


def test_proximity_by_hand() -> None:
    # Made together: p0&p1 in 2, p0&p2 in 1, p1&p2 in 1; made in 3, 2, 1 regions.
    assert proximity(PRESENCE) == pytest.approx(np.array([[0, 2 / 3, 1 / 3], [2 / 3, 0, 1 / 2], [1 / 3, 1 / 2, 0]]))


def test_density_by_hand() -> None:
    density = relatedness_density(PRESENCE, proximity(PRESENCE))
    # For p2 in r0: (1/3 + 1/2) / (1/3 + 1/2) = 1; in r2: (1/3) / (5/6) = 0.4.
    assert density[0, 2] == pytest.approx(1.0)
    assert density[2, 2] == pytest.approx(0.4)
    # For p1 in r2: (2/3) / (2/3 + 1/2).
    assert density[2, 1] == pytest.approx(4 / 7)


@given(arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_bounds_and_symmetry(presence: np.ndarray) -> None:
    near = proximity(presence)
    density = relatedness_density(presence, near)
    assert (near == near.T).all()
    assert (np.diag(near) == 0).all()
    assert ((near >= 0) & (near <= 1)).all()
    assert ((density >= 0) & (density <= 1 + 1e-12)).all()
    assert not near[:, presence.sum(axis=0) == 0].any()
