"""An empty workbook an owner fills in: the heads as declared, drop-downs, hints, a dictionary with examples.

Belongs here: the sheets and cells of the template of one roll. Does not belong here: how the examples are invented, and
checking what comes back.

A filled-in template must land. The lists behind the drop-downs stand on visible sheets, because hidden ones are reported, and no
row of these sheets reads like a header, because such a sheet would be taken for data.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from quality.reports.wide_text import count_lines
from quality.reports.workbook_formats import CELL, HEAD, LINE_HEIGHT, Book
from quality.reports.workbook_sheets import OPTIONS
from registry.district import District
from registry.roll import Column, Roll
from registry.schema.text import Language, Text

LAST_ROW: Final = 20_000
"""Drop-downs and hints reach down to this row; longer rolls may go on below without them."""
SHOWN_WORDS: Final = 40
FREQUENCIES: Final = {
    "monthly": Text("每月", "every month"),
    "quarterly": Text("每季度", "every quarter"),
    "semester": Text("每学期", "every semester"),
    "yearly": Text("每年", "every year"),
}
CONTENTS: Final = {
    "snapshot": Text("报送时点全部在册人员", "everybody on the roll at that time"),
    "new_rows": Text("只报本期新增的行", "only the rows of this period"),
    "year_to_date": Text("年初至今的全部行", "all rows since the beginning of the year"),
}
KINDS: Final[Mapping[str, Text]] = {
    "text": Text("填写文字", "any text"),
    "name": Text("填写全名，不加称谓", "the full name, without titles"),
    "identity_number": Text("证件上的完整号码，单元格须为文本", "the whole number as on the paper, in a text cell"),
    "certificate": Text("证书上的完整编号，单元格须为文本", "the whole certificate number, in a text cell"),
    "date": Text("年-月-日，如 2016-03-05", "year-month-day, such as 2016-03-05"),
    "month": Text("年-月，如 2016-03", "year-month, such as 2016-03"),
    "period": Text("一段时间，如 2016年1季度、2016-01至2016-03", "a period, such as 2016-01 or 2016Q1"),
    "amount": Text("以元为单位的数字", "a figure in units of the currency"),
    "count": Text("不小于 0 的整数", "a whole number, 0 or more"),
    "age": Text("周岁，填整数", "full years"),
    "sex": Text("填“男”或“女”", "male or female, M or F"),
    "phone": Text("含区号的号码，单元格须为文本", "with the area code, in a text cell"),
    "account": Text("存折或卡上的完整号码，单元格须为文本", "the whole number of the account, in a text cell"),
    "place": Text("按行政区划全称填写", "the name of the place in full"),
    "address": Text("详细到门牌", "with street and house"),
    "category": Text("从列表中选择", "choose from the list"),
    "relation": Text("如 本人、配偶、子、女", "such as self, spouse, son, daughter"),
}
"""How a cell of each kind is filled in; none of these words is anybody's column head."""
REQUIRED: Final = Text("必填：空着的行会退回", "Required: a row without it is sent back")
WANTED: Final = Text("应填：有则必须填写", "Wanted: fill it in wherever it is known")
OPTIONAL: Final = Text("选填：整列可以不报", "Optional: the whole column may be left out")
DICTIONARY: Final = Text("字典说明", "Notes dictionary")
CHOICES: Final = Text("字典选项", "Notes choices")
DICTIONARY_HEADS: Final = (
    (Text("列名", "Column"), 22),
    (Text("是否要填", "Needed"), 24),
    (Text("填写方法", "How to fill it in"), 34),
    (Text("允许的内容", "Allowed values"), 50),
    (Text("示例一（虚构）", "Example 1 (invented)"), 24),
    (Text("示例二（虚构）", "Example 2 (invented)"), 24),
    (Text("敏感级", "Sensitivity grade"), 12),
    (Text("也可写作", "Also known as"), 40),
)
NOT_LISTED: Final = Text("不在列表中；确有此类请先与数据组联系", "Not in the list; ask the data team when it is right all the same")
NO_DATE: Final = Text("不是日期，请写作 2016-03-05；只知年月可照写", "No date; write 2016-03-05. Year and month alone may stand")
NO_NUMBER: Final = Text("请填写不小于 0 的数字", "Please write a number, 0 or more")


def render_template(path: Path, roll: Roll, district: District, examples: Mapping[str, Sequence[str]], lang: Language) -> None:
    """Write the template of a roll.

    Args:
        path: file to write.
        roll: gives heads, kinds and lookups.
        district: gives the department's name; its first month is the creation date, so that bytes are the same every time.
        examples: for each column the cells of two example rows.
        lang: of everything but the heads, which stand as declared.
    """
    workbook = xlsxwriter.Workbook(str(path), OPTIONS)
    year, month = (int(part) for part in district.settings.first_month.split("-"))
    created = datetime(year, month, 1, tzinfo=UTC).replace(tzinfo=None)
    title = roll.title.text().show(lang)
    workbook.set_properties({"created": created, "title": title, "author": "Tuodi"})
    book = Book(workbook, lang)
    sheet = workbook.add_worksheet(_name_sheet(roll.title.text().zh))
    dictionary, choices = workbook.add_worksheet(book.sheet_name(DICTIONARY)), workbook.add_worksheet(book.sheet_name(CHOICES))
    ranges = _write_choices(book, choices, roll)
    _write_heads(book, sheet, roll, ranges)
    _write_dictionary(book, dictionary, roll, district, examples)
    workbook.close()


def _name_sheet(title: str) -> str:
    return "".join("_" if sign in "[]:*?/\\'" else sign for sign in title)[:31]


def _set_print(sheet: Any, repeated: tuple[int, int]) -> None:  # noqa: ANN401 - xlsxwriter ships no types
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(*repeated)
    sheet.set_footer("&C&P / &N")
    sheet.set_margins(left=0.4, right=0.4)


def _need(column: Column) -> Text:
    return REQUIRED if column.required else OPTIONAL if column.optional else WANTED


def _write_heads(book: Book, sheet: Any, roll: Roll, ranges: Mapping[str, str]) -> None:  # noqa: ANN401
    """Write the header row, and give each column below it its format, hint and rule."""
    required = book.workbook.add_format({**HEAD, "bg_color": "#B4432F", "font_color": "#FFFFFF"})
    wanted = book.format("head")
    optional = book.workbook.add_format({**HEAD, "bg_color": "#DCE6E8", "font_color": "#1A1A1A"})
    styles = {REQUIRED: required, WANTED: wanted, OPTIONAL: optional}
    cells = {kind: book.workbook.add_format({**CELL, "border": 0, "num_format": form}) for kind, form in _FORMS.items()}
    for place, (name, column) in enumerate(roll.columns.items()):
        head = column.heads[0]
        sheet.set_column(place, place, _WIDTHS.get(column.kind, 14), cells.get(column.kind, cells["text"]))
        sheet.write_string(0, place, head, styles[_need(column)])
        hint = book.join(_hint(column), "\n")
        sheet.write_comment(0, place, hint, {"x_scale": 2, "author": "Tuodi"})
        sheet.data_validation(1, place, LAST_ROW - 1, place, _input_rule(book, column, ranges.get(name)))
    sheet.set_row(0, 36)
    sheet.freeze_panes(1, 0)
    _set_print(sheet, (0, 0))


_FORMS: Final = {"text": "@", "date": "yyyy-mm-dd", "amount": "0.00", "count": "0", "age": "0"}
_WIDTHS: Final = {
    "identity_number": 22,
    "certificate": 24,
    "account": 24,
    "address": 30,
    "phone": 16,
    "place": 16,
    "text": 18,
    "category": 18,
}


def _hint(column: Column) -> Text:
    need, kind = _need(column), KINDS["category" if column.lookup else column.kind]
    return Text(f"{need.zh}。{kind.zh}。", f"{need.en}. {kind.en[0].upper()}{kind.en[1:]}.")


def _input_rule(book: Book, column: Column, source: str | None) -> dict[str, object]:
    """Return the rule for what is typed below a head: it warns and never forbids, since the gate reads more than the rule knows."""
    rule: dict[str, object] = {"validate": "any"}
    complaint = NOT_LISTED
    if source is not None:
        rule = {"validate": "list", "source": source}
    elif column.kind == "date":
        rule = {"validate": "date", "criteria": "between", "minimum": "=DATE(1900,1,1)", "maximum": "=DATE(2199,12,31)"}
        complaint = NO_DATE
    elif column.kind in {"amount", "count", "age"}:
        rule, complaint = {"validate": "decimal", "criteria": ">=", "value": 0}, NO_NUMBER
    return {
        **rule,
        "ignore_blank": True,
        "input_title": column.heads[0][:32],
        "input_message": book.join(_hint(column), "\n")[:255],
        "error_type": "warning",
        "error_message": book.join(complaint, "\n")[:255],
    }


def list_choices(lookup: Mapping[str, str]) -> list[str]:
    """Return the first word declared for each code: 火灾 is offered, 失火 and 房屋失火 are accepted all the same."""
    words: dict[str, str] = {}
    for word, code in lookup.items():
        words.setdefault(code, word)
    return list(words.values())


def _write_choices(book: Book, sheet: Any, roll: Roll) -> dict[str, str]:  # noqa: ANN401
    """Write the words of each drop-down, one for each code; return the range of each column that has one."""
    title, text = book.format("section"), book.format("text")
    sheet.write_string(0, 0, book.join(Text("下拉列表的内容，请勿改动", "What the drop-downs offer; please leave as it is"), " / "), title)
    ranges: dict[str, str] = {}
    listed = [(name, column) for name, column in roll.columns.items() if column.lookup]
    for place, (name, column) in enumerate(listed):
        words = list_choices(roll.lookups[str(column.lookup)])
        sheet.set_column(place, place, 24)
        sheet.write_string(1, place, f"{book.join(Text('选项', 'Choices'), ' ')}: {column.heads[0]}", book.format("head"))
        for row, word in enumerate(words, 2):
            sheet.write_string(row, place, word, text)
        letter = xl_col_to_name(place)
        ranges[name] = f"='{book.sheet_name(CHOICES)}'!${letter}$3:${letter}${len(words) + 2}"
    return ranges


def _describe_sending(roll: Roll, district: District) -> list[tuple[Text, Text]]:
    names = "、".join(pattern.replace("*", "…") for pattern in roll.delivery.glob)
    department = district.department_title(roll.department)
    often, content = FREQUENCIES[roll.delivery.frequency], CONTENTS[roll.delivery.content]
    return [
        (Text("报送单位", "Owner"), Text(f"{department.zh}（文件夹 {roll.department}）", f"{department.en} (folder {roll.department})")),
        (Text("文件名", "File name"), Text(f"{names}.xlsx（…处写年月、镇街等）", f"{names}.xlsx (… stands for month, town and so on)")),
        (Text("报送频率", "How often"), Text(f"{often.zh}，{content.zh}", f"{often.en}, {content.en}")),
        (Text("依据", "Legal basis"), Text(roll.legal_basis, roll.legal_basis)),
        (
            Text("保存期限", "Kept for"),
            Text(f"{roll.retention_months}个月", f"{roll.retention_months} months"),
        ),
        (
            Text("填表", "Filling in"),
            Text(
                "在第一张表的表头下逐行填写；示例只在本页，不要抄入",
                "one row each below the heads of the first sheet; examples stand here only",
            ),
        ),
    ]


def _write_dictionary(
    book: Book,
    sheet: Any,  # noqa: ANN401
    roll: Roll,
    district: District,
    examples: Mapping[str, Sequence[str]],
) -> None:
    """Write where the roll is sent, then one row for each column."""
    title = f"{roll.code} {book.join(roll.title.text(), ' / ')}"
    sheet.write_string(0, 0, title, book.format("title"))
    told = _describe_sending(roll, district)
    for row, (label, text) in enumerate(told, 1):
        sheet.write_string(row, 0, book.join(label, " "), book.format("bold"))
        sheet.write_string(row, 1, book.join(text, " / "), book.format("note"))
    first = len(told) + 2
    for place, (head, width) in enumerate(DICTIONARY_HEADS):
        sheet.set_column(place, place, width)
        sheet.write_string(first, place, book.join(head, "\n"), book.format("head"))
    sheet.set_row(first, 34)
    for row, (name, column) in enumerate(roll.columns.items(), first + 1):
        cells = _describe_column(book, roll, column, examples.get(name, ("", "")))
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell, book.format("text"))
        lines = max(count_lines(cell, width - 2) for cell, (_, width) in zip(cells, DICTIONARY_HEADS, strict=True))
        sheet.set_row(row, lines * LINE_HEIGHT + 4)
    sheet.freeze_panes(first + 1, 1)
    _set_print(sheet, (first, first))


def _describe_column(book: Book, roll: Roll, column: Column, examples: Sequence[str]) -> list[str]:
    words = list(roll.lookups[column.lookup]) if column.lookup else []
    more = f" … ({len(words)})" if len(words) > SHOWN_WORDS else ""
    return [
        column.heads[0],
        book.join(_need(column), "\n"),
        book.join(KINDS["category" if column.lookup else column.kind], "\n"),
        "、".join(words[:SHOWN_WORDS]) + more,
        *examples,
        column.sensitivity or roll.sensitivity,
        f"{book.join(Text('或', 'or'), ' / ')}: {'、'.join(column.heads[1:])}" if column.heads[1:] else "",
    ]
