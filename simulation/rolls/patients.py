"""Rolls of patients: R15 signed with a family doctor, R16 gravely ill, R17 managed for a severe mental disorder.

Belongs here: how clinics list them. Does not belong here: who is ill (`simulation.patients`), bills (`simulation.rolls.health`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, yes_no

GIVERS = {"MED_I": "民政局", "MED_O": "民政局", "TMP": "民政局", "CHA_M": "慈善总会", "RCS_M": "红十字会"}


def build_signed_care(view: View) -> pl.DataFrame:
    """Return the people signed with a family doctor; two groups of one person mostly are two rows, sometimes one cell."""
    signed = view.world.livelihoods.signed_care.filter(pl.col("signed_date") <= view.end)
    grouped = signed.with_columns(together=pl.col("person") % 6 == 0)
    by_person = grouped.filter("together").group_by("person", maintain_order=True)
    joined = by_person.agg(pl.col("group").str.join("、"), pl.exclude("group").first())
    rows = pl.concat([grouped.filter(~pl.col("together")), joined], how="diagonal_relaxed").sort("person", "group")
    visit = pl.col("signed_date") + pl.duration(days=pl.col("visited_after"))
    rows = rows.select(
        (pl.col("person") * 16 + pl.int_range(pl.len()).over("person")).alias("@key"),
        pl.col("person").alias("@subject"),
        人群分类=pl.col("group"),
        签约机构=pl.col("centre"),
        家庭医生=pl.col("doctor"),
        签约日期=pl.col("signed_date"),
        随访日期=pl.when(visit <= view.end).then(visit),
    )
    own = {
        "姓名": "name",
        "身份证": "number",
        "年龄": "age",
        "电话": "phone",
        "@town": "residence_town_name",
        "@village": "residence_village_name",
        "_group": "residence_group_number",
        "_dead": "is_dead",
    }
    rows = view.attach(rows, "@subject", **own).filter(~pl.col("_dead"))
    return rows.with_columns(住址=pl.format("{}{}{}组", "@town", "@village", "_group")).sort("@town", "@village", "@key")


def build_grave_patients(view: View) -> pl.DataFrame:
    """Return this year's gravely ill with the costs of the year so far, and who has helped already, as the hospital heard it."""
    patients = view.world.livelihoods.grave_patients.filter((pl.col("year") == view.year) & (pl.col("listed_date") <= view.end))
    bills = view.this_year(view.world.bills).group_by("person").agg(pl.col("total").sum(), pl.col("self_pay").sum())
    rows = patients.join(bills, on="person", how="left", maintain_order="left")
    rows = rows.join(_help_so_far(view), on="person", how="left", maintain_order="left")
    dibao = pl.col("person").is_in(view.on_dibao().implode())
    rows = rows.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        病种=pl.col("kind"),
        确诊日期=pl.col("diagnosed_date"),
        确诊医院=pl.col("hospital"),
        年度总费用=pl.col("total"),
        自付费用=pl.col("self_pay"),
        参保类型=pl.lit("新农合"),
        是否困难=yes_no(dibao),
        _help=pl.col("helped"),
        _listed=pl.col("listed_date"),
    ).with_columns(pl.coalesce("_help", pl.lit("否")).alias("是否已救助(单位/金额)"))
    return view.attach(rows, "@subject", 姓名="name", 身份证="number").sort("_listed", "@key")


def _help_so_far(view: View) -> pl.DataFrame:
    """Return person, helped: 慈善总会/5000元 of the latest help for a bill this year."""
    given = view.this_year(view.paid(*GIVERS)).filter(pl.col("bill").is_not_null()).sort("paid_date", "payment")
    last = given.group_by("person").agg(pl.col("programme_code").last(), (pl.col("amount").last() // 100).cast(pl.String))
    word = pl.col("programme_code").replace_strict(GIVERS)
    return last.select("person", pl.format("{}/{}元", word, "amount").alias("helped"))


def build_mental_patients(view: View) -> pl.DataFrame:
    """Return the managed patients with their guardians; the dead stay on the list until the next quarter."""
    rows = view.world.livelihoods.mental_patients.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("guardian").alias("@guardian"),
        患者编号=pl.concat_str(pl.lit("3599"), pl.col("patient_number")),
        诊断=pl.col("diagnosis"),
        危险性评估等级=pl.concat_str(pl.col("risk"), pl.lit("级")),
        _state=pl.col("care_state"),
        服药=pl.col("taking"),
        是否签订监护协议=yes_no(pl.col("has_agreement")),
        以奖代补金额=pl.col("reward"),
        发放账户=pl.col("account"),
    )
    rows = view.attach(rows, "@subject", 姓名="name", 身份证="number", _died="death_date", _told="death_registered_date")
    rows = view.attach(rows, "@guardian", 监护人="name", 监护人身份证="number", 监护人电话="phone")
    gone = (pl.col("_told") < pl.lit(view.start).dt.offset_by("-3mo")).fill_null(value=False)
    told = (pl.col("_told") <= view.end).fill_null(value=False)
    return rows.filter(~gone).with_columns(管理状态=pl.when(told).then(pl.lit("死亡")).otherwise("_state")).sort("患者编号")


SIGNED_CARE = Shape(
    roll="family_doctor",
    code="R15",
    title="家庭医生签约重点人群",
    department="health",
    form="csv",
    encoding="utf-8-sig",
    frequency="quarterly",
    heads=heads("姓名=name|身份证=identity_number|年龄=count|人群分类|签约机构|家庭医生|签约日期=date|随访日期=date|电话=phone|住址"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_signed_care,
)

GRAVE_PATIENTS = Shape(
    roll="grave_illness",
    code="R16",
    title="重特大疾病患者名单",
    department="health",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "姓名=name|身份证=identity_number|病种|确诊日期=date|确诊医院|年度总费用=amount|自付费用=amount|参保类型|是否困难=boolean|是否已救助(单位/金额)"
    ),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_grave_patients,
)

MENTAL_PATIENTS = Shape(
    roll="mental_disorder",
    code="R17",
    title="严重精神障碍患者管理名册",
    department="health",
    form="xlsx",
    frequency="quarterly",
    heads=heads(
        "患者编号|姓名=name|身份证=identity_number|诊断|危险性评估等级|管理状态|服药|监护人=name|监护人身份证=identity_number|监护人电话=phone|"
        "是否签订监护协议=boolean|以奖代补金额=amount|发放账户=account"
    ),
    parties=(Party("subject", 0, "姓名", "身份证", "@guardian"), Party("guardian", 0, "监护人", "监护人身份证")),
    build=build_mental_patients,
)
