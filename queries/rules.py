"""Hard rules, before any score: who may not be proposed for a need, and by which rule."""

from __future__ import annotations

from graph.names import name_key
from graph.snapshot import Snapshot


class Rules:
    """The rules of one snapshot. Organisations of one name count as one here: a rule that cannot tell them apart must hold.

    Args:
        snapshot: the graph.
        today: an ISO date; a job that ends on it or later is still held.
    """

    def __init__(self, snapshot: Snapshot, today: str) -> None:
        self._namesakes = _namesakes(snapshot)
        self._names = snapshot.names_by_id("organisations")
        self._at = snapshot.positions("scientists")
        self._silent = {i for i, flag in enumerate(snapshot.column("scientists", "do_not_contact")) if flag}
        self._enterprise = snapshot.targets("demands")
        self._listed = snapshot.sources("conflicts")
        self._affiliated = snapshot.sources("affiliations")
        jobs = snapshot.edges("employments").select(["source", "target", "to"]).to_pylist()
        self._employed: dict[str, list[str]] = {}
        for job in jobs:
            if job["to"] is None or job["to"] >= today[: len(job["to"])]:
                self._employed.setdefault(job["target"], []).append(job["source"])
        self._declined: dict[str, list[str]] = {}
        for outcome in snapshot.edges("outcomes").select(["source", "target", "result"]).to_pylist():
            if outcome["result"] == "declined":
                self._declined.setdefault(outcome["source"], []).append(outcome["target"])

    def barred(self, need: str | None) -> dict[int, tuple[str, str]]:
        """Row of the scientist → (rule, note) for all who may not be proposed; without a need, those who want no contact."""
        found: dict[int, tuple[str, str]] = {}
        for enterprise in self._enterprise.get(need, []) if need else []:
            name = self._names.get(enterprise, enterprise)
            same = sorted(self._namesakes.get(enterprise, {enterprise}))
            self._bar(found, [s for e in same for s in self._affiliated.get(e, [])], "employed", f"所在单位就是{name}")
            self._bar(found, [s for e in same for s in self._employed.get(e, [])], "employed", f"在{name}任职")
            self._bar(found, [s for e in same for s in self._listed.get(e, [])], "conflict", f"列有与{name}的利益冲突")
        if need:
            self._bar(found, self._declined.get(need, []), "declined", "拒绝过这个需求")
        for row in self._silent:
            found[row] = ("do_not_contact", "请勿联系")
        return found

    def _bar(self, found: dict[int, tuple[str, str]], scientists: list[str], rule: str, note: str) -> None:
        for scientist in scientists:
            if (row := self._at.get(scientist)) is not None:
                found.setdefault(row, (rule, note))


def _namesakes(snapshot: Snapshot) -> dict[str, set[str]]:
    """Each organisation, and all that share a name or alias with it."""
    spellings = zip(snapshot.ids("organisations"), *(snapshot.column("organisations", c) for c in ("name", "short_name", "aliases")), strict=True)
    bearers: dict[str, set[str]] = {}
    keys: dict[str, set[str]] = {}
    for id_, name, short_name, aliases in spellings:
        said = [name, short_name, *(aliases if isinstance(aliases, list) else [])]
        keys[id_] = {key for text in said if text and (key := name_key(str(text)))}
        for key in keys[id_]:
            bearers.setdefault(key, set()).add(id_)
    return {id_: {id_}.union(*(bearers[key] for key in found)) for id_, found in keys.items()}
