"""Roll of children in difficulty: R09 orphans, children without effective care, others watched over.

Belongs here: how the child, both parents and the guardian stand side by side, and the top-up of the month. Does not belong
here: which children they are (`simulation.children`).
"""

import polars as pl

from simulation.rolls.civil_affairs import place_words
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, yes_no

STANDARD = 70_000
"""Fen a month for an orphan in a family, and for a child without effective care (domain.md §1.5)."""

INSTITUTION_STANDARD = 120_000


def build_children(view: View) -> pl.DataFrame:
    """Return the children listed this month; the money goes to the guardian's account, less what the child draws already."""
    rows = view.world.community.children.filter(pl.col("from_month") <= view.month).select(
        pl.col("child").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("guardian").alias("@guardian"),
        类别=pl.col("category"),
        养育方式=pl.col("care_form"),
        父亲情况=pl.col("father_state"),
        母亲情况=pl.col("mother_state"),
        与儿童关系=pl.col("guardian_word"),
        健康状况=pl.lit("健康"),
        起发年月=pl.col("from_month"),
    )
    own = {"儿童姓名": "name", "性别": "sex", "儿童身份证号": "number", "出生日期": "birth_date", "@father": "father", "@mother": "mother"}
    rows = place_words(view.attach(rows, "@subject", **own), view)
    rows = view.attach(rows, "@guardian", 监护人姓名="name", 监护人身份证="number", **{"账号(监护人)": "account"})
    rows = view.attach(rows, "@father", 父亲姓名="name", 父亲身份证="number")
    rows = view.attach(rows, "@mother", 母亲姓名="name", 母亲身份证="number")
    rows = rows.join(_shares(view), on="@subject", how="left", maintain_order="left")
    rows = rows.join(_schools(view), on="@subject", how="left", maintain_order="left")
    is_paid, is_orphan = pl.col("类别") != "困境儿童", pl.col("类别") == "孤儿"
    standard = pl.when(pl.col("养育方式") == "集中").then(INSTITUTION_STANDARD).otherwise(STANDARD)
    had = pl.when(is_orphan).then(0).otherwise(pl.col("_share").fill_null(0))
    rows = rows.with_columns(pl.when(is_paid).then(standard).alias("补贴标准"), pl.when(is_paid).then(had).alias("已享受金额"))
    top_up = pl.max_horizontal((pl.col("补贴标准") - pl.col("已享受金额")) // 100 * 100, 0)
    return rows.with_columns(
        pl.when(is_paid).then(top_up).alias("补差金额"),
        yes_no(pl.col("_share").is_not_null(), "低保", "否").alias("是否低保/特困"),
        镇街=pl.col("@town"),
        村居=pl.col("@village"),
    ).sort("@town", "@village", "@key")


def _shares(view: View) -> pl.DataFrame:
    """Return each member's part of the household's allowance this month."""
    members = view.in_force(view.world.dibao_members).filter(pl.col("enjoys"))
    shared = members.join(view.in_force(view.world.dibao_cases).select("case", "amount"), on="case", maintain_order="left")
    part = -(-pl.col("amount").cast(pl.Int64) // pl.len().over("case"))
    return shared.with_columns(part.alias("_share")).group_by(pl.col("person").alias("@subject")).agg(pl.col("_share").sum())


def _schools(view: View) -> pl.DataFrame:
    there = view.world.students.filter((pl.col("from_date") <= view.end) & (pl.col("state") == "在读"))
    return there.unique("person", keep="last", maintain_order=True).select(pl.col("person").alias("@subject"), 就读学校=pl.col("school"))


CHILDREN = Shape(
    roll="children_in_difficulty",
    code="R09",
    title="孤儿和困境儿童名册",
    department="civil_affairs",
    form="xlsx",
    heads=heads(
        "镇街|村居=place|>儿童|儿童姓名=name|性别=sex|儿童身份证号=identity_number|出生日期=date|类别|养育方式|>父亲|父亲姓名=name|"
        "父亲身份证=identity_number|父亲情况|>母亲|母亲姓名=name|母亲身份证=identity_number|母亲情况|>监护人|监护人姓名=name|"
        "监护人身份证=identity_number|与儿童关系|>|就读学校|健康状况|是否低保/特困|补贴标准=amount|已享受金额=amount|补差金额=amount|起发年月=month|"
        "账号(监护人)=account"
    ),
    parties=(
        Party("subject", 0, "儿童姓名", "儿童身份证号", "@guardian"),
        Party("father", 0, "父亲姓名", "父亲身份证"),
        Party("mother", 0, "母亲姓名", "母亲身份证"),
        Party("guardian", 0, "监护人姓名", "监护人身份证"),
    ),
    build=build_children,
)
