"""Standard indicators of economic complexity on plain matrices (regions x products). Pure NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def proximity(presence: NDArray[np.bool_]) -> Matrix:
    """How often two products are made in the same regions: φ_ij = min(P(i|j), P(j|i)), diagonal 0.

    Hidalgo, Klinger, Barabási & Hausmann, "The product space conditions the development of nations", Science 317 (2007).

    Args:
        presence: regions x products, whether the region makes the product.

    Returns:
        products x products in [0, 1]; a product made nowhere is near to nothing.
    """
    made = presence.astype(np.float64)
    together = made.T @ made
    ubiquity = made.sum(axis=0)
    larger = np.maximum(ubiquity[:, None], ubiquity[None, :])
    near: Matrix = np.divide(together, larger, out=np.zeros_like(together), where=larger > 0)
    np.fill_diagonal(near, 0.0)
    return near


def relatedness_density(presence: NDArray[np.bool_], near: Matrix) -> Matrix:
    """How much of what is near to a product a region makes: ω_rp = Σ_j M_rj φ_pj / Σ_j φ_pj (same source).

    Args:
        presence: regions x products.
        near: products x products, symmetric (`proximity`).

    Returns:
        regions x products in [0, 1]; 0 where nothing is near to the product.
    """
    total = near.sum(axis=0)
    density: Matrix = np.divide(presence.astype(np.float64) @ near, total[None, :], out=np.zeros(presence.shape), where=total[None, :] > 0)
    return density
