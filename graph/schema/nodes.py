"""Every kind of thing: the node tables, with their columns, Chinese labels and the header aliases by which they are known."""

from __future__ import annotations

from graph.schema.declare import NodeTable, Privacy, Property, Type

ORGANISATIONS = ("organisations", "institutions", "enterprises", "societies", "associations")
PARTY = ("scientists", *ORGANISATIONS)

ROLES = dict.fromkeys("政产学研金服用", ())
AUDIENCES = {
    "youth": ("青少年", "学生", "中小学生"),
    "farmers": ("农民", "农村居民", "农民群众"),
    "workers": ("产业工人", "工人", "职工"),
    "elderly": ("老年人", "老人", "银发族"),
    "officials": ("领导干部和公务员", "领导干部", "公务员", "干部"),
}
INSTITUTION_TYPES = {
    "university": ("高校", "大学", "高等院校", "高等学校"),
    "institute": ("科研院所", "研究院", "研究所", "院所", "科研机构"),
    "hospital": ("医院", "医疗机构"),
    "school": ("学校", "中学", "小学", "中小学"),
    "station": ("农技站", "推广站", "农业技术推广站"),
    "agency": ("政府", "政府部门", "机关", "事业单位"),
    "financier": ("金融机构", "银行", "投资机构"),
    "service": ("服务机构", "中介机构"),
    "other": ("其他", "其它"),
}


def text(name: str, label: str, *aliases: str, longest: bool = False, fulltext: bool = False, note: str = "") -> Property:
    return Property(name, label, aliases=aliases, longest=longest, fulltext=fulltext, note=note)


def texts(name: str, label: str, *aliases: str, titles: bool = False, fulltext: bool = False) -> Property:
    return Property(name, label, Type.LIST, aliases, titles=titles, fulltext=fulltext)


def number(name: str, label: str, *aliases: str, minimum: float | None = 0, maximum: float | None = None,
           note: str = "") -> Property:
    return Property(name, label, Type.NUMBER, aliases, minimum=minimum, maximum=maximum, note=note)


def integer(name: str, label: str, *aliases: str, minimum: float | None = 0) -> Property:
    return Property(name, label, Type.INTEGER, aliases, minimum=minimum)


def flag(name: str, label: str, *aliases: str) -> Property:
    return Property(name, label, Type.BOOLEAN, aliases)


def year(name: str, label: str, *aliases: str) -> Property:
    return Property(name, label, Type.YEAR, aliases, minimum=1000, maximum=2200)


def day(name: str, label: str, *aliases: str) -> Property:
    return Property(name, label, Type.DATE, aliases)


def ref(name: str, label: str, refers: str | tuple[str, ...], edge: str, *aliases: str, many: bool = False,
        inverse: bool = False, titles: bool = False) -> Property:
    return Property(name, label, Type.LIST if many else Type.TEXT, aliases, edge=edge, inverse=inverse, titles=titles,
                    refers=(refers,) if isinstance(refers, str) else refers)


def name(label: str, *aliases: str) -> Property:
    return Property("name", label, aliases=aliases, required=True, fulltext=True)


REGION = ref("region", "所在地区", "regions", "locations", "地区", "区域", "所在城市", "省市", "城市", "区县", "所在地", "行政区划",
             "所在区县", "所属地区", "所属区县", "地域", "举办地区", "适用地区")
DISCIPLINES = ref("disciplines", "学科", "disciplines", "subjects", "所属学科", "学科领域", "学科专业", "专业", "研究领域", "专业领域",
                  "涉及学科", "学科方向", "学科分类", many=True)
INDUSTRY = ref("industry", "行业", "industries", "sectors", "所属行业", "行业代码", "行业分类", "产业", many=True)
KEYWORDS = texts("keywords", "关键词", "研究方向", "主题词", "研究关键词", "关键字", "擅长领域", "擅长方向", "擅长", "专长",
                 "研究专长", "专业特长", "主要研究方向", "研究兴趣", fulltext=True)
ALIASES = texts("aliases", "别名", "别称", "又名", "简称", titles=True)
FOUNDED = day("founded", "成立日期", "成立时间", "注册日期", "成立年份", "设立时间", "建站时间", "建立时间", "批准时间")
TYPE_ALIASES = ("类型", "类别")

ORGANISATION_COLUMNS = (
    ALIASES,
    texts("former_names", "曾用名", "原名", "更名前名称", titles=True),
    text("uscc", "统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码"),
    text("legal_rep", "法定代表人", "法人", "法人代表", "负责人"),
    INDUSTRY,
    text("address", "地址", "注册地址", "通讯地址", "单位地址", "办公地址"),
    REGION,
    Property("phone", "电话", aliases=("联系电话", "固定电话", "单位电话"), privacy=Privacy.CONTACT),
    text("website", "网址", "官网", "网站", "主页"),
    FOUNDED,
)


def organisation(table: str, label: str, kind: str, node_label: str, colour: str, named: Property,
                 *own: Property, aliases: tuple[str, ...] = (), keeps_indicators: bool = False, note: str = "") -> NodeTable:
    """A kind of organisation: the columns that all organisations share, and its own."""
    properties = (named, *(p for p in own), *(p for p in ORGANISATION_COLUMNS if p.name not in {o.name for o in own}))
    return NodeTable(table, label, kind, node_label, "organisations", ("name",), properties, colour, aliases,
                     keeps_indicators, note=note)


def code_table(table: str, label: str, kind: str, node_label: str, colour: str, named: Property, *own: Property,
               aliases: tuple[str, ...] = ()) -> NodeTable:
    """A table of codes: regions, industries, disciplines, region groups."""
    return NodeTable(table, label, kind, node_label, table, (), (
        named, ref("parent", "上级", table, "parts", "上级代码", "上级编码", "父级", "所属上级"), *own), colour, aliases)


NODE_TABLES: tuple[NodeTable, ...] = (
    NodeTable("scientists", "科技工作者", "scientist", "Scientist", "scientists", ("name", "institution", "orcid"), (
        name("姓名", "专家姓名", "会员姓名", "完成人", "人才姓名", "科技工作者姓名", "author"),
        text("name_en", "英文名", "姓名拼音", "英文姓名", "拼音"),
        ALIASES,
        text("title", "职称", "专业技术职务", "职务职称", "技术职称", "职务"),
        text("degree", "学历学位", "最高学历学位", "学位", "学历", "最高学历", "最高学位"),
        texts("honours", "荣誉称号", "荣誉", "人才称号", "人才计划", "奖励荣誉"),
        ref("institution", "所在单位", ORGANISATIONS[1:2] + ORGANISATIONS[:1] + ORGANISATIONS[2:], "affiliations", "工作单位", "单位",
            "单位名称", "完成单位", "所属单位", "现工作单位", "affiliation"),
        ref("societies", "所属学会", "societies", "memberships", "学会名称", "学会", "加入学会", many=True, inverse=True, titles=True),
        DISCIPLINES, KEYWORDS,
        ref("works", "代表性成果", "works", "authorships", "代表作", "成果", "代表成果", "论文", "主要成果", "代表论著", "项目名称",
            many=True, inverse=True, titles=True),
        text("bio", "简介", "个人简介", "专家简介", "人物简介", longest=True, fulltext=True),
        REGION,
        Property("email", "邮箱", aliases=("电子邮箱", "电子邮件", "邮件", "e-mail", "联系邮箱"), privacy=Privacy.CONTACT),
        Property("phone", "手机", aliases=("手机号码", "手机号", "联系电话", "电话", "移动电话", "联系方式"), privacy=Privacy.CONTACT),
        text("orcid", "ORCID", "orcid号"),
        Property("birth_date", "出生日期", Type.DATE, ("出生年月", "出生", "生日", "出生时间"), privacy=Privacy.CONTACT),
        Property("gender", "性别", choices={"female": ("女", "女性"), "male": ("男", "男性")}),
        texts("languages", "语种", "外语", "掌握语言", "语言"),
        integer("capacity", "可承接数", "承接能力", "服务名额", "可对接数"),
        flag("do_not_contact", "勿联系", "请勿联系", "不接受对接", "谢绝联系"),
        ref("conflicts", "利益冲突", ORGANISATIONS[2:3] + ORGANISATIONS[:2] + ORGANISATIONS[3:], "conflicts", "回避单位",
            "利益冲突单位", "冲突单位", many=True, titles=True),
        flag("retired", "退休", "是否退休", "已退休"),
        flag("overseas", "海外", "是否海外", "海外专家", "是否海外人才"),
    ), "#2f6db3", ("人才", "专家", "科技人才", "专家库", "人才库")),
    organisation("organisations", "机构", "organisation", "Organisation", "#6b7280",
                 name("机构名称", "单位名称", "单位全称"), text("type", "机构类型", *TYPE_ALIASES), aliases=("单位",),
                 note="a list of mixed organisations; the kind is inferred from type, else from the name"),
    organisation("institutions", "高校院所", "institution", "Institution", "#3b8ea5", name("院所名称", "高校名称", "院校名称", "学校名称"),
                 Property("type", "院所类型", aliases=("机构类型", *TYPE_ALIASES), choices=INSTITUTION_TYPES), aliases=("高校", "院所", "科研机构")),
    organisation("enterprises", "企业", "enterprise", "Enterprise", "#d97a2b", name("企业名称", "公司名称", "企业全称", "公司全称"),
                 text("short_name", "企业简称", "公司简称", "证券简称"),
                 text("park", "园区", "所在园区", "所属园区"), texts("honours", "资质荣誉", "企业资质", "荣誉", "资质"),
                 integer("employees", "员工数", "员工人数", "职工人数", "从业人数"),
                 number("revenue", "营业收入", "营收", "年营业收入", note="万元"),
                 number("rd_spend", "研发投入", "研发费用", "研发经费", note="万元"),
                 flag("listed", "是否上市", "上市"), text("stock_code", "股票代码", "证券代码"), aliases=("公司", "科技企业")),
    organisation("societies", "学会", "society", "Society", "#7a5ab5", name("学会名称", "学会全称", "社团名称"),
                 Property("level", "级别", aliases=("学会级别", "层级"), choices={
                     "national": ("全国", "国家级", "全国学会"), "municipal": ("市级", "省级", "省市级"), "district": ("区县级", "区级", "县级")}),
                 DISCIPLINES, aliases=("科技社团", "协会学会"), keeps_indicators=True,
                 note="unknown numeric columns are kept as indicators"),
    organisation("associations", "科协组织", "association", "Association", "#b0486e", name("科协名称", "组织名称", "科协组织名称"),
                 Property("type", "科协类型", aliases=("组织类型", *TYPE_ALIASES), choices={
                     "regional": ("地方科协", "区县科协", "地方"), "enterprise": ("企业科协", "企业"), "campus": ("高校科协", "高校"),
                     "park": ("园区科协", "园区"), "talent": ("人才协会", "人才组织", "人才社团", "人才")}),
                 ref("host", "依托单位", ORGANISATIONS, "hosts", "所在单位", "主管单位", "挂靠单位"),
                 ref("parent", "上级科协", "associations", "parts", "上级组织"),
                 integer("members", "会员数", "会员人数", "成员数"), aliases=("科协", "基层科协")),
    NodeTable("platforms", "平台", "platform", "Platform", "platforms", ("name",), (
        name("平台名称", "站点名称", "工作站名称", "基地名称"),
        Property("type", "平台类型", aliases=TYPE_ALIASES, choices={
            "academician_station": ("院士工作站", "院士专家工作站"), "overseas_station": ("海智工作站", "海外专家工作站", "海智计划工作站"),
            "offshore_base": ("海外人才离岸创新创业基地", "离岸基地", "离岸创新创业基地"),
            "young_scientist_studio": ("青年科学家工作室", "青年科学家工作站"), "trade_centre": ("技术交易中心", "国际技术贸易中心", "技术贸易中心"),
            "lab": ("实验室", "重点实验室"), "other": ("其他", "其它")}),
        ref("host", "建站单位", ORGANISATIONS, "hosts", "依托单位", "承建单位", "所在单位"),
        ref("lead", "领衔专家", "scientists", "leads", "负责人", "领衔院士", "首席专家", "带头人"), REGION,
        Property("functions", "功能", Type.LIST, ("平台功能", "主要功能"), choices={
            "transfer": ("技术转移", "成果转移"), "conversion": ("成果转化", "转化"), "research": ("联合研发", "研发", "科研攻关"),
            "sharing": ("资源共享", "共享"), "incubation": ("孵化", "创业孵化")}),
        FOUNDED), "#2a9d6f", ("创新平台", "工作站"), keeps_indicators=True),
    NodeTable("works", "成果", "work", "Work", "works", ("title", "year", "type"), (
        Property("title", "题名", aliases=("标题", "成果名称", "论文题目", "论文题名", "题目", "专利名称", "成果标题"), required=True, fulltext=True),
        Property("type", "成果类型", aliases=TYPE_ALIASES, choices={
            "paper": ("论文", "期刊论文", "会议论文"), "patent": ("专利", "发明专利"), "project": ("项目", "课题", "科研项目"),
            "standard": ("标准",), "achievement": ("成果", "科技成果")}),
        ref("authors", "作者", "scientists", "authorships", "全部作者", "作者姓名", "著者", "完成人", "主要完成人", "成果完成人", "发明人",
            "项目负责人", "负责人", many=True, titles=True),
        text("abstract", "摘要", "内容摘要", longest=True, fulltext=True), KEYWORDS, year("year", "年份", "发表年份", "年度", "立项年份"),
        DISCIPLINES, text("clc", "中图分类号", "分类号"),
        ref("products", "相关产品", "products", "concerns", "涉及产品", "应用产品", many=True),
        integer("trl", "技术成熟度", "技术就绪度", "成熟度"), text("doi", "DOI"), text("url", "链接", "网址"),
        text("programme", "资助计划", "项目来源", "计划名称", "基金名称"),
        number("amount", "金额", "经费", "资助金额", "amount_10k_cny", note="万元"),
    ), "#8a8f3c", ("论文", "科技成果", "成果库")),
    NodeTable("needs", "需求", "need", "Need", "needs", ("title", "text", "enterprise"), (
        Property("title", "需求名称", aliases=("需求标题", "技术需求名称", "需求题目", "榜单名称"), fulltext=True),
        text("text", "需求内容", "需求描述", "技术需求", "详细描述", "需求说明", "难题描述", longest=True, fulltext=True),
        ref("enterprise", "需求企业", ORGANISATIONS[2:3] + ORGANISATIONS[:2] + ORGANISATIONS[3:], "demands", "企业名称", "提出单位", "发榜单位",
            "需求单位", "所属企业"),
        REGION, INDUSTRY, ref("products", "相关产品", "products", "concerns", "涉及产品", "产品", many=True), DISCIPLINES, KEYWORDS,
        number("budget", "预算", "投入预算", "拟投入资金", "悬赏金额", note="万元"), day("deadline", "截止日期", "截止时间", "有效期至"),
        Property("status", "状态", aliases=("需求状态",), choices={
            "open": ("开放", "进行中", "待对接", "征集中", "揭榜中", "未解决"), "matched": ("已对接", "对接中"), "signed": ("已签约",),
            "done": ("已完成", "已解决"), "closed": ("已关闭", "已结束", "关闭", "过期")}),
        integer("experts_wanted", "需要专家数", "需求专家数", "专家人数"),
    ), "#c0392b", ("技术需求", "企业需求", "问题库", "难题"), any_of=("title", "text")),
    NodeTable("products", "产品", "product", "Product", "products", ("name",), (
        name("产品名称", "产品名"), ALIASES, INDUSTRY, flag("critical", "关键产品", "是否关键", "关键核心"),
        Property("kind", "产品性质", aliases=("产品类型",), choices={"product": ("产品", "实物"), "service": ("服务",), "junk": ("无效", "噪声")}),
        text("domain", "领域", "产品领域"),
    ), "#b08900", ("产品库",)),
    NodeTable("chains", "产业链", "chain", "Chain", "chains", ("name", "region"), (
        name("产业链名称", "链名"), ref("products", "链上产品", "products", "chain_products", "包含产品", many=True), REGION), "#4c6b22"),
    code_table("regions", "区划", "region", "Region", "#56707a", name("区划名称", "地区名称", "行政区划名称"), text("level", "级别", "层级"),
               text("name_en", "英文名"), ALIASES, aliases=("行政区划", "地区")),
    code_table("industries", "行业", "industry", "Industry", "#8b6f4e", name("行业名称", "类别名称"), text("level", "级别", "层级"),
               text("name_en", "英文名"), ALIASES, aliases=("行业分类",)),
    code_table("disciplines", "学科", "discipline", "Discipline", "#5d7fa3", name("学科名称",), text("level", "级别", "层级"),
               text("name_en", "英文名"), ALIASES, aliases=("学科分类",)),
    code_table("region_groups", "区域组", "region_group", "RegionGroup", "#6a7f4f", name("区域组名称", "区域名称"),
               ref("regions", "包含地区", "regions", "group_regions", "成员地区", many=True),
               ref("partly", "部分包含", "regions", "group_partly", "部分地区", many=True)),
    NodeTable("events", "活动", "event", "Event", "events", ("name", "date"), (
        name("活动名称", "会议名称"), text("type", "活动类型", *TYPE_ALIASES), text("series", "系列", "品牌", "活动品牌"),
        ref("society", "主办学会", "societies", "organisers", "主办单位", "承办学会"), REGION,
        day("date", "活动日期", "日期", "举办时间", "举办日期"),
        DISCIPLINES, integer("attendance", "参加人数", "参会人数", "人数")), "#a0522d", ("学术活动", "科技活动")),
    *(NodeTable(table, label, kind, node_label, table, ("name", "issuer"), (
        name(*names), text("text", "正文", "内容", "政策内容", longest=True, fulltext=True),
        ref("issuer", "发布单位", ORGANISATIONS, "issuers", "发文机关", "发布机构", "管理机构", "管理单位"), REGION,
        ref("industries", "适用行业", "industries", "sectors", "行业", "支持行业", "投资行业", many=True),
        text("type", f"{label}类型", *TYPE_ALIASES), number("amount", "支持金额", "金额", "规模", "基金规模", note="万元"),
        day("valid_from", "生效日期", "开始日期", "起始日期"), day("valid_to", "失效日期", "截止日期", "结束日期")), colour)
      for table, label, kind, node_label, names, colour in (
          ("policies", "政策", "policy", "Policy", ("政策名称", "政策标题", "文件名称"), "#9b2d5e"),
          ("funds", "基金", "fund", "Fund", ("基金名称",), "#4b8b3b"))),
    NodeTable("communities", "创新共同体", "community", "Community", "communities", ("name",), (
        name("共同体名称", "创新共同体名称", "联合体名称"), REGION, ref("chain", "服务产业链", "chains", "served_chains", "产业链", "所属产业链")),
        "#1f7a8c", ("创新联合体",)),
    NodeTable("resources", "科普资源", "resource", "Resource", "resources", ("name",), (
        name("资源名称", "科普资源名称"), text("type", "资源类型", *TYPE_ALIASES), texts("topics", "主题", "科普主题", fulltext=True),
        Property("audiences", "受众", Type.LIST, ("面向人群", "适用人群", "受众人群"), choices=AUDIENCES),
        ref("society", "提供学会", "societies", "organisers", "学会", "出品单位", "所属学会"),
        ref("authors", "作者", "scientists", "resource_authors", "创作者", "主创", many=True, titles=True), REGION, year("year", "年份", "年度")),
        "#d1495b"),
    NodeTable("venues", "科普设施", "venue", "Venue", "venues", ("name",), (
        name("设施名称", "场馆名称", "科普设施名称"), text("type", "设施类型", "场馆类型", *TYPE_ALIASES), REGION,
        integer("capacity", "容量", "接待能力", "日接待能力"), integer("visitors", "年接待人次", "参观人次", "年参观人次")),
        "#66827a", ("科普场馆",)),
    NodeTable("surveys", "素质测评", "survey", "Survey", "surveys", ("region", "audience", "year"), (
        Property("region", "地区", aliases=(*REGION.aliases, "所在地区", "测评地区"), required=True, refers=("regions",), edge="locations"),
        Property("audience", "人群", aliases=("受众", "群体", "重点人群"), required=True, choices=AUDIENCES | {"all": ("全体", "公民", "总体")}),
        Property("year", "年份", Type.YEAR, ("年度", "测评年份"), required=True, minimum=1000, maximum=2200),
        integer("respondents", "受访人数", "样本量", "样本数"), integer("literate", "达标人数", "具备科学素质人数"),
        number("weight", "权重", "人口权重")), "#7d7461", ("科学素质调查",)),
    NodeTable("teams", "专家服务队", "team", "Team", "teams", ("name",), (
        name("服务队名称", "团队名称", "队伍名称"),
        Property("type", "队伍类型", aliases=TYPE_ALIASES, choices={
            "service": ("科技服务", "服务", "科技服务团"), "popularisation": ("科普", "科学传播"), "think_tank": ("智库", "决策咨询")}),
        ref("members", "成员", "scientists", "team_members", "队员", "团队成员", many=True, titles=True), REGION, DISCIPLINES), "#3d5a80"),
    NodeTable("studies", "智库课题", "study", "Study", "studies", ("title", "year"), (
        Property("title", "课题名称", aliases=("课题题目", "研究题目"), required=True, fulltext=True),
        text("text", "课题内容", "研究内容", "内容", longest=True, fulltext=True), DISCIPLINES, REGION,
        ref("lead", "首席专家", "scientists", "leads", "课题负责人", "负责人"), year("year", "年份", "年度", "立项年份"),
        ref("adopted_by", "采纳单位", ORGANISATIONS, "adoptions", "采纳部门", "采用单位", many=True, titles=True)), "#5f4b8b", ("决策咨询课题",)),
)
