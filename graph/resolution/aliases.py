"""Which names of institutions mean one: by what they say, and by the people who stand under both.

Two records that share an e-mail, an ORCID, a full telephone number or the title of a work, under names that agree, are one person
beyond reasonable doubt, whatever the institutions say. Names of institutions that such people carry side by side, more often than a
change of employer would bring about, are names of one institution: 川大 and 四川大学, CQUPT and 重庆邮电大学.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

from rapidfuzz.distance import Levenshtein
from scipy.cluster.hierarchy import DisjointSet

from graph.resolution.organisation_names import OrganisationName

_LEAST_SHARE = 0.15
"""The share of the people under the rarer name who stand under the other too. A change of employer gives far less: the people of one
institution leave for many others."""
_LEAST_PEOPLE = 3
_LARGEST_GROUP = 200
_TELLING = frozenset("0123456789一二三四五六七八九十东南西北中上下新老大小")
"""Characters that tell two bodies apart (第一/第二附属医院, 24/26研究所): a difference in one of them is no slip of the pen."""


def institution_names(names: Mapping[str, OrganisationName], people: Iterable[list[str]]) -> dict[str, str]:
    """For each body (OrganisationName.body), the one that stands for all its names.

    Args:
        names: body → a name of it.
        people: of each person beyond doubt, the body under which each record stands.
    """
    same = DisjointSet(sorted(names))
    for left, right in (*_spelled_alike(names), *_without_place(names)):
        same.merge(left, right)
    people = [[str(same[body]) for body in bodies] for bodies in people]
    for left, right in sorted(_side_by_side(people, names)):
        same.merge(left, right)
    return {body: min(subset) for subset in same.subsets() for body in subset}


def places_agree(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether two names can stand in one place: one says none, or one place lies in the other."""
    return not left or not right or any(a.startswith(b) or b.startswith(a) for a in left for b in right)


def _spelled_alike(names: Mapping[str, OrganisationName]) -> Iterable[tuple[str, str]]:
    """The same place, and cores that sound alike in two scripts, or differ by one slip."""
    for group in _grouped(names, lambda n: [(n.place, n.sound)] if len(n.sound) >= 6 else []):
        for left, right in combinations(group, 2):
            if names[left].latin != names[right].latin:
                yield left, right
    for group in _grouped(names, lambda n: [(n.place, key) for key in shortened(n.core)] if len(n.core) >= 4 else []):
        for left, right in combinations(group, 2):
            if slip(names[left].core, names[right].core) and _certain(names[left], names[right]):
                yield left, right


def shortened(core: str) -> set[str]:
    """The core, and the core without one character: two that differ in one share one of them (as in SymSpell)."""
    return {core, *(core[:i] + core[i + 1:] for i in range(len(core)))} if len(core) <= 40 else {core}


def slip(left: str, right: str) -> bool:
    """Whether two texts differ by one character written wrong or left out, or two in a long Latin one, and none that tells bodies apart."""
    longest = max(len(left), len(right))
    most = 1 if longest < 12 or not left.isascii() else 2
    if left == right or Levenshtein.distance(left, right, score_cutoff=most) > most:
        return left == right
    edits = Levenshtein.editops(left, right)
    return not any((e.tag != "insert" and left[e.src_pos] in _TELLING) or (e.tag != "delete" and right[e.dest_pos] in _TELLING) for e in edits)


def _certain(left: OrganisationName, right: OrganisationName) -> bool:
    """Whether a slip is one by the names alone: a character left out, or one for another that sounds the same. A brand with another
    character is another brand."""
    return len(left.core) != len(right.core) or left.sound == right.sound


def _without_place(names: Mapping[str, OrganisationName]) -> Iterable[tuple[str, str]]:
    """A core without a place, and with one: where all places that it has agree."""
    for group in _grouped(names, lambda n: [n.core] if len(n.core) >= 4 and not n.latin else []):
        placed = [b for b in group if names[b].place]
        bare = [b for b in group if not names[b].place]
        if placed and bare and all(places_agree(names[a].place, names[b].place) for a, b in combinations(placed, 2)):
            yield bare[0], min(placed)
    for group in _grouped(names, lambda n: [n.core]):
        for left, right in combinations(group, 2):
            if names[left].place and names[right].place and left != right and _inside(names[left].place, names[right].place):
                yield left, right


def _inside(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether two sets of places say the same, one of them with the city around it."""
    return left != right and (set(left) <= set(right) or set(right) <= set(left))


def _grouped(names: Mapping[str, OrganisationName], keys: Callable[[OrganisationName], Iterable[object]]) -> Iterable[list[str]]:
    """Bodies that share a key; groups too large to mean anything are passed over."""
    groups: dict[object, list[str]] = defaultdict(list)
    for body in sorted(names):
        for key in keys(names[body]):
            groups[key].append(body)
    return [g for g in groups.values() if 1 < len(g) <= _LARGEST_GROUP]


def _side_by_side(people: Iterable[list[str]], names: Mapping[str, OrganisationName]) -> Iterable[tuple[str, str]]:
    together: Counter[tuple[str, str]] = Counter()
    seen: Counter[str] = Counter()
    for bodies in people:
        if len(bodies) > 1:
            seen.update(set(bodies))
            together.update(combinations(sorted(set(bodies)), 2))
    for (left, right), count in together.items():
        share = count / min(seen[left], seen[right])
        if abbreviates(names[left], names[right]):
            enough = share >= _LEAST_SHARE
        elif _in_full(names[left]) and _in_full(names[right]):
            enough = share >= 2 * _LEAST_SHARE and count >= 2 * _LEAST_PEOPLE
        else:
            enough = share >= _LEAST_SHARE and count >= _LEAST_PEOPLE
        if enough:
            yield left, right


def _in_full(name: OrganisationName) -> bool:
    """Whether a name is a body's full one: two such names are seldom one body's."""
    return name.formal and len(name.core) >= 4


def abbreviates(left: OrganisationName, right: OrganisationName) -> bool:
    """Whether one name can be short for the other: its characters stand in the other in their order, from the first on."""
    if not places_agree(left.place, right.place):
        return False
    shorter, longer = sorted((left, right), key=lambda n: len(n.core))
    short, long = shorter.core, longer.core
    if left.latin != right.latin:
        return Levenshtein.normalized_similarity(left.sound, right.sound) >= 0.8
    if len(short) < 2 or short[0] != long[0] or shorter.formal:
        return False
    rest = iter(long)
    return all(c in rest for c in short)
