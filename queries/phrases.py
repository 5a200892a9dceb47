"""Which words of a query a document has: the longest runs of shared terms, the telling ones first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from queries.ngrams import normalised, stem

_CHINESE_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]{2,}")
_WORD = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_WEAK_ENDS = "的地得与和及或在对为以是了中其等之于并可有将被从到由向把让使能而且也就都各个这那该此每"
_JOINTS = re.compile("[的与和及]")
_TEMPLATES = frozenset("""
研究 分析 技术 方法 系统 设计 应用 影响 基于 问题 需求 解决 提高 提升 开发 关键 采用 进行 实现 目前 需要 要求 产品 企业 结果 表明 结果表明 不同 通过
主要 以及 具有 利用 使用 作用 条件 过程 情况 模型 关系 发展
建设 中国 我国 亟需 希望 突破 攻关 揭榜 揭榜挂帅 寻求 合作 专家 团队 以上 以下 方案 指标 性能 降低 优化
""".split())
"""Words that say nothing of a field: they stand in every need and every abstract, and are no reason."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text made ready for comparison: its normal form, its Chinese runs, its words and their stems."""

    text: str
    runs: tuple[str, ...]
    words: tuple[str, ...]
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Wording:
        plain = normalised(text)
        words = tuple(dict.fromkeys(w for w in _WORD.findall(plain) if len(w) > 1 and not w.isdigit()))
        return cls(plain, tuple(_CHINESE_RUN.findall(plain)), words, frozenset(s for w in words if (s := stem(w)) is not None))


def shared_phrases(query: Wording, document: Wording, weight: Callable[[str], float], most: int = 5) -> tuple[str, ...]:
    """Runs of the query that the document has word for word, by weight; none within another.

    Args:
        query, document: the two texts.
        weight: what a phrase counts (the idf of its terms).
        most: how many at the most.
    """
    found = dict.fromkeys(phrase for run in query.runs for phrase in _runs_within(run, document.text))
    found.update(dict.fromkeys(w for w in query.words if stem(w) in document.stems))
    kept: list[str] = []
    for phrase in sorted(found, key=lambda p: -weight(p)):
        if not any(phrase in other for other in kept):
            kept.append(phrase)
        if len(kept) == most:
            break
    return tuple(kept)


def _runs_within(run: str, text: str) -> Iterator[str]:
    """The longest stretches of a Chinese run that a text holds, without weak ends and templates."""
    start = 0
    while start < len(run) - 1:
        end = start + 2
        if run[start:end] not in text:
            start += 1
            continue
        while end < len(run) and run[start:end + 1] in text:
            end += 1
        for phrase in _JOINTS.split(run[start:end].strip(_WEAK_ENDS)):
            if len(phrase) >= 2 and phrase not in _TEMPLATES:
                yield phrase
        start = end - 1 if end - start > 2 else start + 1
