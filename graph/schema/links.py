"""The tables whose rows join two records."""

from __future__ import annotations

from graph.schema.declare import LinkTable, Property, Type
from graph.schema.nodes import ORGANISATIONS, PARTY, ROLES, day, flag, integer, number, text, year

_ENTERPRISE_FIRST = (ORGANISATIONS[2], *ORGANISATIONS[:2], *ORGANISATIONS[3:])


def end(name: str, label: str, refers: str | tuple[str, ...], *aliases: str) -> Property:
    return Property(name, label, aliases=aliases, required=True,
                    refers=(refers,) if isinstance(refers, str) else refers)


SCIENTIST = end("scientist", "科技工作者", "scientists", "姓名", "专家", "科技工作者编号", "专家编号", "人才编号", "作者")
ENTERPRISE = end("enterprise", "企业", _ENTERPRISE_FIRST, "企业名称", "企业编号", "公司")
PRODUCT = end("product", "产品", "products", "产品名称", "产品编号")
PARTY_END = end("party", "参与方", PARTY, "成员", "参与者", "参加者", "单位或个人", "成员名称")
WEIGHT = number("weight", "权重", "消耗系数", "系数")

LINK_TABLES: tuple[LinkTable, ...] = (
    LinkTable("authorships", "署名", end("work", "成果", "works", "成果编号", "论文", "论文编号", "作品"), SCIENTIST,
              (integer("position", "位次", "署名顺序", "排序", "作者顺序"),), aliases=("作者",)),
    LinkTable("memberships", "学会会员", end("society", "学会", "societies", "学会名称", "学会编号"), SCIENTIST,
              (text("role", "职务", "会内职务", "角色"), day("since", "入会时间", "入会日期", "加入时间")), ("role",), aliases=("会员",)),
    LinkTable("mentorships", "院士带培", end("mentor", "导师", "scientists", "带培导师", "导师编号", "院士"),
              end("mentee", "培养对象", "scientists", "青年人才", "学员", "学员编号", "培养对象编号"),
              (day("since", "开始时间", "结对时间", "起始时间"),), aliases=("带培", "师徒")),
    LinkTable("makes", "企业产品", ENTERPRISE, PRODUCT, (
        number("share", "收入占比", "占比", "营收占比", maximum=1), text("period", "期间", "报告期", "年度"), text("basis", "口径", "统计口径")),
        ("period", "basis"), aliases=("产品清单", "企业生产产品"), note="share is a part of the enterprise's revenue, 0 to 1"),
    LinkTable("product_inputs", "产品投入", PRODUCT, end("input", "投入品", "products", "上游产品", "原材料", "投入产品"), (WEIGHT,),
              aliases=("上下游", "产品上下游")),
    LinkTable("product_kinds", "产品从属", PRODUCT, end("broader", "上位产品", "products", "大类", "上级产品"), aliases=("产品分类",)),
    LinkTable("industry_inputs", "行业投入", end("industry", "行业", "industries", "行业代码", "下游行业"),
              end("input", "投入行业", "industries", "上游行业"), (WEIGHT,), aliases=("行业投入产出",)),
    LinkTable("chain_products", "链上产品", end("chain", "产业链", "chains", "产业链名称", "产业链编号"), PRODUCT, (
        Property("stage", "环节", aliases=("上中下游", "链条位置"), choices={"up": ("上游",), "mid": ("中游",), "down": ("下游",)}),
        flag("critical", "关键环节", "是否关键")), aliases=("产业链产品", "产业链环节")),
    LinkTable("participations", "活动参与", end("event", "活动", "events", "活动名称", "活动编号"), PARTY_END,
              (text("role", "角色", "参与角色", "身份"),), ("role",), aliases=("参会名单", "活动参与情况")),
    LinkTable("community_roles", "共同体成员", end("community", "创新共同体", "communities", "共同体", "共同体名称"), PARTY_END,
              (Property("role", "角色", aliases=("承担角色",), required=True, choices=ROLES),), ("role",), aliases=("创新共同体成员",)),
    LinkTable("investments", "投资", end("fund", "基金", "funds", "基金名称", "基金编号"), ENTERPRISE, (
        number("amount", "投资金额", "金额"), year("year", "年份", "投资年份"), number("follow_on", "后续跟投", "跟投金额", "后续投资")),
        ("year",), aliases=("投资记录",)),
    LinkTable("association_members", "科协会员", end("association", "科协组织", "associations", "科协", "组织名称", "科协名称"), PARTY_END,
              aliases=("科协成员", "科协组织会员")),
    LinkTable("employments", "任职", SCIENTIST, ENTERPRISE, (
        day("from", "起始时间", "开始时间", "任职开始", "入职时间"), day("to", "终止时间", "结束时间", "任职结束", "离职时间")), ("from",),
        aliases=("任职经历",)),
    LinkTable("outcomes", "对接结果", end("need", "需求", "needs", "需求编号", "需求名称"), SCIENTIST, (
        Property("result", "结果", aliases=("对接结果", "进展"), choices={
            "declined": ("拒绝", "婉拒", "谢绝", "已拒绝"), "contacted": ("已联系", "联系中", "洽谈中"), "signed": ("已签约", "签约"),
            "done": ("已完成", "完成"), "failed": ("未成", "失败", "终止")}),
        Property("rating", "评分", Type.INTEGER, ("评价", "满意度"), minimum=1, maximum=5), day("date", "日期", "时间", "对接日期")),
        ("date", "result"), aliases=("对接记录", "对接反馈")),
)
