"""Whether a word can be a person's name: common surnames, and words that only look like names.

Belongs here: telling names from other words, to propose what a column holds and to keep names out of lists of categories.
Does not belong here: reading a name (`names`, `person_names`).
"""

from typing import Final

import polars as pl

from registry.standardise.characters import HAN, drop_spaces, fold_text

SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾"
    "韦夏付傅方白邹孟熊秦邱丘江尹薛阎闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施洪柯庄连柳颜阮游童欧纪池倪翁赖巫詹简"
    "涂卓章安常齐伍申牛鲁葛岳蓝蒲翟骆聂焦柴祝鲍甘左管裴苗瞿解凌霍辛关耿尤包司蒙易文牟樊殷喻路俞骆鄢饶艾冷舒"
    "陳楊黃趙吳孫馬鄭謝許韓鄧馮蕭蔣葉程蘇魏呂盧鐘鍾譚陸賈韋鄒嚴龍賀顧錢湯溫莊連顏紀賴"
)
COMPOUND: Final = ("欧阳", "上官", "诸葛", "司马", "张简", "皇甫", "司徒", "东方", "尉迟", "夏侯", "慕容")
NO_NAME: Final = (
    "亲病残困难学校补贴助救级类型保障户口业农村镇城低贫无有是否因失费款资金期异常正在已未型式件证院站所局部门会办室科班组队厂店园区县省市街路号"
    "老人儿童收支出入款项目材料申请审批核准结转介线索事故火灾交通医疗教育住房就"
)
"""Characters of office words; a word with one of them is no name."""

_OFFICE: Final = f"[{NO_NAME}]"
_LATIN_NAME: Final = r"^\p{Lu}[\p{L}'’.-]*(,? \p{Lu}[\p{L}'’.-]*){1,3}$"
_LATIN_OFFICE: Final = (
    r"(?i)\b(of|the|and|for|aid|grant|benefit|allowance|school|hospital|street|road|village|town|city|county|district|house|home|office|bank|church|fund"
    r"|support|care|relief|assistance|programme|program|service|department|centre|center|clinic|university|college|council|food|fuel|rent|cash|bus"
    r"|not|no|yes|new|old|full|part|time|high|low|pending|approved|closed|open|active|single|married|widow|primary|secondary|emergency)\b"
)


def may_be_name(word: pl.Expr, least_office: int = 1) -> pl.Expr:
    """Return whether a cell looks like a person's name: two to four characters from a surname on, or two to four capitalised words.

    Args:
        word: the cell.
        least_office: characters of office words that make it no name; 2 where a name must not slip through (林和镇 is one).
    """
    plain = drop_spaces(fold_text(word)).str.replace(r"[(（].*$", "")
    length, first = plain.str.len_chars(), plain.str.slice(0, 1)
    is_chinese = plain.str.contains(rf"^{HAN}+[?？□]?{HAN}*$") & length.is_between(2, 4) & (plain.str.count_matches(_OFFICE) < least_office)
    has_surname = first.is_in(list(SURNAMES)) | plain.str.slice(0, 2).is_in(list(COMPOUND))
    is_dotted = plain.str.contains(rf"^{HAN}+[·•．・.]{HAN}+$")
    folded = fold_text(word)
    is_latin = folded.str.contains(_LATIN_NAME) & ~folded.str.contains(_LATIN_OFFICE)
    return ((is_chinese & has_surname) | is_dotted | is_latin).fill_null(value=False)
