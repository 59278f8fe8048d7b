"""Roll of the Disabled Persons' Federation: R08 certificates.

Belongs here: how certificates are listed; the number of the card is the holder's number and two digits. Does not belong
here: who is disabled, or the allowances paid on the card (`simulation.rolls.civil_affairs_payments`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View

GRADES = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}


def build_certificates(view: View) -> pl.DataFrame:
    """Return one row per certificate; cards of the dead stay 正常 until somebody reports the death."""
    cards = view.world.disabilities.filter(pl.col("issued_date") <= view.end)
    rows = cards.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("@card"),
        pl.col("person").alias("@subject"),
        pl.col("guardian").cast(pl.Int64).alias("@guardian"),
        残疾证号=pl.col("certificate_number"),
        残疾类别=pl.col("kind"),
        残疾等级=pl.col("grade").cast(pl.String).replace(GRADES),
        发证日期=pl.col("issued_date"),
        有效期=pl.col("valid_to"),
        证件状态=pl.col("state"),
        评残医院=pl.lit("区医院"),
    ).with_columns((pl.col("@subject") * 8 + pl.col("@card").rank("ordinal").over("@subject")).cast(pl.Int64).alias("@key"))
    own = {"姓名": "name", "性别": "sex", "民族": "ethnicity", "出生日期": "birth_date", "_mother": "mother", "_father": "father"}
    rows = view.attach(
        rows,
        "@subject",
        **own,
        _town="town_name",
        _village="village_name",
        _group="group_number",
        _house="house_number",
        _home_town="residence_town_name",
        _home="residence_village_name",
    )
    rows = view.attach(rows, "@guardian", 监护人姓名="name", 监护人电话="phone", _guardian_sex="sex")
    is_parent = (pl.col("@guardian") == pl.col("_father")) | (pl.col("@guardian") == pl.col("_mother"))
    return rows.with_columns(
        户籍地址=pl.format("{}{}{}组{}号", "_town", "_village", "_group", "_house"),
        与残疾人关系=pl.when(pl.col("@guardian").is_null()).then(None).when(is_parent).then(pl.lit("父母")).otherwise(pl.lit("亲属")),
        现住址=pl.concat_str("_home_town", "_home"),
    ).sort("_town", "_village", "@key")


DISABILITY_CERTIFICATES = Shape(
    roll="disability_certificates",
    code="R08",
    title="残疾人持证库",
    department="disabled_federation",
    form="csv",
    frequency="quarterly",
    heads=heads(
        "残疾证号=certificate|姓名=name|性别=sex|民族|出生日期=date|残疾类别|残疾等级|多重残疾明细|评残医院|发证日期=date|有效期=date|证件状态|监护人姓名=name|"
        "与残疾人关系|监护人电话=phone|户籍地址|现住址=place"
    ),
    parties=(Party("subject", 0, "姓名", "残疾证号"), Party("guardian", 0, "监护人姓名")),
    build=build_certificates,
)
