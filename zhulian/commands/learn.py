"""learn: weights of the match's features from how earlier matches ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graph.errors import UsageError
from queries.features import FEATURES, weights_of
from queries.learning import Learned, learn, outcomes_of
from queries.match import Matcher
from queries.results import frame_of
from zhulian.commands.common import DEFAULT_WORKSPACE, StoreOption, WorkspaceOption, console, notes
from zhulian.output import appearing_whole, print_frame
from zhulian.places import open_snapshot


def learn_weights(
    out: Annotated[Path | None, typer.Option("--out", help="Write the weights there (.toml), for `zhulian match --weights`.")] = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """How much each feature should count, by the outcomes so far; the declared weights where that foretells no better."""
    if out is not None and (out.suffix.lower() != ".toml" or not out.parent.is_dir()):
        raise UsageError(f"{out}: weights are written to a .toml file in a folder that is there")
    matcher = Matcher(open_snapshot(workspace, store))
    outcomes = outcomes_of(matcher)
    declared = weights_of(matcher.pairing)
    found = learn(outcomes, declared)
    print_frame(frame_of({"feature": [FEATURES[name].label for name in declared], "declared": list(declared.values()),
                          "weight": [found.weights[name] for name in declared]}), console())
    say = notes()
    say.print(f"{found.pairs} outcomes, {found.good} of them good; {outcomes.silent} more are of pairs for whom no text speaks", markup=False)
    if found.learned_loss is not None:
        say.print(f"log loss on held-out needs: declared {found.declared_loss:.4f}, learned {found.learned_loss:.4f} "
                  f"(standard error of the difference {found.standard_error:.4f})", markup=False)
    better = "the learned weights foretell better: use them with match --weights"
    say.print(f"the declared weights stay: {found.why}" if found.why else better, markup=False)
    if out is not None:
        with appearing_whole(out) as partial:
            partial.write_text(_toml(found), encoding="utf-8")
        say.print(f"weights → {out}", markup=False)


def _toml(found: Learned) -> str:
    said = f"declared: {found.why}" if found.why else f"learned from {found.pairs} outcomes ({found.good} good)"
    return "\n".join([f"# {said}", "[weights]", *(f"{name} = {float(weight)}" for name, weight in found.weights.items())]) + "\n"


def register(app: typer.Typer) -> None:
    app.command(name="learn")(learn_weights)
