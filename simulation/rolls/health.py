"""Rolls of Health and Family Planning: R11 enrolment in rural cooperative insurance, R12 settled bills.

Belongs here: how the insurance office lists people and bills. Does not belong here: what a bill costs (`simulation`'s lives).
"""

import polars as pl

from registry.schema.codes import KINSHIP
from simulation.chance import draw
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, yes_no

RELATIONS = {code: text.zh for code, text in KINSHIP.items()} | {"01": "本人", "02": "户主"}
REUSED_NUMBERS = 0.002
"""Families given the number of another family."""

SECOND_ENROLMENT = 1 << 40
"""Added to the key of a bride enrolled a second time by her parents' village."""


def build_enrolment(view: View) -> pl.DataFrame:
    """Return one row per enrolled person: the newborn without a number, the dead the village renewed in bulk, brides twice."""
    bulk = _share(view, "renewed_after_death") < 0.5
    lately = (pl.col("death_date") >= pl.lit(view.year_start).dt.offset_by("-18mo")) & pl.lit(bulk)
    enrolled = view.persons.filter(pl.col("is_insured") & pl.col("is_born") & (~pl.col("is_dead") | lately))
    rows = _with_head(_enrolment_rows(view, enrolled))
    return pl.concat([rows, _second_enrolments(view, rows)], how="diagonal_relaxed").sort("@village", "家庭编号", "@key")


def _with_head(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with the head of each insurance family and the kinship the clerk can see; other kin stay blank."""
    rank = pl.when(pl.col("_code") == "02").then(0).when((pl.col("性别") == "男") & (pl.col("_age") >= 18)).then(1).otherwise(2)
    heads_of = rows.sort("_dwelling", rank, "出生日期", "@subject").unique("_dwelling", keep="first", maintain_order=True)
    heads_of = heads_of.select(
        "_dwelling",
        pl.col("@subject").alias("@head"),
        户主=pl.col("姓名"),
        _head_code=pl.col("_code"),
        _head_book=pl.col("_book"),
        _head_father=pl.col("_father"),
        _head_mother=pl.col("_mother"),
    )
    rows = rows.join(heads_of, on="_dwelling", how="left", maintain_order="left")
    head, own, male = pl.col("@head"), pl.col("@subject"), pl.col("性别") == "男"
    in_book = (pl.col("_head_code") == "02") & (pl.col("_book") == pl.col("_head_book"))
    relation = (
        pl.when(own == head)
        .then(pl.lit("户主"))
        .when(in_book)
        .then(pl.col("_code").replace_strict(RELATIONS, default=None, return_dtype=pl.String))
        .when(pl.col("_spouse") == head)
        .then(yes_no(male, "夫", "妻"))
        .when((pl.col("_father") == head) | (pl.col("_mother") == head))
        .then(yes_no(male, "子", "女"))
        .when((own == pl.col("_head_father")) | (own == pl.col("_head_mother")))
        .then(yes_no(male, "父亲", "母亲"))
    )
    return rows.with_columns(relation.alias("与户主关系")).select(pl.exclude("^_.*$"))


def _share(view: View, *words: str) -> pl.Series:
    keys = view.persons["person"].to_numpy().astype("uint64")
    return pl.Series(draw(keys, view.seed, *words))


def _enrolment_rows(view: View, enrolled: pl.DataFrame) -> pl.DataFrame:
    tekun = view.in_force(view.world.tekun)["person"].implode()
    reused = pl.Series(draw(enrolled["dwelling"].to_numpy().astype("uint64"), view.seed, "number reused") < REUSED_NUMBERS)
    group = pl.when(pl.col("person").is_in(tekun)).then(pl.lit("五保")).when(pl.col("person").is_in(view.on_dibao().implode()))
    return enrolled.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("residence_town_name").alias("@town"),
        pl.col("residence_village_name").alias("@village"),
        *(pl.col(kin).alias(f"_{kin}") for kin in ("father", "mother", "spouse", "book", "dwelling", "age")),
        _code=pl.col("book_relation_code"),
        镇街=pl.col("residence_town_name"),
        村居=pl.col("residence_village_name"),
        家庭编号=pl.col("residence_village_code").str.slice(6) + (pl.col("dwelling") - reused.cast(pl.Int64)).cast(pl.String).str.zfill(6),
        参合证号=pl.col("insurance_number"),
        姓名=pl.col("name"),
        性别=pl.col("sex"),
        出生日期=pl.col("birth_date"),
        身份证号=pl.col("number"),
        人员属性=group.then(pl.lit("低保")).otherwise(pl.lit("一般")),
        缴费金额=pl.lit(15_000, pl.Int64),
        资助来源=pl.lit("个人缴费"),
        缴费日期=pl.max_horizontal(pl.lit(view.year_start).dt.offset_by("-40d"), "birth_date"),
        银行账号=pl.col("account"),
        状态=pl.lit("正常"),
    )


def _second_enrolments(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the second rows of some married-in women, in their father's book."""
    brides = view.persons.filter(pl.col("is_married_in") & pl.col("is_insured") & ~pl.col("is_dead") & pl.col("father").is_not_null())
    chosen = brides.filter(pl.Series(draw(brides["person"].to_numpy().astype("uint64"), view.seed, "enrolled twice") < 0.02))
    fathers = rows.select(pl.col("@subject").alias("father"), "家庭编号", "@town", "@village", "镇街", "村居", "户主", "@head")
    twice = rows.drop("家庭编号", "@town", "@village", "镇街", "村居", "户主", "@head").join(
        chosen.select(pl.col("person").alias("@subject"), "father").join(fathers, on="father", maintain_order="left"),
        on="@subject",
        maintain_order="left",
    )
    return twice.drop("father").with_columns(pl.col("@key") + SECOND_ENROLMENT, 与户主关系=pl.lit("女"))


def build_bills(view: View) -> pl.DataFrame:
    """Return the year's settled bills; a reversal carries the number it takes back, a newborn's bill the mother's card."""
    bills = view.this_year(view.world.bills)
    on_hand = pl.col("mode") != "即时结报"
    rows = bills.select(
        pl.col("bill").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.when(on_hand).then("payee").cast(pl.Int64).alias("@payee"),
        补偿单号=pl.when(pl.col("is_reversal")).then("reversed_number").otherwise("settlement_number"),
        就诊类型=pl.col("visit_kind"),
        医院名称=pl.col("hospital"),
        医院级别=pl.col("hospital_level").cast(pl.String),
        入院日期=pl.col("admission_date"),
        出院日期=pl.col("discharge_date"),
        疾病名称=pl.col("disease"),
        总费用=pl.col("total"),
        目录内费用=pl.col("in_policy"),
        起付线=pl.col("deductible"),
        统筹补偿=pl.col("basic"),
        大病补偿=pl.col("major"),
        民政救助=pl.col("medical_aid"),
        商业保险=pl.col("commercial"),
        个人自付=pl.col("self_pay"),
        补偿日期=pl.col("paid_date"),
        补偿方式=pl.col("mode"),
        **{"ICD-10": pl.col("icd")},
    )
    own = {
        "患者姓名": "name",
        "身份证号": "number",
        "参合证号": "insurance_number",
        "账号": "account",
        "_mother": "mother",
        "_born": "birth_date",
        "_sex": "sex",
    }
    rows = view.attach(rows, "@subject", **own)
    rows = view.attach(rows, "_mother", _mother_name="name", _mother_number="number", _mother_card="insurance_number")
    rows = view.attach(rows, "@payee", 领款人="name")
    newborn = ((pl.col("入院日期") - pl.col("_born")).dt.total_days() < 90) & pl.col("_mother").is_not_null()
    return rows.with_columns(
        患者姓名=pl.when(newborn).then(pl.col("_mother_name") + yes_no(pl.col("_sex") == "男", "之子", "之女")).otherwise("患者姓名"),
        身份证号=pl.when(newborn).then("_mother_number").otherwise("身份证号"),
        参合证号=pl.when(newborn).then("_mother_card").otherwise("参合证号"),
    ).sort("补偿日期", "@key")


NRCMS_ENROLMENT = Shape(
    roll="nrcms_enrolment",
    code="R11",
    title="新农合参合名册",
    department="health",
    form="csv",
    frequency="yearly",
    heads=heads(
        "镇街|村居=place|家庭编号|参合证号|户主=name|姓名=name|与户主关系=relation|性别=sex|出生日期=date|身份证号=identity_number|人员属性|缴费金额=amount|"
        "资助来源|缴费日期=date|银行账号=account|状态"
    ),
    parties=(Party("subject", 0, "姓名", "身份证号", "@head"), Party("head", 0, "户主")),
    build=build_enrolment,
)

NRCMS_BILLS = Shape(
    roll="nrcms_bills",
    code="R12",
    title="新农合补偿明细",
    department="health",
    form="csv",
    content="year_to_date",
    heads=heads(
        "补偿单号|参合证号|患者姓名=name|身份证号=identity_number|就诊类型|医院名称|医院级别|入院日期=date|出院日期=date|疾病名称|ICD-10|总费用=amount|"
        "目录内费用=amount|起付线=amount|统筹补偿=amount|大病补偿=amount|民政救助=amount|商业保险=amount|个人自付=amount|补偿日期=date|补偿方式|领款人=name|"
        "账号=account"
    ),
    parties=(Party("subject", 0, "患者姓名", "身份证号", "@payee"), Party("payee", 0, "领款人")),
    build=build_bills,
)
