"""What a person's name says, in any of the forms in which lists write it: 王磊, Wang Lei, LEI Wang, Wang L, L. Wang, 王磊教授, 王?.

Every form leads to the same keys: `surname|given` in pinyin without tones (several where the reading or the order is open),
and `surname|initials`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

from pypinyin import Style, pinyin
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from graph.names import simplified

SURNAME_READINGS = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "查": "zha", "解": "xie", "朴": "piao", "区": "ou", "任": "ren", "华": "hua", "翟": "zhai",
    "盖": "ge", "缪": "miao", "乐": "yue", "覃": "qin", "冼": "xian", "洗": "xian", "曲": "qu", "那": "na", "祭": "zhai", "员": "yun",
    "黑": "he", "么": "yao", "尉": "wei", "宁": "ning", "折": "she", "卜": "bu", "车": "che", "晟": "cheng", "种": "chong", "重": "chong",
    "褚": "chu", "撒": "sa", "石": "shi", "燕": "yan", "应": "ying", "纪": "ji", "尹": "yin", "过": "guo", "谌": "chen", "隗": "wei",
    "訾": "zi", "逄": "pang", "佴": "nai", "召": "shao", "秘": "bi", "薄": "bo", "会": "kuai", "牟": "mou", "莘": "shen", "臧": "zang",
    "阚": "kan", "靳": "jin", "郗": "xi", "郇": "xun", "厘": "li", "俞": "yu", "余": "yu", "都": "du", "干": "gan", "葛": "ge", "哈": "ha",
    "居": "ju", "强": "qiang", "瞿": "qu", "冉": "ran", "芮": "rui", "沈": "shen", "盛": "sheng", "万俟": "moqi", "尉迟": "yuchi",
    "澹台": "tantai", "长孙": "zhangsun", "令狐": "linghu", "单于": "chanyu", "宿": "su", "相": "xiang", "行": "xing", "炅": "gui",
}
"""Surnames whose reading differs from the usual one of the character, or has several (《现代汉语词典》)."""

COMPOUND_SURNAMES = frozenset((
    "欧阳 上官 司马 诸葛 夏侯 东方 皇甫 尉迟 公孙 令狐 宇文 长孙 慕容 司徒 司空 端木 南宫 独孤 澹台 万俟 闻人 赫连 钟离 轩辕 百里 "
    "呼延 申屠 太史 公羊 濮阳 淳于 单于 拓跋 西门 东郭 左丘 梁丘 谷梁 第五 仲孙 鲜于 闾丘 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 "
    "乐正 宰父 夹谷 东门 纳兰").split())

_COMMON = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺"
    "倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江"
    "童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳"
    "汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴"
    "胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇"
    "广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公仉督岳帅缑亢况郈有琴归海晋楚闫法汝鄢涂"
    "钦商牟佘佴伯赏墨哈谯笪年爱阳佟言福肖覃付苟代税冼")
SURNAMES = frozenset(_COMMON) | COMPOUND_SURNAMES | frozenset(SURNAME_READINGS)
"""The surnames of 《百家姓》, and those common today that it lacks."""

_FREQUENT = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷")
"""The surnames of four in five people: one of them at the end of a name that begins with none is a surname put last."""

_TITLES = re.compile(r"(院士|教授级高工|副教授|教授|研究员|博士后|博士|硕士|老师|主任医师|主任|高级工程师|高工|工程师|医师|先生|女士|同志|等)$")
_BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_TRAILING = re.compile(r"[\d†‡#,，;；、.。\s]+$|(?<=[㐀-鿿]{2})[*＊]$")
_WILD = re.compile(r"[?？*＊□■○〇◯×�]|(?<=[㐀-鿿×])[xX某](?=[xX某×]|$)")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_LATIN_TITLES = re.compile(r"^(?:(?:prof|dr|mr|ms|mrs|academician)\b\.?\s*)+|,?\s*(?:ph\.?\s?d|m\.?d|msc)\.?$", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.?){1,3}|[A-Z]\.?(?:-[A-Z]\.?)+")
_MOST_KEYS, _MOST_READINGS = 6, 64
_LONGEST = 20
"""A cell with more Chinese characters is no person's name."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name taken apart.

    chinese: the Chinese spelling, simplified, `?` for each character that cannot be read; empty for a Latin one.
    keys: `surname|given` in pinyin. initials: `surname|initials`. abbreviated: the form gave initials alone.
    """

    chinese: str = ""
    keys: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    abbreviated: bool = False

    @property
    def wild(self) -> bool:
        return "?" in self.chinese


@lru_cache(maxsize=200_000)
def parse_person_name(text: str) -> PersonName:
    """Take a name apart. A name of which nothing can be read has no keys."""
    plain = _BRACKETED.sub("", simplified(text)).strip()
    if _HAN.search(plain):
        return _chinese(plain)
    return _latin(plain)


def _chinese(text: str) -> PersonName:
    bare = _TRAILING.sub("", text)
    while (shorter := _TRAILING.sub("", _TITLES.sub("", bare.strip()))) != bare and len(_HAN.findall(shorter)) >= 2:
        bare = shorter
    bare = "".join(c for c in _WILD.sub("?", bare) if c == "?" or _HAN.match(c))
    if not _HAN.search(bare) or len(bare) > _LONGEST:
        return PersonName()
    if "?" in bare:
        return PersonName(bare)
    orders = [_split(bare)]
    if (bare[0] not in _FREQUENT and bare[-1] in _FREQUENT) or (bare[0] not in SURNAMES and bare[-1] in SURNAMES):
        orders.append((bare[-1], bare[:-1]))
    elif len(bare) > 2 and bare[-2:] in COMPOUND_SURNAMES:
        orders.append((bare[-2:], bare[:-2]))
    keys: dict[str, None] = {}
    initials: dict[str, None] = {}
    for surname, given in orders:
        for family in _surname_readings(surname):
            for parts in islice(product(*(_readings(c) for c in given)), _MOST_READINGS):
                keys[f"{family}|{''.join(parts)}"] = None
                initials[f"{family}|{''.join(p[0] for p in parts)}"] = None
    return PersonName(bare, tuple(keys)[:_MOST_KEYS], tuple(initials)[:_MOST_KEYS])


def _split(name: str) -> tuple[str, str]:
    """Surname and given name."""
    return (name[:2], name[2:]) if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else (name[:1], name[1:])


@cache
def _readings(character: str) -> tuple[str, ...]:
    """The readings of a character without tones, the usual one first, at most three; ü is u."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False, errors="default")[0]
    return tuple(dict.fromkeys(_plain(r) for r in found))[:3]


def _surname_readings(surname: str) -> tuple[str, ...]:
    if (known := SURNAME_READINGS.get(surname)) is not None:
        return (known,)
    if len(surname) > 1:
        return ("".join(_readings(c)[0] for c in surname),)
    return _readings(surname)[:1]


def _plain(syllable: str) -> str:
    """ü, v and yu after l and n as u: the ways in which passports and papers write one sound."""
    return re.sub(r"^([ln])yu", r"\1u", syllable.replace("ü", "u").replace("v", "u"))


@cache
def _syllables() -> frozenset[str]:
    """Every syllable of Mandarin, without tones."""
    marked = {r for readings in PINYIN_DICT.values() for r in readings.split(",")}
    return frozenset(s for r in marked if (s := _plain(to_normal(r))).isascii() and s.isalpha() and len(s) <= 6)


@cache
def _surname_spellings() -> frozenset[str]:
    return frozenset(r for s in SURNAMES for r in _surname_readings(s))


@lru_cache(maxsize=100_000)
def _segmentations(word: str) -> tuple[tuple[str, ...], ...]:
    """The ways in which a word is one or two syllables (three for a long one)."""
    known = _syllables()
    found: list[tuple[str, ...]] = [(word,)] if word in known else []
    found += [(word[:i], word[i:]) for i in range(1, len(word)) if word[:i] in known and word[i:] in known]
    if not found:
        found = [(word[:i], word[i:j], word[j:]) for i in range(1, len(word)) for j in range(i + 1, len(word))
                 if word[:i] in known and word[i:j] in known and word[j:] in known]
    return tuple(found)


def _latin(text: str) -> PersonName:
    text = _LATIN_TITLES.sub("", text.replace("ü", "u").replace("Ü", "U")).strip(" *,.;0123456789")
    keys: dict[str, None] = {}
    initials: dict[str, None] = {}
    short = False
    for surname, given in _orders(text) if text else ():
        family = _plain(re.sub(r"[^a-z]", "", surname.casefold()))
        letters, abbreviated = _given_letters(given)
        if not family or not letters:
            continue
        if abbreviated:
            short = True
            initials[f"{family}|{letters}"] = None
            continue
        keys[f"{family}|{letters}"] = None
        for parts in _segmentations(letters) or ((letters,),):
            initials[f"{family}|{''.join(p[0] for p in parts)}"] = None
    return PersonName("", tuple(keys)[:_MOST_KEYS], tuple(initials)[:_MOST_KEYS], short)


def _orders(text: str) -> list[tuple[str, list[str]]]:
    """(surname, given names as written) in each order in which the form can be read."""
    if "," in text:
        surname, _, given = text.partition(",")
        return [(surname, given.split())]
    words = re.sub(r"\.(?=\S)", ". ", text).split()
    if len(words) < 2:
        return []
    first, last = (words[0], words[1:]), (words[-1], words[:-1])
    initial = [bool(_INITIALS.fullmatch(w)) and not (len(w) == 3 and _plain(w.casefold()) in _syllables()) for w in words]
    if any(initial) and not all(initial):
        return _orders_of_initials(words, initial)
    capitals = [w for w in words if len(w) > 1 and w.isupper()]
    if len(capitals) == 1 and not all(w.isupper() for w in words):
        at = words.index(capitals[0])
        return [(capitals[0], words[:at] + words[at + 1:])]
    surnames = _surname_spellings()
    can_first, can_last = (_plain(w.casefold()) in surnames for w in (words[0], words[-1]))
    if "-" in words[0]:
        can_first = False
    if "-" in words[-1]:
        can_last = False
    if can_first and can_last:
        return [first, last]
    return [first] if can_first else [last]


def _orders_of_initials(words: list[str], initial: list[bool]) -> list[tuple[str, list[str]]]:
    """Jiang LL, D.Y. Liu; and LI Wenshi, Yu HU, where capitals that read as a surname may be one."""
    full = [w for w, short in zip(words, initial, strict=True) if not short]
    surname = full[-1] if not initial[-1] else full[0]
    orders = [(surname, [w for w in words if w != surname])]
    capitals = [w for w, short in zip(words, initial, strict=True) if short]
    if len(capitals) == 1 and len(capitals[0]) > 1 and capitals[0].isalpha() and _plain(capitals[0].casefold()) in _surname_spellings():
        name = (capitals[0], full)
        certain = words[0] == capitals[0] and _plain(full[0].casefold()) not in _surname_spellings()
        return [name] if certain else [*orders, name]
    return orders


def _given_letters(words: list[str]) -> tuple[str, bool]:
    """The given name in lower-case letters, and whether they are initials alone."""
    parts = [p for w in words for p in re.split(r"[-.\s]+", w) if p]
    if not parts:
        return "", False
    abbreviated = all(len(p) == 1 or (p.isupper() and (len(p) == 2 or (len(p) == 3 and _plain(p.casefold()) not in _syllables()))) for p in parts)
    return _plain(re.sub(r"[^a-z]", "", "".join(parts).casefold())), abbreviated
