"""Changes and payments of the minimum living allowance: R03 (新增/注销/变更) and R04 (资金发放表).

Belongs here: how Civil Affairs lists what changed in a month and what was paid out. Does not belong here: the households
and their members (`simulation.rolls.civil_affairs`), which cases were reviewed (`simulation.dibao_reviews`).
"""

import polars as pl

from simulation.rolls.civil_affairs import place_words
from simulation.rolls.shape import Party, Shape, Summary, heads
from simulation.rolls.view import View, months_between

CLOSED_KEYS, REVIEW_KEYS = 1 << 40, 1 << 41
RESIDENCES = ("农户", "非农户")
SUMMED = ("户数", "人数", "金额")


def build_dibao_changes(view: View) -> pl.DataFrame:
    """Return one row per case opened, closed or reviewed; a review may have taken effect months before it is reported."""
    cases = view.world.dibao_cases.with_columns(pl.col("enjoying", "amount").cast(pl.Int64))
    before, after = pl.col("enjoying"), pl.col("amount")
    opened = cases.filter(pl.col("from_month") == view.month).select(
        pl.col("case").alias("@key"), "case", "head", 变动类型=pl.lit("新增"), 原因=pl.col("cause"), 变动前人数=0, 变动前金额=0,
        变动后人数=before, 变动后金额=after, 执行年月=pl.col("from_month"),
    )  # fmt: skip
    last = (pl.col("to_month") + "-01").str.to_date("%Y-%m-%d", strict=False).dt.offset_by("1mo").dt.strftime("%Y-%m")
    closed = _name_ends(cases.filter(last == view.month), view).select(
        (pl.col("case") + CLOSED_KEYS).alias("@key"), "case", "head", "原因", 变动类型=pl.lit("停保"), 变动前人数=before, 变动前金额=after,
        变动后人数=0, 变动后金额=0, 执行年月=last,
    )  # fmt: skip
    reviewed = view.world.community.reviews.filter(pl.col("reported_month") == view.month).join(cases, on="case", maintain_order="left")
    reviewed = reviewed.select(
        (pl.col("review") + REVIEW_KEYS).alias("@key"), "case", "head", 变动类型=pl.col("kind"), 原因=pl.col("reason"),
        变动前人数=pl.col("members_before"), 变动前金额=pl.col("amount_before"), 变动后人数=before, 变动后金额=after,
        执行年月=pl.col("executed_month"),
    )  # fmt: skip
    whole = pl.col("变动前人数", "变动前金额", "变动后人数", "变动后金额").cast(pl.Int64)
    rows = pl.concat([part.with_columns(whole) for part in (opened, closed, reviewed)], how="diagonal").rename({"head": "@subject"})
    rows = rows.join(cases.select("case", "category"), on="case", how="left", maintain_order="left")
    rows = place_words(view.attach(rows, "@subject", 户主="name", 身份证="number"), view).with_columns(
        pl.when(pl.col("category").str.contains("城")).then(pl.lit("非农户")).otherwise(pl.lit("农户")).alias("@residence"),
        pl.col("变动类型").alias("@change"),
        pl.max_horizontal("变动前人数", "变动后人数").alias("@members"),
        pl.max_horizontal("变动前金额", "变动后金额").alias("@amount"),
        pl.col("@village").alias("村(社区)"),
    )
    return rows.drop("case", "category").sort("@town", "@village", "@key")


def _name_ends(cases: pl.DataFrame, view: View) -> pl.DataFrame:
    """Return closed cases with the reason a clerk writes down."""
    gone = view.persons.filter(pl.col("is_dead"))["person"]
    reason = pl.when(pl.col("head").is_in(gone.implode())).then(pl.lit("户主死亡"))
    return cases.with_columns(
        原因=reason.when(pl.col("grace_until").is_not_null()).then(pl.lit("渐退期满")).otherwise(pl.lit("家庭收入超过标准"))
    )


def sum_dibao_changes(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one line a town and one for all, households, people and money by kind of change and residence."""
    lines = [("合计", rows), *((town[0], part) for town, part in rows.group_by("@town", maintain_order=True))]
    return pl.DataFrame([{"地区": str(name), **_sum_part(part)} for name, part in [*lines[1:], lines[0]]])


def _sum_part(rows: pl.DataFrame) -> dict[str, str]:
    found: dict[str, str] = {}
    for change, word in (("新增", "新增"), ("停保", "注销")):
        for residence in RESIDENCES:
            part = rows.filter((pl.col("@change") == change) & (pl.col("@residence") == residence))
            numbers = (part.height, part["@members"].sum(), part["@amount"].sum() // 100)
            found |= {f"{word}{residence}{what}": str(number) for what, number in zip(SUMMED, numbers, strict=True)}
    return found


def build_dibao_payments(view: View) -> pl.DataFrame:
    """Return the month's payments of the allowance, one a household: what the household list says is due, paid out."""
    paid = view.paid("DIB").filter(pl.col("paid_date").is_between(view.start, view.end) & (pl.col("kind") == "regular"))
    cases = view.world.dibao_cases.select("case", "category", "members", "enjoying").join(
        _find_late_money(view), on="case", how="left", maintain_order="left"
    )
    rows = paid.join(cases, on="case", how="left", maintain_order="left").select(
        pl.col("payment").alias("@key"),
        pl.col("person").alias("@subject"),
        发放年月=pl.col("from_month"),
        申请类别=pl.col("category"),
        家庭类别=pl.lit("一般低保户"),
        救助金额=pl.col("amount"),
        家庭人数=pl.col("members").cast(pl.Int64),
        享受人数=pl.col("enjoying").cast(pl.Int64),
        发放人=pl.lit("民政办"),
        发放日期=pl.col("paid_date"),
        银行账号=pl.col("account"),
        补发=pl.max_horizontal(pl.col("_owed").fill_null(0), 0),
        扣发=pl.max_horizontal(-pl.col("_owed").fill_null(0), 0),
        调整金额=pl.col("_step").fill_null(0),
        实发=pl.col("amount") + pl.col("_owed").fill_null(0),
    )
    rows = place_words(view.attach(rows, "@subject", 户主姓名="name", 户主身份证="number"), view)
    return rows.with_columns(行政区划=pl.concat_str(pl.lit("Q区"), "@town", "@village")).sort("@town", "@village", "@key")


def _find_late_money(view: View) -> pl.DataFrame:
    """Return for each case reviewed this month by how much it changed and what that comes to since the change took effect."""
    amounts = view.world.dibao_cases.select("case", "amount")
    known = view.world.community.reviews.filter(pl.col("reported_month") == view.month).join(amounts, on="case", maintain_order="left")
    step = pl.col("amount").cast(pl.Int64) - pl.col("amount_before")
    late = months_between("executed_month", "reported_month") - 1
    owed = pl.max_horizontal(step * late, -pl.col("amount").cast(pl.Int64) // 2)
    return known.select("case", _step=step, _owed=owed).unique("case", keep="first", maintain_order=True)


SUMMARY_HEADS = "地区" + "".join(
    f"|>{word}>{residence}|" + "|".join(f"{word}{residence}{what}" for what in SUMMED)
    for word in ("新增", "注销")
    for residence in RESIDENCES
)

DIBAO_CHANGES = Shape(
    roll="dibao_changes",
    code="R03",
    title="低保新增注销变更表",
    department="civil_affairs",
    form="xls",
    content="new_rows",
    heads=heads(
        "村(社区)=place|户主=name|身份证=identity_number|>变动情况|变动类型|原因|>变动情况>变动前|变动前人数=count|变动前金额=amount|"
        ">变动情况>变动后|变动后人数=count|变动后金额=amount|>|执行年月=month"
    ),
    parties=(Party("subject", 0, "户主", "身份证"),),
    build=build_dibao_changes,
    split="town",
    summary=Summary("汇总", heads(SUMMARY_HEADS), sum_dibao_changes),
)

DIBAO_PAYMENTS = Shape(
    roll="dibao_payments",
    code="R04",
    title="低保资金发放表",
    department="civil_affairs",
    form="fixed",
    content="new_rows",
    heads=heads(
        "发放年月=month|行政区划|户主姓名=name|户主身份证=identity_number|申请类别|家庭类别|救助金额=amount|调整金额=amount|家庭人数=count|享受人数=count|"
        "发放人|发放日期=date|银行账号=account|补发=amount|扣发=amount|实发=amount"
    ),
    parties=(Party("subject", 0, "户主姓名", "户主身份证"),),
    build=build_dibao_payments,
    widths=(14, 50, 44, 26, 12, 14, 16, 14, 6, 6, 12, 22, 36, 14, 14, 14),
)
