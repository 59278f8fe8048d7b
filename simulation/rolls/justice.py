"""Rolls of police and justice: R30c the detained, R37 judicial aid, R37b community correction, R37c resettlement, R37d legal aid.

Belongs here: how these offices list people. Does not belong here: who stands in which list (`simulation.justice`).

A term is one cell with both days (刑期起止), as the domain's heads have it.
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def term_words(start: str, end: str) -> pl.Expr:
    """Return both days of a term in one cell: 2015.11.3-2017.5.2, for every third row 2015年11月3日至2017年5月2日."""
    dotted = pl.concat_str(pl.col(start).dt.strftime("%Y.%-m.%-d"), pl.lit("-"), pl.col(end).dt.strftime("%Y.%-m.%-d"))
    written = pl.concat_str(pl.col(start).dt.strftime("%Y年%-m月%-d日"), pl.lit("至"), pl.col(end).dt.strftime("%Y年%-m月%-d日"))
    return pl.when(pl.col("person") % 3 == 0).then(written).otherwise(dotted)


def running(view: View, frame: pl.DataFrame, start: str = "from_date") -> pl.DataFrame:
    """Return the terms that have begun and are not over at the month's end."""
    return frame.filter((pl.col(start) <= view.end) & (pl.col("to_date") >= view.end))


def build_detained(view: View) -> pl.DataFrame:
    """Return who is in prison or compulsory detoxification at the month's end."""
    rows = running(view, view.world.belongings.justice.detained).select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        刑期起止=term_words("from_date", "to_date"),
        监所=pl.col("place"),
    )
    return view.attach(rows, "@subject", 姓名="name", 身份证="number").sort("监所", "@key")


def build_corrected(view: View) -> pl.DataFrame:
    """Return who is under community correction at the month's end."""
    rows = running(view, view.world.belongings.justice.corrected).select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        罪名=pl.col("crime"),
        矫正类别=pl.col("kind"),
        起止=term_words("from_date", "to_date"),
        帮扶措施=pl.col("measure"),
    )
    own = {"矫正对象": "name", "身份证": "number", "@town": "residence_town_name", "@village": "residence_village_name"}
    return view.attach(rows, "@subject", **own).sort("@town", "@village", "@key")


def build_resettled(view: View) -> pl.DataFrame:
    """Return who was released within five years."""
    rows = running(view, view.world.belongings.justice.resettled, "released_date").select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        原罪名=pl.col("crime"),
        原判刑期=pl.format("{}年", "sentence_years"),
        释放日期=pl.col("released_date"),
        帮教截止日期=pl.col("to_date"),
        帮扶措施=pl.col("measure"),
    )
    own = {
        "姓名": "name",
        "身份证号": "number",
        "村居": "village_name",
        "联系电话": "phone",
        "@town": "town_name",
        "@village": "village_name",
    }
    return view.attach(rows, "@subject", **own).sort("@town", "@village", "@key")


def build_judicial_aid(view: View) -> pl.DataFrame:
    """Return the year's decisions; money not yet paid has no date."""
    rows = view.this_year(view.world.belongings.justice.judicial_aid, "decided_date").select(
        pl.col("aid").alias("@key"),
        pl.col("person").alias("@subject"),
        案号=pl.col("case_number"),
        案由=pl.col("cause"),
        办案机关=pl.col("office"),
        与被害人关系=pl.col("relation"),
        损害情况=pl.col("harm"),
        救助金额=pl.col("amount"),
        决定日期=pl.col("decided_date"),
        发放日期=pl.when(pl.col("paid_date") <= view.end).then("paid_date"),
    )
    return view.attach(rows, "@subject", 救助申请人="name", 身份证="number").sort("决定日期", "@key")


def build_legal_aid(view: View) -> pl.DataFrame:
    """Return the year's applications for legal aid as known at the month's end."""
    decided = pl.col("decided_date") <= view.end
    granted = pl.when("is_granted").then(pl.lit("给予援助")).otherwise(pl.lit("不予援助"))
    rows = view.this_year(view.world.belongings.justice.legal_aid, "received_date").select(
        pl.col("case").alias("@key"),
        pl.col("person").alias("@subject"),
        受理编号=pl.format("FY{}{}", pl.col("received_date").dt.strftime("%Y%m%d"), pl.col("case").cast(pl.String).str.zfill(4)),
        申请日期=pl.col("received_date"),
        援助事项=pl.col("matter"),
        审批结果=pl.when(decided).then(granted),
        审批日期=pl.when(decided).then("decided_date"),
        承办律师=pl.when(decided).then("lawyer"),
        结案日期=pl.when(pl.col("closed_date") <= view.end).then("closed_date"),
    )
    own = {"受援人": "name", "身份证号": "number", "村居": "village_name", "联系电话": "phone"}
    return view.attach(rows, "@subject", **own).sort("申请日期", "@key")


DETAINED = Shape(
    roll="detained",
    code="R30c",
    title="服刑和强制戒毒人员名册",
    department="public_security",
    form="csv",
    heads=heads("姓名=name|身份证=identity_number|刑期起止|监所"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_detained,
)

JUDICIAL_AID = Shape(
    roll="judicial_aid",
    code="R37",
    title="国家司法救助台账",
    department="justice",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "案号|案由|办案机关|救助申请人=name|身份证=identity_number|与被害人关系|损害情况|救助金额=amount|决定日期=date|发放日期=date"
    ),
    parties=(Party("subject", 0, "救助申请人", "身份证"),),
    build=build_judicial_aid,
)

COMMUNITY_CORRECTION = Shape(
    roll="community_correction",
    code="R37b",
    title="社区矫正对象名册",
    department="justice",
    form="xls",
    heads=heads("矫正对象=name|身份证=identity_number|罪名|矫正类别|起止|帮扶措施"),
    parties=(Party("subject", 0, "矫正对象", "身份证"),),
    build=build_corrected,
    split="town",
)

RESETTLEMENT = Shape(
    roll="resettlement",
    code="R37c",
    title="安置帮教人员名册",
    department="justice",
    form="xlsx",
    frequency="quarterly",
    heads=heads(
        "序号=serial|姓名=name|身份证号=identity_number|原罪名|原判刑期|释放日期=date|帮教截止日期=date|帮扶措施|村居=place|联系电话=phone"
    ),
    parties=(Party("subject", 0, "姓名", "身份证号"),),
    build=build_resettled,
    split="town",
)

LEGAL_AID = Shape(
    roll="legal_aid",
    code="R37d",
    title="法律援助受理台账",
    department="justice",
    form="csv",
    encoding="utf-8-sig",
    content="year_to_date",
    heads=heads(
        "受理编号|申请日期=date|受援人=name|身份证号=identity_number|援助事项|审批结果|审批日期=date|承办律师|结案日期=date|村居=place|联系电话=phone"
    ),
    parties=(Party("subject", 0, "受援人", "身份证号"),),
    build=build_legal_aid,
)
