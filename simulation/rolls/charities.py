"""Ledgers of the charities: R31 charity federation, R32 Red Cross.

Belongs here: how charities write down whom they helped: a name, a village, a phone, rarely a number. Does not belong here:
what they gave and why (`simulation.aid`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, yes_no

SCHEMES = {"CHA_M": "助医", "CHA_E": "助学", "CHA_F": "助困", "CHA_H": "安居"}
CAUSES = {"CHA_M": "因病", "CHA_E": "因学", "CHA_F": "其它", "CHA_H": "其它"}


def build_charity(view: View) -> pl.DataFrame:
    """Return the year's grants of the charity federation."""
    rows = view.this_year(view.paid(*SCHEMES)).select(
        pl.col("payment").alias("@key"),
        pl.col("person").alias("@subject"),
        救助项目类型=pl.col("programme_code").replace_strict(SCHEMES),
        致贫原因=pl.col("programme_code").replace_strict(CAUSES),
        救助金额=pl.col("amount"),
        发放日期=pl.col("paid_date"),
        银行账号=pl.col("account"),
        慈善机构意见=pl.lit("同意"),
        **{"救助单位/冠名基金": pl.coalesce("donor", pl.lit("区慈善总会"))},
    )
    own = {
        "受助人": "name",
        "身份证": "number",
        "联系电话": "phone",
        "_town": "residence_town_name",
        "_village": "residence_village_name",
        "_group": "residence_group_number",
        "_house": "residence_house_number",
    }
    rows = view.attach(rows, "@subject", **own)
    short = pl.col("@key") % 3 == 0
    full = pl.format("{}{}{}组{}号", "_town", "_village", "_group", "_house")
    return rows.with_columns(家庭地址=pl.when(short).then("_village").otherwise(full)).sort("发放日期", "@key")


def build_red_cross(view: View) -> pl.DataFrame:
    """Return the year's medical grants of the Red Cross: age instead of birth date, no number, the applicant and kin in one cell."""
    bills = view.world.bills.select("bill", "hospital", "disease", "total", "self_pay", repaid=pl.col("basic") + pl.col("major"))
    rows = (
        view.this_year(view.paid("RCS_M"))
        .join(bills, on="bill", how="left", maintain_order="left")
        .select(
            pl.col("payment").alias("@key"),
            pl.col("person").alias("@subject"),
            pl.when(pl.col("payee") != pl.col("person")).then("payee").cast(pl.Int64).alias("_payee"),
            病种=pl.coalesce("disease", "cause"),
            就诊医院=pl.col("hospital"),
            医疗总费用=pl.col("total"),
            医保报销=pl.col("repaid"),
            自付=pl.col("self_pay"),
            申请金额=pl.col("amount"),
            审批金额=pl.col("amount"),
            审批会议日期=pl.col("paid_date"),
            开户行账号=pl.col("account"),
        )
    )
    own = {
        "患者姓名": "name",
        "性别": "sex",
        "年龄": "age",
        "患者村居": "village_name",
        "联系电话": "phone",
        "_father": "father",
        "_spouse": "spouse",
    }
    rows = view.attach(rows, "@subject", **own)
    applicant = (
        pl.when(pl.col("年龄") < 18)
        .then(pl.coalesce("_father", "_payee"))
        .when(pl.col("@key") % 4 == 0)
        .then(pl.coalesce("_spouse", "_payee"))
    )
    rows = rows.with_columns(applicant.otherwise("@subject").fill_null(pl.col("@subject")).cast(pl.Int64).alias("@applicant"))
    rows = view.attach(rows, "@applicant", _applicant="name")
    kin = (
        pl.when(pl.col("@applicant") == pl.col("@subject"))
        .then(pl.lit("本人"))
        .when(pl.col("@applicant") == pl.col("_father"))
        .then(pl.lit("父亲"))
        .when(pl.col("@applicant") == pl.col("_spouse"))
        .then(pl.lit("配偶"))
        .otherwise(pl.lit("亲属"))
    )
    dibao = pl.col("@subject").is_in(view.on_dibao().implode())
    return rows.with_columns(pl.format("{}({})", "_applicant", kin).alias("申请人(与患者关系)"), 是否低保=yes_no(dibao)).sort(
        "审批会议日期", "@key"
    )


CHARITY = Shape(
    roll="charity",
    code="R31",
    title="慈善总会救助台账",
    department="charity_federation",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "受助人=name|身份证=identity_number|家庭地址|联系电话=phone|救助项目类型|致贫原因|家庭总收入=amount|月人均收入=amount|救助金额=amount|救助单位/冠名基金|"
        "慈善机构意见|发放日期=date|银行账号=account|经手人"
    ),
    parties=(Party("subject", 0, "受助人", "身份证"),),
    build=build_charity,
)

RED_CROSS = Shape(
    roll="red_cross",
    code="R32",
    title="红十字会救助台账",
    department="red_cross",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "患者姓名=name|性别=sex|年龄=count|患者村居=place|联系电话=phone|病种|就诊医院|医疗总费用=amount|医保报销=amount|自付=amount|是否低保=boolean|"
        "申请金额=amount|审批金额=amount|审批会议日期=date|申请人(与患者关系)|开户行账号=account"
    ),
    parties=(Party("subject", 0, "患者姓名"), Party("applicant", 0, "申请人(与患者关系)")),
    build=build_red_cross,
)
