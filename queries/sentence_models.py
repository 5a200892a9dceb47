"""Sentence models that are on this machine, opened by path or by import path. Nothing is ever fetched from anywhere.

Three layouts of a folder are known (`LAYOUTS`): an ONNX file with its tokenizer, as most model folders have it (onnxruntime and tokenizers, no
PyTorch); a static model (model2vec: a table of word vectors, quick on any machine); and whatever sentence-transformers opens, where the user has
installed that. Anything else with an `encode` is had by its import path.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy.typing as npt

from graph.errors import UsageError

Encode = Callable[[Sequence[str]], npt.ArrayLike]
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
"""What tells the libraries to stay on this machine; read by them when they are imported."""
_IMPORT_PATH = re.compile(r"(?P<module>[A-Za-z_]\w*(?:\.\w+)*):(?P<attribute>[A-Za-z_]\w*(?:\.\w+)*)")
_ONNX_FILES = ("model.onnx", "onnx/model.onnx")
_STATIC_TENSORS = {"embeddings", "embedding.weight"}
"""What model2vec and sentence-transformers call the table of a static model."""
_LONGEST_HEADER = 100_000_000
"""The format allows no longer one."""
_CHUNK = 1 << 22


class SentenceEncoder(Protocol):
    """Makes vectors of texts.

    It may say more: `encode_query` for the texts of needs and `encode_document` for those of works, where the model tells them apart (as
    sentence-transformers has them); `name`, what people call it; `identity`, a text that changes whenever its vectors would. Without an
    identity its vectors are not kept from one run to the next.
    """

    def encode(self, texts: Sequence[str], /) -> npt.ArrayLike:
        """(texts, dimensions) for texts; all finite, the same number of dimensions every time."""
        ...


@dataclass(frozen=True, slots=True)
class LocalModel:
    """An encoder with all that a `SentenceEncoder` may say."""

    name: str
    identity: str | None
    encode_document: Encode
    encode_query: Encode

    def encode(self, texts: Sequence[str], /) -> npt.ArrayLike:
        """Vectors of documents."""
        return self.encode_document(texts)

    @classmethod
    def of(cls, encoder: SentenceEncoder) -> LocalModel:
        """Any encoder; what it does not say is filled in.

        Raises:
            UsageError: it has no `encode`.
        """
        if isinstance(encoder, LocalModel):
            return encoder
        encode = getattr(encoder, "encode", None)
        if not callable(encode):
            raise UsageError(f"{type(encoder).__name__} is no sentence model: it has no encode(texts)")
        identity = getattr(encoder, "identity", None)
        return cls(str(getattr(encoder, "name", type(encoder).__name__)), str(identity) if identity else None,
                   getattr(encoder, "encode_document", encode), getattr(encoder, "encode_query", encode))


def open_model(path: str | Path) -> LocalModel:
    """A sentence model of this machine.

    Args:
        path: a folder of one of the `LAYOUTS`; an .onnx file in such a folder, where it has several; or the import path of an encoder,
            `package:attribute` (an object with `encode`, or a class or function that makes one without arguments). An import path runs
            the code that it names, as `python -m` would: it comes from the user's own command line, never from data.

    Raises:
        UsageError: there is no such model, it is of no known layout, or the library that opens it is not installed.
    """
    os.environ.update(_OFFLINE)
    place = Path(path)
    if place.exists():
        folder = place if place.is_dir() else next((f for f in place.parents[:2] if (f / "tokenizer.json").is_file()), place.parent)
        layout = next((known for known in LAYOUTS if known.weights(folder, place)), None)
        if layout is None:
            raise UsageError(f"{place}: no sentence model that is known here; a folder holds {'; or '.join(known.holds for known in LAYOUTS)}")
        return _opened(layout, folder, layout.weights(folder, place), place)
    if named := _IMPORT_PATH.fullmatch(str(path)):
        return _imported(str(path), named["module"], named["attribute"])
    raise UsageError(f"{path}: no such folder; models are never downloaded: give the folder of one that is here, or package:attribute")


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of model folder.

    Attributes:
        name: what it is called.
        holds: what is in such a folder, in words.
        library: what opens it, and how that is installed.
        weights: the files that hold the numbers (folder, path as given); empty where the folder is of another kind.
        open: the encoders of documents and of queries (folder, first file of the weights).
    """

    name: str
    holds: str
    library: str
    weights: Callable[[Path, Path], list[Path]]
    open: Callable[[Path, Path], tuple[Encode, Encode]]


def _opened(layout: Layout, folder: Path, weights: list[Path], place: Path) -> LocalModel:
    read = sorted({*weights, *folder.glob("*.json"), *folder.glob("*/*.json"), *folder.glob("*.txt")})
    try:
        documents, queries = layout.open(folder, weights[0])
    except ModuleNotFoundError as missing:
        raise UsageError(f"{place}: a model of this layout ({layout.name}) is opened by {layout.library}; missing: {missing.name}") from missing
    except UsageError:
        raise
    except Exception as broken:  # each library has its own exceptions for a broken file
        raise UsageError(f"{place}: cannot be opened as a model ({layout.name}): {' '.join(str(broken).split())}") from broken
    return LocalModel(folder.resolve().name, f"{layout.name} {_digest(folder, read)}", documents, queries)


def _digest(folder: Path, files: list[Path]) -> str:
    """SHA-256 over the names and the content of files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as content:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _onnx_weights(folder: Path, place: Path) -> list[Path]:
    """The .onnx file, and those beside it that hold its larger tensors."""
    if not (folder / "tokenizer.json").is_file():
        return []
    if place.is_file():
        main = place if place.suffix == ".onnx" else None
    else:
        main = next((folder / f for f in _ONNX_FILES if (folder / f).is_file()), None)
    return [main, *sorted(f for f in main.parent.glob(f"{main.name}?*") if f.is_file())] if main else []


def _open_onnx(folder: Path, weights: Path) -> tuple[Encode, Encode]:
    from queries.onnx_encoder import OnnxEncoder

    encoder = OnnxEncoder(folder, weights)
    return encoder.encode_document, encoder.encode_query


def _static_weights(folder: Path, place: Path) -> list[Path]:
    """The table of vectors, known by the name of its one tensor."""
    tables = [f for f in (folder / "model.safetensors", folder / "0_StaticEmbedding" / "model.safetensors") if f.is_file() and place.is_dir()]
    return [f for f in tables if _tensors(f) & _STATIC_TENSORS][:1]


def _tensors(file: Path) -> set[str]:
    """The names of the tensors of a safetensors file: its first 8 bytes are the length of the JSON that has them; none where it is broken."""
    with file.open("rb") as content:
        length = int.from_bytes(content.read(8), "little")
        try:
            return set(json.loads(content.read(min(length, _LONGEST_HEADER))))
        except ValueError:
            return set()


def _open_static(folder: Path, weights: Path) -> tuple[Encode, Encode]:
    model: Any = importlib.import_module("model2vec").StaticModel.from_pretrained(folder)
    encode = partial(model.encode, use_multiprocessing=False)
    return encode, encode


def _torch_weights(folder: Path, place: Path) -> list[Path]:
    if place.is_file() or not (folder / "config.json").is_file():
        return []
    return sorted(f for pattern in ("*.safetensors", "pytorch_model*.bin", "*/*.safetensors", "*/pytorch_model*.bin") for f in folder.glob(pattern))


def _open_torch(folder: Path, weights: Path) -> tuple[Encode, Encode]:
    model: Any = importlib.import_module("sentence_transformers").SentenceTransformer(str(folder), local_files_only=True)
    return partial(model.encode_document, show_progress_bar=False), partial(model.encode_query, show_progress_bar=False)


_EXTRA = "the extra embed (pip install 'zhulian[embed]')"
LAYOUTS = (
    Layout("onnx", "tokenizer.json and model.onnx (or onnx/model.onnx)", _EXTRA, _onnx_weights, _open_onnx),
    Layout("static", "a static model of model2vec", _EXTRA, _static_weights, _open_static),
    Layout("sentence-transformers", "config.json and PyTorch weights", "sentence-transformers 5 or later, which you install yourself, "
           "or is to be exported to ONNX", _torch_weights, _open_torch),
)


def _imported(path: str, module: str, attribute: str) -> LocalModel:
    """The encoder of an import path; its identity is what it says, else the version of its package, else the digest of its file."""
    try:
        source = importlib.import_module(module)
    except ImportError as missing:
        raise UsageError(f"{path}: {missing}") from missing
    found: Any = source
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{path}: {module} has no {attribute}")
        found = getattr(found, part)
    if isinstance(found, type) or (callable(found) and not hasattr(found, "encode")):
        found = found()
    model = LocalModel.of(found)
    return LocalModel(path, model.identity or _version(path, source), model.encode_document, model.encode_query)


def _version(path: str, source: Any) -> str | None:
    packages = importlib.metadata.packages_distributions().get(source.__name__.partition(".")[0], [])
    if packages:
        return " ".join([path, *(f"{p} {importlib.metadata.version(p)}" for p in sorted(set(packages)))])
    file = getattr(source, "__file__", None)
    return f"{path} {_digest(Path(file).parent, [Path(file)])}" if file else None
