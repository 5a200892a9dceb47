"""Products in columns from upstream to downstream: layers, order within a column, which to draw of too many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

Edge = tuple[str, str]
"""(upstream, downstream)."""


def without_cycles(nodes: Collection[str], edges: Iterable[Edge]) -> tuple[list[Edge], list[Edge]]:
    """The edges among the nodes in two parts: those that form no cycle, and those cut to get there.

    A depth-first walk in the order of ids; an edge back to a node on the walk's own way is cut (with self-loops).
    """
    following: dict[str, list[str]] = {n: [] for n in sorted(nodes)}
    for upstream, downstream in sorted(set(edges)):
        if upstream in following and downstream in following:
            following[upstream].append(downstream)
    kept: list[Edge] = []
    cut: list[Edge] = []
    done: set[str] = set()
    for root in following:
        if root in done:
            continue
        way = {root}
        stack = [(root, iter(following[root]))]
        while stack:
            node, left = stack[-1]
            after = next(left, None)
            if after is None:
                stack.pop()
                way.discard(node)
                done.add(node)
            elif after in way:
                cut.append((node, after))
            else:
                kept.append((node, after))
                if after not in done:
                    way.add(after)
                    stack.append((after, iter(following[after])))
    return sorted(kept), sorted(cut)


def layers(nodes: Collection[str], edges: Iterable[Edge]) -> dict[str, int]:
    """Each node's layer, 0 most upstream: the longest way from a node without inputs; then inputs drawn up close to their users.

    Args:
        edges: must form no cycle (`without_cycles`).
    """
    before: dict[str, list[str]] = {n: [] for n in sorted(nodes)}
    after: dict[str, list[str]] = {n: [] for n in before}
    for upstream, downstream in edges:
        before[downstream].append(upstream)
        after[upstream].append(downstream)
    waiting = {n: len(before[n]) for n in before}
    ready = [n for n in before if not waiting[n]]
    found: dict[str, int] = {}
    for node in ready:
        found[node] = max((found[b] + 1 for b in before[node]), default=0)
        for a in after[node]:
            waiting[a] -= 1
            if not waiting[a]:
                ready.append(a)
    for node in reversed(ready):
        if after[node] and not before[node]:
            found[node] = min(found[a] for a in after[node]) - 1
    return found


def squeezed(found: Mapping[str, int], columns: int) -> dict[str, int]:
    """The layers joined into at most so many columns, neighbours together."""
    deepest = max(found.values(), default=0)
    if deepest < columns:
        return dict(found)
    return {node: layer * columns // (deepest + 1) for node, layer in found.items()}


def ordered(columns: Sequence[Sequence[str]], edges: Iterable[Edge], sweeps: int = 4) -> list[list[str]]:
    """The nodes of each column in an order with few crossings (barycentres, swept to and fro; ties keep the order given)."""
    neighbours: dict[str, list[str]] = {n: [] for column in columns for n in column}
    for a, b in edges:
        neighbours[a].append(b)
        neighbours[b].append(a)
    found = [list(column) for column in columns]
    place = {n: i / max(1, len(column) - 1) for column in found for i, n in enumerate(column)}
    for sweep in range(sweeps):
        for column in found if sweep % 2 == 0 else reversed(found):
            here = set(column)
            centre = {n: _mean([place[m] for m in neighbours[n] if m not in here], place[n]) for n in column}
            column.sort(key=lambda n: centre[n])
            place |= {n: i / max(1, len(column) - 1) for i, n in enumerate(column)}
    return found


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def chosen(ranked: Collection[str], edges: Iterable[Edge], most: int) -> list[str]:
    """The first so many of the nodes, in their order; where there are more, those with an edge before those without."""
    if len(ranked) <= most:
        return list(ranked)
    linked = {end for edge in edges if edge[0] != edge[1] for end in edge}
    taken = {*sorted(ranked, key=lambda n: n not in linked)[:most]}
    return [n for n in ranked if n in taken]
