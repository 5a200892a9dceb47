"""A sentence model as an ONNX file: tokenised, run and pooled as the files beside it say."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import UsageError

_BATCH = 32
_LENGTH = 512
_NO_LENGTH = 1_000_000
"""tokenizer_config.json says about 1e30 where a model has no limit."""
_POOLINGS = ("cls", "mean", "max")
_DONE_BY_US = ("Transformer", "Pooling", "Normalize")
_PADS = ("[PAD]", "<pad>")
_SENTENCE = "sentence_embedding"
Vectors = NDArray[np.float32]


class OnnxEncoder:
    """An ONNX file and its tokenizer.

    Args:
        folder: where tokenizer.json is, and the settings as sentence-transformers keeps them, as far as there are any: 1_Pooling/config.json
            (mean where there is none), sentence_bert_config.json and tokenizer_config.json (how long a text may be; the rest is cut off;
            512 tokens where nothing is said), config_sentence_transformers.json (what goes before a query and a document).
        weights: the .onnx file. Its output `sentence_embedding` is taken as it is, else its first output, pooled where it has a vector a token.

    Raises:
        ModuleNotFoundError: onnxruntime or tokenizers is not installed.
        UsageError: the model has a layer that is not in the ONNX file, a pooling that is unknown here, or an input that texts do not give.
    """

    def __init__(self, folder: Path, weights: Path) -> None:
        runtime: Any = importlib.import_module("onnxruntime")
        self._session = runtime.InferenceSession(str(weights), providers=["CPUExecutionProvider"])
        self._tokenizer: Any = importlib.import_module("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
        settings = _Settings(folder)
        padding, truncation = self._tokenizer.padding, self._tokenizer.truncation
        self._pad = padding["pad_id"] if padding else next((i for p in _PADS if (i := self._tokenizer.token_to_id(p)) is not None), 0)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(settings.length or (truncation["max_length"] if truncation else _LENGTH))
        self._pooling, self._prompts = settings.pooling, settings.prompts
        self._inputs = [i.name for i in self._session.get_inputs()]
        strange = set(self._inputs) - {"input_ids", "attention_mask", "token_type_ids"}
        if strange:
            raise UsageError(f"{weights}: asks for {', '.join(sorted(strange))}, which texts do not give: no sentence model")
        outputs = [o.name for o in self._session.get_outputs()]
        self._output = _SENTENCE if _SENTENCE in outputs else outputs[0]

    def encode_document(self, texts: Sequence[str], /) -> Vectors:
        """(texts, dimensions), not normalised."""
        return self._encode([self._prompts[0] + t for t in texts])

    def encode_query(self, texts: Sequence[str], /) -> Vectors:
        """As `encode_document`, for what is looked for."""
        return self._encode([self._prompts[1] + t for t in texts])

    def _encode(self, texts: list[str]) -> Vectors:
        tokens = [e.ids for e in self._tokenizer.encode_batch(texts)]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))  # texts of one length together: less padding
        pooled = [self._run([tokens[i] for i in order[start:start + _BATCH]]) for start in range(0, len(order), _BATCH)]
        together = np.concatenate(pooled)
        found = np.empty_like(together)
        found[order] = together
        return found

    def _run(self, tokens: list[list[int]]) -> Vectors:
        longest = max(len(t) for t in tokens)
        ids = np.asarray([t + [self._pad] * (longest - len(t)) for t in tokens], np.int64)
        mask = np.asarray([[1] * len(t) + [0] * (longest - len(t)) for t in tokens], np.int64)
        fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        [hidden] = self._session.run([self._output], {name: fed[name] for name in self._inputs})
        found: Vectors = np.asarray(hidden, np.float32)
        return found if found.ndim == 2 else _pooled(found, mask, self._pooling)


def _pooled(hidden: Vectors, mask: NDArray[np.int64], pooling: str) -> Vectors:
    """One vector a text from one a token: that of the first token, the mean, or the highest of each dimension, over what is no padding."""
    if pooling == "cls":
        return hidden[:, 0]
    inside = mask[:, :, None]
    if pooling == "max":
        highest: Vectors = np.where(inside, hidden, -np.inf).max(axis=1)
        return highest
    mean: Vectors = (hidden * inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    return mean.astype(np.float32)


class _Settings:
    """What the files beside a model say about its use."""

    def __init__(self, folder: Path) -> None:
        modules = _json(folder / "modules.json")
        others = [m["type"] for m in modules if m["type"].rpartition(".")[2] not in _DONE_BY_US] if isinstance(modules, list) else []
        if others:
            raise UsageError(f"{folder}: the model goes on after its ONNX file ({', '.join(others)}), which only sentence-transformers runs")
        pooling = _json(folder / "1_Pooling" / "config.json") or {"pooling_mode": "mean"}
        named = pooling.get("pooling_mode")
        said = [named] if isinstance(named, str) else [
            key.removeprefix("pooling_mode_").removesuffix("_tokens").removesuffix("_token") for key, on in pooling.items()
            if key.startswith("pooling_mode_") and on is True]
        if len(said) != 1 or said[0] not in _POOLINGS:
            raise UsageError(f"{folder}: pooling by {' and '.join(said) or 'nothing'}; known here: {', '.join(_POOLINGS)}")
        self.pooling: str = said[0]
        lengths = [(_json(folder / file) or {}).get(key) for file, key in (
            ("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length"))]
        self.length: int | None = next((int(n) for n in lengths if n and n < _NO_LENGTH), None)
        told = _json(folder / "config_sentence_transformers.json") or {}
        prompts = told.get("prompts") or {}
        default = prompts.get(told.get("default_prompt_name"), "")
        self.prompts = prompts.get("document", prompts.get("passage", default)), prompts.get("query", default)
        """What goes before a document, and before a query."""


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
