"""Words of the lists of uncertain pairs, in both languages.

Belongs here: fixed texts and columns of workbook and page. Does not belong here: field names (`link_review`).
"""

from typing import Final

from quality.reports.layout import SheetColumn
from registry.schema.text import Text

TITLE: Final = Text("身份关联核对", "Links to look at")
PURPOSE: Final = Text(
    "每一对请判断：左右两边说的是不是同一个人。只看两边的内容，不看其他人的答案。",
    "For each pair please say whether the two sides speak of one person. Look at the two sides only, not at anybody else's answers.",
)
CAREFUL: Final = Text(
    "拿不准时选“无法判断”：错连会冤枉旁人，错分可以以后再补。",
    "When in doubt choose 'cannot tell': a wrong link harms a stranger, a missing one can be added later.",
)
HIDDEN: Final = Text(
    "电话、账号只显示部分；受保护人员（含情况不明者）两边均已脱敏，可按来源行查阅原表。红色字符为两边不同之处，= 表示相同，≠ 表示不同。",
    "Phones and accounts are shown in part; where a side is protected, or may be, both are masked: look up the source rows. Red characters"
    " differ between the sides; = means equal, ≠ means different.",
)
FILLING: Final = Text(
    "只填写黄色列，请不要改动对号；保存后退回。", "Fill in the yellow columns only and leave the pair id alone; save and send back."
)
NO_PAIRS: Final = Text("没有需要核对的。", "Nothing to look at.")
READER: Final = Text("核对人", "Reader")
SIDE_A: Final = Text("甲方", "Side A")
SIDE_B: Final = Text("乙方", "Side B")
SHEET: Final = Text("身份核对", "Links")

COLUMNS: Final = (
    SheetColumn("number", Text("序号", "No."), 6, "count"),
    SheetColumn("pair_id", Text("对号", "Pair id"), 19),
    SheetColumn("left", SIDE_A, 46),
    SheetColumn("right", SIDE_B, 46),
    SheetColumn("score", Text("概率、规则、原因", "Probability, rule, reason"), 24),
    SheetColumn("verdict", Text("判断", "Verdict"), 20, "choice", is_answer=True, choices="verdict"),
    SheetColumn("note", Text("理由", "Reason"), 30, is_answer=True),
    SheetColumn("reader", READER, 12, is_answer=True),
    SheetColumn("judged_on", Text("核对日期", "Date"), 12, is_answer=True, hint=Text("写作 2016-07-15", "write 2016-07-15")),
    SheetColumn("month", Text("月份", "Month"), 9),
)
"""`score` is left out for blind reading."""
