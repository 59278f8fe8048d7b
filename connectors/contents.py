"""Whether the cells under a head can be what the head says: the guard against columns that changed places.

Belongs here: one look at a sample of each mapped column. Does not belong here: single bad cells, which are normal.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from connectors.headers import Header
from connectors.refusals import FileRefused, Place, column_letters
from registry.roll import Roll
from registry.schema.text import Text

SAMPLE_ROWS: Final = 500
LEAST_CELLS: Final = 5
MOST_STRANGE: Final = 0.8
"""Columns are filled in by hand; only when nearly every cell is of another sort has the column changed places."""

KIN: Final = (
    r"^(?:本人|户主|配偶|妻子?|夫|丈夫|[长次三四五六独养继]?[子女]|儿子|女儿|父亲?|母亲?|儿?媳妇?|儿媳|女婿|外?孙[子女]?|曾孙|兄弟?|哥哥|弟弟?|姐姐?|妹妹?"
    r"|祖[父母]|[男女]|(?i:self|head|spouse|wife|husband|son|daughter|father|mother|brother|sister|male|female))$"
)
"""Words for kin and sex: a column of these is no column of names."""
STRANGE: Final[Mapping[str, tuple[str, Text]]] = {
    "name": (rf"^[^\p{{Han}}\p{{L}}]*\d{{6}}[\dXx]*$|{KIN}", Text("数字或称谓", "digits or words for kin")),
    "identity_number": (r"^\p{Han}{2,4}$", Text("汉字", "Chinese words")),
    "certificate": (r"^\p{Han}{2,4}$", Text("汉字", "Chinese words")),
    "account": (r"^\p{Han}{2,4}$", Text("汉字", "Chinese words")),
    "sex": (r"\d{3}|^[\p{Han}--[男女]]{2,4}$", Text("其他内容", "something else")),
    "date": (r"^\p{Han}{1,6}$|^\d{11,}$", Text("其他内容", "something else")),
    "amount": (r"^\p{Han}{2,4}$|^\d{15,}[\dXx]$", Text("其他内容", "something else")),
    "phone": (r"^\p{Han}{2,4}$|^\d{17}[\dXx]$", Text("其他内容", "something else")),
}
ANSWERS: Final = r"[无未不没缺丢同空暂待农]|[零壹贰叁肆伍陆柒捌玖拾佰仟元整]{2}"
"""Words people write where a number or a date is not known, amounts written in words, dates of the lunar calendar."""

KIND_TITLES: Final[Mapping[str, Text]] = {
    "name": Text("姓名", "names"),
    "identity_number": Text("证件号码", "identity numbers"),
    "certificate": Text("证件编号", "certificate numbers"),
    "account": Text("账号", "account numbers"),
    "sex": Text("性别", "sexes"),
    "date": Text("日期", "dates"),
    "amount": Text("金额", "amounts"),
    "phone": Text("电话", "phone numbers"),
}


def require_contents(data: pl.DataFrame, header: Header, mapped: Mapping[str, int], roll: Roll, place: Place) -> None:
    """Refuse a sheet in which nearly all cells of a column are of another sort than its head says."""
    sample = data.head(SAMPLE_ROWS)
    labels = {head.position: head.label for head in header.heads}
    for name, position in mapped.items():
        kind = roll.columns[name].kind
        if kind not in STRANGE or not _is_strange(sample[f"c{position}"], STRANGE[kind][0]):
            continue
        raise FileRefused(
            "CONTENT_MISMATCH",
            Place(place.file, place.sheet, header.last_row, f"{column_letters(position)}{header.last_row}"),
            expected=Text(f"“{labels[position]}”列中是{KIND_TITLES[kind].zh}", f"{KIND_TITLES[kind].en} in column '{labels[position]}'"),
            got=STRANGE[kind][1],
            remedy=Text("请检查表头是否与列对错位", "check whether the heads stand over the right columns"),
            column=labels[position],
        )


def _is_strange(cells: pl.Series, pattern: str) -> bool:
    filled = cells.str.replace_all(r"\s", "").drop_nulls()
    filled = filled.filter(~filled.str.contains(ANSWERS) & (filled != ""))
    strange = filled.str.contains(pattern).sum()
    return filled.len() >= LEAST_CELLS and strange >= MOST_STRANGE * filled.len()
