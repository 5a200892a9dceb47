"""How a page is written: templates, data for scripts, file names, the security policy, bytes on disk."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graph.ids import digest
from views.words import Words

ASSETS = Path(__file__).resolve().parent / "assets"

BESIDE = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
"""The policy of a page whose scripts and styles lie beside it (Chromium lets 'self' match files next to a file: page)."""

_UNSAFE_IN_SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script_json(value: object) -> Markup:
    """JSON that may stand inside a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_UNSAFE_IN_SCRIPT))


def file_name(prefix: str, id_: str) -> str:
    """A page's file name from an id that may hold any character: `need-qiye-needs-xq001-3f2a91c0.html`.

    What is legible of the id comes first; the digest of the whole id tells it from others that read alike.
    """
    legible = re.sub(r"[^a-z0-9]+", "-", id_.lower()).strip("-")[-40:].strip("-")
    return "-".join(part for part in (prefix, legible, digest(id_, length=10)) if part) + ".html"


def anchor(id_: str) -> str:
    """A fragment name from an id that may hold any character."""
    return f"x{digest(id_, length=10)}"


def hash_source(text: str) -> str:
    """The policy's source expression for an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def inline_policy(scripts: tuple[str, ...], styles: tuple[str, ...]) -> str:
    """The policy of a page that holds its scripts and styles: these texts alone, by hash, and nothing from elsewhere."""
    return (f"default-src 'none'; script-src {' '.join(map(hash_source, scripts))}; style-src {' '.join(map(hash_source, styles))}; "
            "img-src data:; base-uri 'none'; form-action 'none'")


@cache
def asset(name: str) -> str:
    """The text of one of our own assets, or of vis-network as pyvis bundles it."""
    return (_vis_script() if name == "vis-network.min.js" else ASSETS / name).read_text(encoding="utf-8")


def _vis_script() -> Path:
    import pyvis  # costs half a second, and only pages with a graph need it

    return max((Path(pyvis.__file__).parent / "lib").glob("vis-*/vis-network.min.js"))


def write_assets(out: Path) -> None:
    """The scripts and styles that the pages of a report share, into `out/assets`."""
    for name in ("zhulian.css", "page.js", "graph.js", "find.js", "vis-network.min.js"):
        write_page(out / "assets" / name, asset(name))


def write_page(path: Path, text: str) -> Path:
    """Write a text as UTF-8 with \\n line ends, whatever the platform."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("views"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["script_json"] = script_json
    environment.filters["anchor"] = anchor
    environment.filters["thousands"] = lambda n: f"{n:,}"
    return environment


def render(template: str, words: Words, **values: object) -> str:
    """A page from a template of ours; all text in it is escaped."""
    return _environment().get_template(template).render(t=words, **values)
