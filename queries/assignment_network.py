"""Who serves which need at the greatest total score: a flow of least cost, its optimal prices, and which pairs are no matter of choice.

Every expert may serve `capacity` needs, every need takes `wanted` experts, a pair counts its score. This is a transportation problem; its
optimum is whole-numbered (Ahuja, Magnanti & Orlin, *Network Flows*, 1993, ch. 9), and node prices under which no residual arc has a negative
reduced cost prove it. Scores are integers (millionths), so that nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.errors import WorkError

Integers = NDArray[np.int64]
FAR = np.int64(1 << 60)
"""The price of a node from which nothing can reach the outlet."""
OUTLET = 0
"""The node at which all flow begins and ends."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Pairs of needs and experts with their scores.

    Attributes:
        need, expert: the row of each pair's need and expert.
        score: of each pair, above 0.
        wanted: how many experts each need takes, 1 or more.
        capacity: how many needs each expert serves, 1 or more.
    """

    need: Integers
    expert: Integers
    score: Integers
    wanted: Integers
    capacity: Integers


@dataclass(slots=True)
class Network:
    """Arcs of a circulation, those of the pairs first; node 0 is the outlet, then come the experts, then the needs.

    Attributes:
        tail, head, capacity, cost: of each arc.
        flow: of each arc; an optimal one once `solve` was called.
        price: the least cost from each node to the outlet through the residual network (`FAR` where there is no way).
        entry, first: the nodes through which a pair that is not in the network would reach each need, below the threshold and from it on.
    """

    tail: Integers
    head: Integers
    capacity: Integers
    cost: Integers
    nodes: int
    entry: Integers
    first: Integers
    flow: Integers
    price: Integers

    @classmethod
    def total(cls, problem: Problem) -> Network:
        """The network whose least cost is the greatest total score."""
        experts, needs = 1 + np.arange(len(problem.capacity)), 1 + len(problem.capacity) + np.arange(len(problem.wanted))
        return cls._of([
            (1 + problem.expert, needs[problem.need], np.ones_like(problem.score), -problem.score),
            (np.full_like(experts, OUTLET), experts, problem.capacity, np.zeros_like(experts)),
            (needs, np.full_like(needs, OUTLET), problem.wanted, np.zeros_like(needs))], needs, needs)

    @classmethod
    def served_first(cls, problem: Problem, threshold: int) -> Network:
        """The network whose least cost gives most needs an expert of at least `threshold`, and then the greatest total.

        Each need has two nodes: its first place, which only pairs of at least the threshold reach and which is worth more than all scores
        together, and its further places.
        """
        size = len(problem.wanted)
        experts = 1 + np.arange(len(problem.capacity))
        first = 1 + len(problem.capacity) + np.arange(size)
        further = first + size
        worth = (int(problem.score.max(initial=0)) + 1) * int(problem.wanted.sum() + 1)
        one, none, out = np.ones(size, np.int64), np.zeros(size, np.int64), np.full(size, OUTLET, np.int64)
        enters = np.where(problem.score >= threshold, first[problem.need], further[problem.need])
        return cls._of([
            (1 + problem.expert, enters, np.ones_like(problem.score), -problem.score),
            (np.full_like(experts, OUTLET), experts, problem.capacity, np.zeros_like(experts)),
            (first, out, one, none - worth), (first, further, problem.wanted - 1, none), (further, out, problem.wanted - 1, none)], further, first)

    @classmethod
    def _of(cls, arcs: list[tuple[Integers, Integers, Integers, Integers]], entry: Integers, first: Integers) -> Network:
        tail, head, capacity, cost = (np.concatenate(part).astype(np.int64) for part in zip(*arcs, strict=True))
        nodes = int(max(tail.max(initial=0), head.max(initial=0))) + 1
        return cls(tail, head, capacity, cost, nodes, entry, first, np.zeros_like(tail), np.zeros(nodes, np.int64))

    def solve(self) -> None:
        """Set an optimal flow and the prices that prove it.

        Raises:
            WorkError: the solver gave no optimum, or one that the prices do not prove.
        """
        from ortools.graph.python import min_cost_flow  # slow to load, and few commands need it

        solver = min_cost_flow.SimpleMinCostFlow()
        sink = self.nodes
        heads = np.where(self.head == OUTLET, sink, self.head)
        arcs = solver.add_arcs_with_capacity_and_unit_cost(self.tail, heads, self.capacity, self.cost)
        supply = int(self.capacity[self.tail == OUTLET].sum())
        solver.add_arc_with_capacity_and_unit_cost(OUTLET, sink, supply, 0)
        solver.set_node_supply(OUTLET, supply)
        solver.set_node_supply(sink, -supply)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise WorkError(f"the assignment could not be solved ({status}); run again with --debug and report it")
        self.flow = np.asarray(solver.flows(arcs), np.int64)
        self._set_prices()

    def _set_prices(self) -> None:
        """Bellman and Ford's shortest ways to the outlet; a negative cycle would mean that the flow is not optimal."""
        forward, backward = self.flow < self.capacity, self.flow > 0
        tail = np.concatenate([self.tail[forward], self.head[backward]])
        head = np.concatenate([self.head[forward], self.tail[backward]])
        cost = np.concatenate([self.cost[forward], -self.cost[backward]])
        order = np.argsort(tail, kind="stable")
        tail, head, cost = tail[order], head[order], cost[order]
        starts = np.flatnonzero(np.diff(tail, prepend=-1))
        price = np.full(self.nodes, FAR)
        price[OUTLET] = 0
        for _ in range(self.nodes + 1):
            reached = price[head]
            ways = np.where(reached < FAR, cost + reached, FAR)
            better = price.copy()
            if len(starts):
                better[tail[starts]] = np.minimum(better[tail[starts]], np.minimum.reduceat(ways, starts))
            if np.array_equal(better, price):
                self.price = price
                return
            price = better
        raise WorkError("the assignment is not optimal; run again with --debug and report it")

    def free(self) -> NDArray[np.bool_]:
        """Which arcs may carry different flows in different optima.

        A flow can change without cost along a cycle of the residual network that costs nothing, and only so. Of the arcs of pairs exactly those
        are given; others may be given though they cannot change.
        """
        tight = (self.cost + self.price[self.head] - self.price[self.tail] == 0) & (self.capacity > 0)
        forward, backward = tight & (self.flow < self.capacity), tight & (self.flow > 0)
        tail = np.concatenate([self.tail[forward], self.head[backward]])
        head = np.concatenate([self.head[forward], self.tail[backward]])
        cycle = connected(tail, head, self.nodes, "strong")
        found: NDArray[np.bool_] = tight & (cycle[self.tail] == cycle[self.head])
        return found


def connected(tail: Integers, head: Integers, nodes: int, kind: Literal["strong", "weak"]) -> Integers:
    """The number of the component of each node."""
    from scipy.sparse import csgraph  # a fifth of a second to load

    graph = sparse.csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(nodes, nodes))
    found: Integers = csgraph.connected_components(graph, directed=True, connection=kind)[1].astype(np.int64)
    return found


@dataclass(frozen=True, slots=True)
class Service:
    """How many needs can have an expert, and how good a one.

    Attributes:
        served: how many needs can each have an expert.
        threshold: the highest score of which so many can have an expert; 1 without pairs.
        rivals: which needs would have to have more candidates for more needs to be served.
        strained: which needs would have to have more candidates above the threshold for it to be higher.
    """

    served: int
    threshold: int
    rivals: NDArray[np.bool_]
    strained: NDArray[np.bool_]


def best_service(problem: Problem) -> Service:
    """The greatest number of needs with an expert, and the highest threshold that it can be reached with."""
    levels = np.unique(problem.score)
    most, rivals = _served(problem, 1)
    if not most:
        return Service(0, 1, rivals, rivals)
    low, high, strained = 0, len(levels), np.ones(len(problem.wanted), np.bool_)
    while high - low > 1:
        middle = (low + high) // 2
        count, short = _served(problem, int(levels[middle]))
        if count == most:
            low = middle
        else:
            high, strained = middle, short
    return Service(most, int(levels[low]), rivals, strained)


def _served(problem: Problem, threshold: int) -> tuple[int, NDArray[np.bool_]]:
    """How many needs can each have an expert of at least a score: a greatest flow, and the side of its least cut where needs are short.

    These needs are all that a chain of exchanges leads to from one that has nobody: without another candidate for one of them nothing is gained.
    """
    from ortools.graph.python import max_flow  # slow to load, and few commands need it
    from scipy.sparse import csgraph

    pairs = np.flatnonzero(problem.score >= threshold)
    size = len(problem.capacity)
    experts, needs = 1 + np.arange(size), 1 + size + np.arange(len(problem.wanted))
    sink = 1 + size + len(needs)
    expert, need = experts[problem.expert[pairs]], needs[problem.need[pairs]]
    solver = max_flow.SimpleMaxFlow()
    arcs = solver.add_arcs_with_capacity(expert, need, np.ones_like(pairs))
    solver.add_arcs_with_capacity(np.zeros_like(experts), experts, problem.capacity)
    out = solver.add_arcs_with_capacity(needs, np.full_like(needs, sink), np.ones_like(needs))
    if solver.solve(OUTLET, sink) != solver.OPTIMAL:
        raise WorkError("the needs that can be served could not be counted; run again with --debug and report it")
    used = np.asarray(solver.flows(arcs)) > 0
    nobody = needs[np.asarray(solver.flows(out)) == 0]
    tail = np.concatenate([np.full_like(nobody, sink), need[~used], expert[used]])
    head = np.concatenate([nobody, expert[~used], need[used]])
    graph = sparse.csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(sink + 1, sink + 1))
    reached = np.zeros(sink + 1, np.bool_)
    reached[csgraph.breadth_first_order(graph, sink, return_predecessors=False)] = True
    return int(solver.optimal_flow()), reached[needs]
