"""Log of referrals and their return: R39.

Belongs here: what the one-door centre knows of each referral by the month's end. Does not belong here: their course
(`simulation.referrals`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_referrals(view: View) -> pl.DataFrame:
    """Return the year's referrals; what happens after the month's end is not yet known."""

    def known(column: str) -> pl.Expr:
        return (pl.col(column) <= view.end).fill_null(value=False)

    span = pl.format(
        "{}-{}",
        pl.col("from_date").dt.strftime("%Y.%-m.%-d"),
        pl.when(known("to_date")).then(pl.col("to_date").dt.strftime("%Y.%-m.%-d")).otherwise(pl.lit("")),
    )
    rows = view.this_year(view.world.community.referrals, "referred_date").select(
        pl.col("referral").alias("@key"),
        pl.col("person").alias("@subject"),
        转介编号=pl.format("ZJ{}{}", pl.col("referred_date").dt.strftime("%Y%m%d"), pl.col("referral").cast(pl.String).str.zfill(5)),
        转出单位=pl.col("sender"),
        接收单位=pl.col("receiver"),
        需求类型=pl.col("need"),
        转介日期=pl.col("referred_date"),
        接收确认日期=pl.when(known("accepted_date")).then("accepted_date"),
        服务起止=pl.when(known("from_date")).then(span),
        服务内容=pl.when(known("from_date")).then("service"),
        投入金额=pl.when(known("to_date")).then("amount"),
        结案情况=pl.when(known("feedback_date")).then("outcome"),
        反馈日期=pl.when(known("feedback_date")).then("feedback_date"),
    )
    own = {"服务对象": "name", "身份证": "number", "镇街": "residence_town_name", "村居": "residence_village_name"}
    return view.attach(rows, "@subject", **own).sort("转介日期", "@key")


REFERRALS = Shape(
    roll="referrals",
    code="R39",
    title="转介台账",
    department="single_window",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        ">转介|转介编号|转出单位|接收单位|>对象|服务对象=name|身份证=identity_number|镇街|村居=place|需求类型|>转介|转介日期=date|>回执|接收确认日期=date|"
        "服务起止|服务内容|投入金额=amount|结案情况|反馈日期=date"
    ),
    parties=(Party("subject", 0, "服务对象", "身份证"),),
    build=build_referrals,
)
