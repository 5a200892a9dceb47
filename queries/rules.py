"""Hard rules, before any score: who may not be proposed for a need, and by which rule."""

from __future__ import annotations

from graph.snapshot import Snapshot


class Rules:
    """The rules of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._names = dict(zip(snapshot.ids("organisations"), snapshot.names("organisations"), strict=True))
        self._at = snapshot.positions("scientists")
        self._silent = {i for i, flag in enumerate(snapshot.column("scientists", "do_not_contact")) if flag}
        self._enterprise = snapshot.targets("demands")
        self._listed = snapshot.sources("conflicts")
        self._affiliated = snapshot.sources("affiliations")
        jobs = snapshot.edges("employments").select(["source", "target", "to"]).to_pylist()
        self._employed: dict[str, list[str]] = {}
        for job in jobs:
            if job["to"] is None:
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
            self._bar(found, self._affiliated.get(enterprise, []), "employed", f"所在单位就是{name}")
            self._bar(found, self._employed.get(enterprise, []), "employed", f"在{name}任职")
            self._bar(found, self._listed.get(enterprise, []), "conflict", f"列有与{name}的利益冲突")
        if need:
            self._bar(found, self._declined.get(need, []), "declined", "拒绝过这个需求")
        for row in self._silent:
            found[row] = ("do_not_contact", "请勿联系")
        return found

    def _bar(self, found: dict[int, tuple[str, str]], scientists: list[str], rule: str, note: str) -> None:
        for scientist in scientists:
            if (row := self._at.get(scientist)) is not None:
                found.setdefault(row, (rule, note))
