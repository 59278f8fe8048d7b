"""Rolls of the employment office: R21 unemployment money, R22 public posts, R22b hard to place, R22c families without work.

Belongs here: how the office lists them. Does not belong here: who is on which list (`simulation.employment`).
"""

import polars as pl

from simulation.places import list_villages, zone
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, month_words, months_between


def build_unemployment(view: View) -> pl.DataFrame:
    """Return who draws unemployment money this month, and who stopped since January with the reason."""
    jobless = view.world.livelihoods.jobless.filter((pl.col("from_month") <= view.month) & (pl.col("to_month") >= f"{view.year}-01"))
    stopped = pl.col("to_month") < view.month
    last = pl.when(stopped).then("to_month").otherwise(pl.lit(view.month))
    rows = jobless.with_columns(_until=last).select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        失业时间=pl.col("lost_date"),
        核定月数=pl.col("months"),
        已领月数=months_between("from_month", "_until"),
        月标准=pl.col("rate"),
        起止年月=pl.concat_str(month_words("from_month"), pl.lit("至"), month_words("to_month")),
        停发原因=pl.when(stopped).then("stop_reason"),
        账号=pl.col("account"),
    )
    return view.attach(rows, "@subject", 姓名="name", 身份证="number").sort("失业时间", "@key")


def build_posts(view: View) -> pl.DataFrame:
    """Return who holds a public welfare post this month; months count from the beginning of the contract."""
    held = view.world.livelihoods.posts.filter(pl.lit(view.end).is_between(pl.col("from_date"), pl.col("to_date")))
    places = pl.concat([list_villages()["village_name"], pl.Series([str(zone()["village_name"])])])
    begun = held.with_columns(_from=pl.col("from_date").dt.strftime("%Y-%m"), _now=pl.lit(view.month))
    rows = begun.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        人员类别=pl.col("hardship"),
        岗位名称=pl.col("post"),
        用人单位=pl.lit(places).gather(pl.col("home_village")) + "委会",
        合同起止=pl.concat_str(_day_words("from_date"), pl.lit("至"), _day_words("to_date")),
        岗位补贴=pl.col("subsidy"),
        社保补贴=pl.col("insurance_subsidy"),
        月数=months_between("_from", "_now"),
    )
    rows = view.attach(rows, "@subject", 姓名="name", 身份证="number", _dead="is_dead")
    return rows.filter(~pl.col("_dead")).sort("用人单位", "@key")


def _day_words(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y年%-m月%-d日")


def build_hard_to_place(view: View) -> pl.DataFrame:
    """Return the people recognised as hard to place."""
    rows = view.world.livelihoods.hard_to_place.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        人员类别=pl.col("hardship"),
        失业登记日期=pl.col("registered_date"),
        认定日期=pl.col("recognised_date"),
        就业意向=pl.when(pl.col("person") % 3 == 0).then(pl.lit("公益性岗位")).otherwise(pl.lit("不限")),
    )
    own = {"姓名": "name", "身份证": "number", "村居": "residence_village_name", "联系电话": "phone", "_dead": "is_dead", "性别": "sex"}
    return view.attach(rows, "@subject", **own).filter(~pl.col("_dead")).sort("认定日期", "@key")


def build_jobless_families(view: View) -> pl.DataFrame:
    """Return one row per able member of each family in which nobody has work."""
    rows = view.world.livelihoods.jobless_families.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("head").alias("@head"),
        家庭编号=pl.format("LJY{}", pl.col("family").cast(pl.String).str.zfill(3)),
        家庭人口=pl.col("size"),
        认定日期=pl.col("recognised_date"),
    )
    own = {"成员姓名": "name", "成员身份证": "number", "村居": "residence_village_name", "联系电话": "phone", "_sex": "sex"}
    rows = view.attach(rows, "@subject", **own, _father="father", _mother="mother", _spouse="spouse")
    rows = view.attach(rows, "@head", 户主="name", 户主身份证="number")
    male, head = pl.col("_sex") == "男", pl.col("@head")
    relation = (
        pl.when(pl.col("@subject") == head)
        .then(pl.lit("户主"))
        .when(pl.col("_spouse") == head)
        .then(pl.when(male).then(pl.lit("夫")).otherwise(pl.lit("妻")))
        .when((pl.col("_father") == head) | (pl.col("_mother") == head))
        .then(pl.when(male).then(pl.lit("子")).otherwise(pl.lit("女")))
    )
    return rows.with_columns(与户主关系=relation).sort("家庭编号", "@key")


UNEMPLOYMENT = Shape(
    roll="unemployment_benefit",
    code="R21",
    title="失业保险金发放",
    department="human_resources",
    form="xls",
    heads=heads(
        "姓名=name|身份证=identity_number|失业时间=date|核定月数=count|已领月数=count|月标准=amount|起止年月|停发原因|账号=account"
    ),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_unemployment,
)

POSTS = Shape(
    roll="public_posts",
    code="R22",
    title="公益性岗位人员名册",
    department="human_resources",
    form="xlsx",
    heads=heads("姓名=name|身份证=identity_number|人员类别|岗位名称|用人单位|合同起止|岗位补贴=amount|社保补贴=amount|月数=count"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_posts,
)

HARD_TO_PLACE = Shape(
    roll="hard_to_place",
    code="R22b",
    title="就业困难人员名册",
    department="human_resources",
    form="xls",
    heads=heads("姓名=name|性别=sex|身份证=identity_number|人员类别|失业登记日期=date|认定日期=date|就业意向|村居=place|联系电话=phone"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_hard_to_place,
)

JOBLESS_FAMILIES = Shape(
    roll="jobless_families",
    code="R22c",
    title="零就业家庭名册",
    department="human_resources",
    form="xlsx",
    heads=heads(
        "家庭编号|户主=name|户主身份证=identity_number|家庭人口=count|成员姓名=name|成员身份证=identity_number|与户主关系=relation|认定日期=date|村居=place|联系电话=phone"
    ),
    parties=(Party("subject", 0, "成员姓名", "成员身份证", "@head"), Party("head", 0, "户主", "户主身份证")),
    build=build_jobless_families,
)
