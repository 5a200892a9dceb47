"""Every word of the pages, Chinese and English: one table, and the labels that the schema gives."""

from __future__ import annotations

import re

from graph.errors import UsageError
from graph.schema import EDGES, KINDS, NODES, Property, Type

LANGUAGES = ("zh", "en")

WORDS: dict[str, tuple[str, str]] = {
    "programme": ("珠联", "Zhulian"),
    "home": ("首页", "Contents"),
    "revision": ("图谱版本", "Graph revision"),
    "offline": ("本页可离线打开，不访问网络", "This page works offline and calls no network"),
    "no_script": ("检索、筛选和关系图需要启用 JavaScript；表格不受影响。", "Search, filters and graphs need JavaScript; the tables do not."),
    "sources": ("来源", "Sources"),
    "source": ("来源", "Source"),
    "records": ("记录", "Records"),
    "name": ("名称", "Name"),
    "kind": ("类别", "Kind"),
    "count": ("数量", "Count"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "unknown": ("未知", "unknown"),
    "none": ("无", "none"),
    "ten_thousand_yuan": ("万元", "10,000 CNY"),
    "list_separator": ("、", ", "),
    "sentence_separator": ("；", "; "),
    "shown": ("显示 {shown} / {all}", "{shown} of {all} shown"),
    "stub": ("仅被提及，尚无自己的记录", "Mentioned only, without a record of its own"),
    "facts": ("基本信息", "Facts"),
    "open_page": ("打开页面", "Open its page"),
    "filter": ("筛选", "Filter"),
    "filter_hint": ("输入文字筛选表格", "Type to filter the table"),
    "close": ("关闭", "Close"),
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("缩小", "Zoom out"),
    "fit": ("全图", "Fit"),
    # index
    "report_lead": ("谁能解题，链上缺什么，依据是什么。", "Who can meet which need, where the chains have gaps, and the evidence."),
    "search": ("检索", "Search"),
    "search_hint": ("输入需求、地区、产业链、专家或产品名称", "Type a need, region, chain, scientist or product"),
    "search_none": ("没有找到", "Nothing found"),
    "search_more": ("只列出前 {n} 条，请多输入几个字", "Only the first {n} are listed: type more"),
    "matched_needs": ("需求对接", "Needs and experts"),
    "region_gaps": ("各地产业链缺口", "Gaps by region"),
    "chain_gaps": ("产业链", "Chains"),
    "what_is_inside": ("图谱规模", "What the graph holds"),
    "by_kind": ("按类别", "By kind"),
    "by_source": ("按来源", "By source"),
    "loaded": ("已载入实体", "Loaded entities"),
    "stubs": ("仅被提及", "Only mentioned"),
    "bundled": ("随程序自带", "Bundled codes"),
    "bundled_note": ("随程序自带的代码表（区划、行业、学科等）和仅被提及的对象单列，不计入已载入实体。",
                     "Code tables that come with the program (regions, industries, disciplines …) and things only mentioned are counted apart."),
    "notes": ("说明", "Notes"),
    "skipped": ("未匹配的需求", "Needs that were not matched"),
    "why": ("原因", "Reason"),
    "no_results": ("没有结果", "No results"),
    "experts": ("专家", "Experts"),
    "best_expert": ("首位专家", "First expert"),
    "gaps": ("缺口", "Gaps"),
    "gap": ("缺口类型", "Kind of gap"),
    # need
    "need": ("需求", "Need"),
    "text_need": ("输入的文字", "Text as typed"),
    "ranked_experts": ("推荐专家", "Ranked experts"),
    "ranking_note": ("排序供人参考，由人决定。得分在 0 与 1 之间，不同需求之间可以比较。",
                     "Rankings explain themselves; a person decides. Scores lie between 0 and 1 and compare across needs."),
    "rank": ("序", "#"),
    "expert": ("专家", "Expert"),
    "institution": ("单位", "Institution"),
    "score": ("得分", "Score"),
    "reasons": ("理由", "Reasons"),
    "evidence": ("依据", "Evidence"),
    "own_profile": ("本人简介", "Own profile"),
    "confidence": ("把握", "Confidence:"),
    "graph_facts": ("图谱中的依据", "What the graph knows"),
    "cautions": ("留意：", "Mind:"),
    "route": ("联系途径：", "Reach through:"),
    "excluded": ("未列入的专家", "Experts kept out"),
    "excluded_note": ("按规则不参与排序。", "Kept out of the ranking by a rule."),
    "rule": ("规则", "Rule"),
    "note": ("说明", "Note"),
    "contacts": ("联系方式", "Contacts"),
    "contacts_note": ("按登记的用途显示，请勿转发", "shown for a purpose that was logged: do not pass on"),
    "evidence_graph": ("证据图", "Evidence graph"),
    "evidence_graph_note": ("需求 — 专家 — 成果 — 单位 — 产品。点击节点查看信息与来源。",
                            "Need – experts – works – institutions – products. Click a node for its facts and sources."),
    "graph_first_experts": ("图中只画前 {n} 位专家，其余见上表。", "The graph shows the first {n} experts; the table has all."),
    "edge_match": ("匹配", "matched"),
    # graph
    "legend": ("图例", "Legend"),
    "find_in_graph": ("在图中查找", "Find in the graph"),
    "expand": ("展开相邻节点", "Show its neighbours"),
    "expand_all": ("全部展开", "Show all"),
    "collapse": ("收起", "Collapse"),
    "hidden_neighbours": ("{n} 个相邻节点未显示", "{n} neighbours hidden"),
    # gaps
    "region": ("地区", "Region"),
    "chain": ("产业链", "Chain"),
    "product": ("产品", "Product"),
    "makers": ("生产企业", "Makers"),
    "local_makers": ("本地企业", "Local makers"),
    "other_makers": ("外地企业", "Other makers"),
    "path": ("链条路径", "Path"),
    "stage": ("环节", "Stage"),
    "stage_up": ("上游", "Upstream"),
    "stage_mid": ("中游", "Midstream"),
    "stage_down": ("下游", "Downstream"),
    "stage_none": ("未标环节", "No stage given"),
    "isolated": ("无上下游记录", "No links recorded"),
    "critical": ("关键环节", "Critical"),
    "chain_drawing": ("链条图", "The chain"),
    "upstream_downstream": ("上游 → 下游", "Upstream → downstream"),
    "drawing_note": ("底部横条越长，生产企业越多（开方比例）；红虚线为循环供应中断开的一环。点击产品查看信息。",
                     "The longer the bar, the more makers (square-root scale); a dashed red line is where a supply cycle was cut. Click a product."),
    "drawing_left_out": ("产品较多，图中画出 {drawn} 个（有上下游记录的优先，再按次序）；另有 {left} 个只在表中。",
                         "Of many products {drawn} are drawn (those with recorded links first, then in order); {left} more stand in the table only."),
    "columns_squeezed": ("链条较长，相邻环节已合并为 {n} 列。", "The chain is long: neighbouring layers are joined into {n} columns."),
    "gap_table": ("缺口清单", "List of gaps"),
    "product_table": ("产品清单", "List of products"),
    "no_gaps": ("没有发现缺口", "No gaps found"),
    "not_a_gap": ("非缺口", "No gap"),
    "made_here": ("本地有企业", "Made here"),
    "not_made_here": ("本地无企业", "Not made here"),
    "makers_short": ("{n} 家", "{n}"),
    "makers_here": ("本地 {local} · 外地 {other}", "here {local} · elsewhere {other}"),
    "gap_missing": ("补链", "Missing"),
    "gap_weak": ("强链", "Weak"),
    "gap_bottleneck": ("卡点", "Bottleneck"),
    "gap_extension": ("延链", "Extension"),
    "gap_build": ("建链", "Build"),
    "sign_missing": ("补", "M"),
    "sign_weak": ("强", "W"),
    "sign_bottleneck": ("卡", "B"),
    "sign_extension": ("延", "E"),
    "sign_build": ("建", "C"),
    "about_missing": ("本地需要而无人生产的投入品", "an input of what is made here that nobody here makes"),
    "about_weak": ("本地只有一家或高度集中", "one maker here only, or concentrated makers"),
    "about_bottleneck": ("大量下游依赖且无可绕开", "much downstream depends on it with no way round"),
    "about_extension": ("本地尚无，但与现有产业相近", "not made here, but near to what is"),
    "about_build": ("链条薄弱但条件相近，可以新建", "little of the chain is here, much is near"),
    # entity
    "relations": ("关系", "Relations"),
    "relation_to": ("{kind} →", "{kind} →"),
    "relation_from": ("← {kind}", "← {kind}"),
    "details": ("细节", "Details"),
    "stated_by": ("记载于", "Stated by"),
    "neighbourhood": ("关系图", "Neighbourhood"),
    "neighbourhood_note": ("到第 {hops} 步，共 {n} 个节点；先显示最近的，点击后可展开。",
                           "Up to {hops} steps, {n} nodes; the nearest are shown first, click to expand."),
    "left_out_hop": ("第 {hop} 步找到 {found} 个，取 {kept} 个，其余未列入图中。",
                     "Step {hop}: {found} found, {kept} taken, the rest left out of the graph."),
    "left_out_further": ("第 {hop} 步起未再展开。", "Not followed from step {hop} on."),
    "not_through_codes": ("不经由区划、行业、学科等代码节点继续展开。", "Code nodes (regions, industries, disciplines …) are not walked through."),
    "property": ("属性", "Property"),
    "value": ("值", "Value"),
    "stands_in": ("出处（来源 · 文件 · 行）", "Stands in (source · file · row)"),
    "file_row": ("第 {n} 行", "row {n}"),
    "other_value": ("另有说法", "also said"),
    "open_references": ("尚未对上的引用", "References that stayed open"),
    "could_be": ("（可能是：{names}）", " (could be: {names})"),
    "origins_elsewhere": ("每个值出自哪个文件哪一行，记在工作区里：在工作区旁生成本页即可看到。",
                          "Which file and row each value comes from is kept in the workspace: write this page beside it to see."),
    "side_by_side": ("各来源记录并列", "The records side by side"),
    "side_by_side_note": ("底色为图中采用的值。", "Tinted: the value that the graph has."),
    "more_records": ("另有 {n} 条记录未列出。", "{n} more records are not shown."),
    "rank_and_load": ("信任级别 {rank} · {day} 装载", "rank {rank} · loaded {day}"),
    "why_one": ("为什么合为一个", "Why they are one"),
    "reason_line": ("{why}。得分 {score}，判断者 {who}。", "{why}. Score {score}, judged by {who}."),
    "more_reasons": ("另有 {n} 条判断未列出。", "{n} more judgements are not shown."),
    "why_with": ("{why}：{evidence}", "{why}: {evidence}"),
    "verdict_same": ("同一个", "same"),
    "verdict_different": ("不是同一个", "different"),
    "method_uscc": ("统一社会信用代码有效且相同，名称不矛盾", "Equal valid credit codes, and names that do not contradict"),
    "method_orcid": ("ORCID 有效且相同，姓名不矛盾", "Equal valid ORCIDs, and names that do not contradict"),
    "method_code": ("官方代码与名称相同", "Equal official codes and names"),
    "method_model": ("按多项特征综合判断", "By many features together"),
    "method_review": ("人工复核", "Reviewed by a person"),
    "rule_of_first": ("取信任级别最高的来源（同级按来源名）", "most trusted source (of one rank: by name)"),
    "rule_of_unmasked": ("完整值优先（显示时仍脱敏）", "whole before masked (shown masked)"),
    "rule_of_longest": ("取最长的文本", "longest text"),
    "rule_of_union": ("各来源合并", "all sources together"),
    "rule_of_any": ("任一来源为是即为是", "yes if one source says so"),
    "rule_of_reference": ("引用", "reference"),
    "rule_of_mention": ("被提及", "mentioned"),
    # federation
    "federation_lead": ("两个来源互相有什么、没有什么，哪里说法不一，可以给对方什么。",
                        "What two sources have of each other, where they disagree, and what to send to the other side."),
    "overview": ("总览", "Overview"),
    "overview_note": ("按图中合并后的实体计；多条记录合为一个的只计一次。",
                      "Counted by what is one entity in the graph, however many records it has."),
    "in_source": ("{name} 有", "In {name}"),
    "in_both": ("双方都有", "In both"),
    "share_of": ("占 {name}", "Of {name}"),
    "open_reviews": ("待复核", "Open reviews"),
    "open_reviews_note": ("两个来源之间还有 {n} 对记录待人工复核是否同一，结果会改变本页的数字。",
                          "{n} pairs of records between the two wait for a person's verdict; it will change the figures of this page."),
    "disagreements": ("说法不一", "Disagreements"),
    "disagreements_note": ("写法不同（空格、繁简、脱敏、精度）不算不一。“较新”只在装载记录或双方自述日期能说明时给出。联系方式已脱敏。",
                           "What differs in form alone (spaces, traditional characters, masking, precision) is none. A side is called newer only "
                           "where the loads, or days that both state, tell. Contact fields are masked."),
    "only_in": ("仅 {name} 有", "Only in {name}"),
    "newer": ("较新", "Newer"),
    "newer_by_load": ("据装载变更", "by a load that changed it"),
    "newer_by_stated date": ("据自述日期", "by the days they state"),
    "also_in": ("还见于", "Also in"),
    "could_be_review": ("可能是（待复核）", "Could be (open review)"),
    "to_send": ("可提供给 {name}", "To send to {name}"),
    "to_send_note": ("用对方自己的列名；可直接装载。只有新增的和对方缺的，不是完整名单：若用来替换原有名单，其余的会被删除。",
                     "In its own columns, ready to load. Only what is new and what is lacking, no full list: loaded in place of the list, it would "
                     "remove the rest."),
    "sent_empty": ("联系方式留空，不写脱敏值。", "Contact fields are empty, never masked."),
    "sent_unmasked": ("含未脱敏的联系方式（用途已记入日志）。", "With contact fields as they came (the purpose is in the audit)."),
    "new_rows": ("对方没有的", "New to it"),
    "filled_rows": ("补全对方缺项的", "Completing its own"),
    "file": ("文件", "File"),
    "all_rows_in": ("全部见 {file}", "all are in {file}"),
    "rows_left_out": ("共 {n} 条，列出前 {shown} 条。", "{n} in all, the first {shown} are listed."),
}


class Words:
    """The words of one language: `words("rank")`, with `words("makers_short", n=3)` filling the blanks.

    Raises:
        UsageError: the language is neither zh nor en.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise UsageError(f"there is no language {language!r}: use one of {', '.join(LANGUAGES)}")
        self.language = language
        self._column = LANGUAGES.index(language)
        self.tag = ("zh-CN", "en")[self._column]

    def of(self, chinese: str, english: str) -> str:
        """The one of two words that is of the page's language."""
        return (chinese, english)[self._column]

    def __call__(self, key: str, **blanks: object) -> str:
        return WORDS[key][self._column].format(**blanks)

    def known(self, key: str, otherwise: str) -> str:
        """A word that may not be in the table."""
        return WORDS[key][self._column] if key in WORDS else otherwise

    def kind(self, kind: str) -> str:
        """The name of a node kind (`scientist`), or the kind itself where the schema has none."""
        table = KINDS.get(kind)
        if table is None:
            return kind
        return table.label if self._column == 0 else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", table.node_label).capitalize()

    def edge(self, kind: str) -> str:
        """The name of an edge kind (`makes`)."""
        if kind not in EDGES:
            return self.known(f"edge_{kind}", kind)
        return EDGES[kind].label if self._column == 0 else EDGES[kind].type.replace("_", " ").lower()

    def property(self, p: Property) -> str:
        """The label of a property."""
        return p.label if self._column == 0 else p.name.replace("_", " ")

    def column(self, table: str, name: str) -> str:
        """The label of a table's column."""
        return next(self.property(p) for p in NODES[table].properties if p.name == name)

    def choice(self, p: Property, value: str) -> str:
        """An allowed value as it is said (`open` → 开放)."""
        forms = p.choices.get(value, ())
        return forms[0] if forms and self._column == 0 else value.replace("_", " ") if forms else value

    def value(self, p: Property, value: object) -> str:
        """A property's value as it is said."""
        if isinstance(value, bool):
            return self("yes" if value else "no")
        if isinstance(value, list):
            return self("list_separator").join(self.choice(p, str(v)) for v in value)
        if p.type in (Type.NUMBER, Type.INTEGER) and isinstance(value, int | float):
            number = f"{value:,.10g}"
            return f"{number} {self('ten_thousand_yuan')}" if p.note == WORDS["ten_thousand_yuan"][0] else number
        return self.choice(p, str(value))

    def scripts(self) -> dict[str, str]:
        """The words that the scripts of a page need."""
        keys = ("shown", "search_none", "search_more", "open_page", "sources", "hidden_neighbours", "expand", "close")
        return {key: WORDS[key][self._column] for key in keys}
