"""What columns are called on the terminal, and the short words of `show`'s cells. Files keep the contract's names."""

from __future__ import annotations

HEADINGS = {
    # match, gaps
    "need_id": "需求编号", "need_title": "需求", "rank": "名次", "scientist_id": "专家编号", "scientist_name": "专家", "institution": "单位",
    "confidence": "把握",
    "score": "得分", "reasons": "理由", "scientist_phone": "电话", "scientist_email": "邮箱", "region": "地区", "product_name": "产品",
    "part": "承担", "kind": "类型", "local_makers": "本地企业", "other_makers": "外地企业", "status": "状态",
    # match of other pairings: the two sides
    "mentor_id": "导师编号", "mentor_name": "导师", "mentee_id": "青年编号", "mentee_title": "青年人才", "lecturer_id": "专家编号",
    "lecturer_name": "科普专家",
    "audience_id": "受众主题", "audience_title": "受众与主题", "study_id": "课题编号", "study_title": "课题", "platform_id": "平台编号",
    "platform_title": "平台", "society_id": "学会编号", "society_name": "学会", "enterprise_id": "企业编号", "enterprise_title": "企业",
    "park_id": "园区", "park_title": "园区", "policy_id": "政策编号", "policy_name": "政策", "fund_id": "基金编号", "fund_name": "基金",
    # learn
    "feature": "特征", "declared": "默认权重", "weight": "权重",
    # load, status
    "source": "来源", "table": "表", "read": "读入", "accepted": "收下", "rejected": "拒收", "waiting": "等待", "stubs": "提及", "note": "备注",
    "label": "中文", "entities": "个数", "title": "名称", "tables": "表数", "rows": "行数", "trust": "信任级别", "last_load": "最近装载 (UTC)",
    # show
    "property": "属性", "value": "值", "choice": "取舍", "rule": "规则", "place": "出处", "number": "序", "record": "记录", "called": "名称",
    "pair": "记录对", "verdict": "判断", "method": "方法", "evidence": "依据", "who": "操作人", "judgement": "判断编号",
    "outcome": "结果", "candidates": "可能是", "edge": "关系", "direction": "方向", "count": "数量",
    # history, audit
    "loaded_at": "装载时间 (UTC)", "load": "第几次", "id": "编号", "change": "变化", "before": "原值", "after": "新值", "rows_added": "新增行",
    "rows_changed": "改动行", "rows_removed": "删除行", "happened_at": "时间 (UTC)", "command": "命令", "purpose": "用途", "detail": "内容",
    # federate
    "in both": "两边都有", "differences": "不一致", "reviews": "待定", "unknown": "不知", "to": "送给", "new": "新增", "completed": "补全",
}
_OF_A_SOURCE = {"newer in ": "{} 较新", "in ": "{} 有", "of ": "占 {}"}
"""How a column begins that is named after a source: `in keji`, `newer in keji`."""

RULES = {"first": "最可信", "unmasked": "完整优先", "longest": "最长",
         "union": "合并", "any": "任一", "reference": "引用", "link": "关联", "mention": "提及"}
CHOSEN, SAME, OTHER = "采用", "相同", "未用"


def heading(column: str) -> str:
    """What a column is called on the terminal; its own name where nothing else is declared."""
    if column in HEADINGS:
        return HEADINGS[column]
    return next((shown.format(column.removeprefix(start)) for start, shown in _OF_A_SOURCE.items() if column.startswith(start)), column)
