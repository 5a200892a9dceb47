"""Where the industry chain of a region is broken or weak, and what lies within its reach.

missing 补链: an input of what the region makes (within three hops upstream), or a product of the named chain, that nobody
there makes. weak 强链: one maker there, and something made there takes it as input. extension 延链: made in at least two
other provinces, not there. One score for all kinds: relatedness density times the logarithm of the makers elsewhere,
over its greatest (`benchmarks/gap_leave_out.py` measures how
it ranks products that were taken away).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import UsageError
from graph.snapshot import Snapshot
from queries.indicators import Matrix
from queries.industry import Industry, Relatedness, Step
from queries.regions import Scope
from queries.results import Gap, GapResult

KINDS: dict[str, str] = {"missing": "补链", "weak": "强链", "extension": "延链"}
COMING: dict[str, str] = {"bottleneck": "卡点", "build": "建链"}
_DIGITS = 6
_MEMBERSHIP = 0.1
"""What being an input of the region's own products adds: a little, since the links are sparse and partly noise."""


@dataclass(slots=True)
class _Chain:
    """A named chain: its products and all that goes into them, with the way there."""

    name: str
    products: NDArray[np.bool_]
    upstream: dict[int, Step]

    def holds(self, product: int) -> bool:
        return bool(self.products[product]) or product in self.upstream


def find_gaps(snapshot: Snapshot, *, regions: Sequence[str] = (), chains: Sequence[str] = (), kinds: Sequence[str] = (), top: int = 50,
              progress: Callable[[int, int], None] | None = None) -> GapResult:
    """Rank the gaps of regions.

    Args:
        snapshot: the graph.
        regions: codes, names or groups; all provinces where something is made when empty.
        chains: ids or ends of them; only their products and what goes into those.
        kinds: `missing`, `weak`, `extension`; all when empty.
        top: rows a region; 0 gives every candidate.
        progress: told how many regions of how many are done.

    Raises:
        UsageError: an unknown kind, or a negative `top`.
        UnknownId: a region or chain that is not there.
    """
    kinds = _kinds(kinds, top)
    industry = Industry(snapshot)
    provinces, by_province = industry.by_province()
    result = GapResult(notes=_notes(industry, by_province))
    scopes = [industry.regions.scope(r) for r in regions] or [p for p, made in zip(provinces, by_province, strict=True) if made.any()]
    chosen = [_chain(industry, snapshot, c) for c in chains]
    space = Relatedness.of(by_province)
    for done, scope in enumerate(scopes, 1):
        finder = _Finder(industry, scope, provinces, by_province, space, chosen)
        result.gaps += finder.ranked(frozenset(kinds), top)
        if not finder.makes_anything:
            result.notes.append(f"{scope.name}：数据中没有当地企业的产品，看不出它缺什么。")
        if progress is not None:
            progress(done, len(scopes))
    return result


def _kinds(kinds: Sequence[str], top: int) -> list[str]:
    """The kinds asked for, by their English or Chinese names."""
    if top < 0:
        raise UsageError(f"--top is 0 (all) or more, not {top}")
    english = {chinese: kind for kind, chinese in (KINDS | COMING).items()}
    asked = [english.get(kind, kind) for kind in kinds]
    for kind in asked:
        if kind in COMING:
            raise UsageError(f"{kind} ({COMING[kind]}) is not computed by this version: use {', '.join(KINDS)}")
        if kind not in KINDS:
            raise UsageError(f"a kind of gap is one of {', '.join(f'{k} {c}' for k, c in KINDS.items())}, not {kind!r}")
    return asked


def _chain(industry: Industry, snapshot: Snapshot, wanted: str) -> _Chain:
    names = [i for i, name in zip(snapshot.ids("chains"), snapshot.names("chains"), strict=True) if name == wanted]
    chain = names[0] if len(names) == 1 else snapshot.find(wanted, ("chains",))[1]
    at = snapshot.positions("products")
    products = np.zeros(len(at), np.bool_)
    products[[at[p] for p in snapshot.targets("chain_products").get(chain, []) if p in at]] = True
    return _Chain(str(snapshot.row("chains", chain)["name"]), products, industry.upstream(products))


def _notes(industry: Industry, by_province: Matrix) -> list[str]:
    """What the data cannot tell."""
    makers = np.diff(industry.makes.indptr) > 0
    placed = by_province.sum()
    notes = [f"{int(makers.sum())} 家企业有产品数据，涉及 {int((industry.national > 0).sum())} 种产品；没有产品数据的企业不计入。"]
    if (lost := industry.national.sum() - placed) > 0:
        notes.append(f"{int(lost)} 条产品记录的企业没有所在地区，只计入“外地企业”。")
    if (junk := int((~industry.usable).sum())):
        notes.append(f"{junk} 种产品被来源标为无效（junk），不作为投入品。")
    return notes


class _Finder:
    """The gaps of one region."""

    def __init__(self, industry: Industry, scope: Scope, provinces: list[Scope], by_province: Matrix, space: Relatedness,
                 chains: list[_Chain]) -> None:
        self._industry, self._scope, self._space, self._chains = industry, scope, space, chains
        self._provinces, self._by_province = provinces, by_province
        self._local = industry.makers(scope)
        self._other = industry.national - self._local
        self._made = self._local > 0
        self._upstream = industry.upstream(self._made)
        outside = np.asarray([p.members.isdisjoint(scope.members) for p in provinces])
        self._elsewhere = (by_province[outside] > 0).sum(axis=0)
        self._density = space.density(self._made, outside)
        # A single supplier here counts among those that could be reached: with none elsewhere it matters no less.
        reach = np.log1p(np.where(self._local == 1, industry.national, self._other))
        self._reach = reach / max(float(reach.max(initial=0.0)), 1e-12)
        self._score = self._density * self._reach

    @property
    def makes_anything(self) -> bool:
        """Whether the data knows of anything that is made there."""
        return bool(self._made.any())

    def ranked(self, kinds: frozenset[str], top: int) -> list[Gap]:
        """All gaps of the kinds, best score first; what cannot be scored stands last."""
        found = self._found(kinds)
        order = sorted(found, key=lambda p: (found[p][1] is None, -(found[p][1] or 0.0), self._industry.products[p]))
        return [self._gap(rank, p, *found[p]) for rank, p in enumerate(order[: top or None], 1)]

    def _found(self, kinds: frozenset[str]) -> dict[int, tuple[str, float | None]]:
        """product → (kind, score); a product has its principal kind, or the one asked for."""
        wanted = kinds or frozenset(KINDS)
        found: dict[int, tuple[str, float | None]] = {}
        for kind, products in (("missing", self._missing()), ("weak", self._weak()), ("extension", self._extension())):
            if kind in wanted:
                for product in products:
                    if product not in found and (not self._chains or any(c.holds(product) for c in self._chains)):
                        found[product] = (kind, self._scored(kind, product))
        return found

    def _missing(self) -> list[int]:
        covered = self._industry.covered(self._made)
        wanted = set(self._upstream)
        for chain in self._chains:
            wanted |= set(np.flatnonzero(chain.products).tolist()) | set(chain.upstream)
        return sorted(p for p in wanted if not covered[p])

    def _weak(self) -> list[int]:
        alone = (self._local == 1) & self._industry.usable
        return [int(p) for p in np.flatnonzero(alone) if (step := self._upstream.get(int(p))) is not None and step.hops == 1]

    def _extension(self) -> list[int]:
        return [int(p) for p in np.flatnonzero(~self._made & (self._elsewhere >= 2))]

    def _scored(self, kind: str, product: int) -> float | None:
        """None where the data does not tell: nothing is known to be made here, or the product anywhere else, or near to it."""
        if not self.makes_anything or (kind != "weak" and self._other[product] == 0):
            return None
        near = self._score[product]
        if not near and (step := self._upstream.get(product)) is not None:
            near = self._density[step.taken_by] * self._reach[product]  # too rare to have a density: that of what takes it
        if not near:
            return None
        score = float(near) * (1 + _MEMBERSHIP * (kind != "extension"))
        return round(min(score, 1.0), _DIGITS)

    def _gap(self, rank: int, product: int, kind: str, score: float | None) -> Gap:
        industry = self._industry
        path = self._path(product)
        return Gap(self._scope.code, rank, industry.products[product], industry.names[product], kind, score,
                   self._reasons(kind, product, path), int(self._local[product]), int(self._other[product]),
                   tuple(industry.products[p] for p in path), "unknown" if score is None else "gap")

    def _path(self, product: int) -> list[int]:
        """From a product made here (or of the chain) to the input, each taking the next."""
        steps = self._upstream if product in self._upstream else next((c.upstream for c in self._chains if product in c.upstream), {})
        path, step = [product], steps.get(product)
        while step is not None:
            path.append(step.taken_by)
            step = steps.get(step.taken_by) if step.hops > 1 else None
        return path[::-1] if len(path) > 1 else []

    def _reasons(self, kind: str, product: int, path: list[int]) -> str:
        names = self._industry.names
        parts = []
        if path:
            parts.append(("本地生产" if self._made[path[0]] else "链上产品") + f"{names[path[0]]}，投入链：{' ← '.join(names[p] for p in path)}")
        elif kind == "missing":
            parts.append(f"产业链“{next(c.name for c in self._chains if c.holds(product))}”上的产品")
        if kind == "weak":
            parts.append("本地只有1家生产")
        else:
            parts.append("本地无企业生产")
        parts.append(self._makers_elsewhere(product))
        if kind == "extension" and (near := self._space.nearest(product, self._made)):
            parts.append(f"与本地的{'、'.join(names[p] for p in near)}相近")
        if self._density[product] > 0:
            parts.append(f"关联密度{self._density[product]:.3f}")
        return "；".join(parts)

    def _makers_elsewhere(self, product: int) -> str:
        if self._other[product] == 0:
            return "数据中外地也没有生产企业" if self._local[product] == 0 else "外地没有生产企业"
        order = np.argsort(-self._by_province[:, product], kind="stable")
        named = [(self._provinces[i].name, int(self._by_province[i, product])) for i in order[:4]
                 if self._by_province[i, product] > 0 and self._provinces[i].members.isdisjoint(self._scope.members)][:3]
        every, told = int(self._other[product]), "、".join(f"{name}{count}家" for name, count in named)
        return f"外地{every}家" + (f"（{told}{'等' if sum(count for _, count in named) < every else ''}）" if named else "")
