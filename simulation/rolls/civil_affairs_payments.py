"""Payment lists and ledgers of Civil Affairs: R06 temporary aid, R07 disability allowances, R10 old-age allowance, R13 medical aid.

Belongs here: how paid aid is listed. Does not belong here: monthly rolls of entitled people (`simulation.rolls.civil_affairs`).
"""

import polars as pl

from simulation.rolls.civil_affairs import place_words
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, age_at, months_between, period_words, yes_no


def build_temporary_aid(view: View) -> pl.DataFrame:
    """Return the year's temporary aid; an advance and its balance are two rows with one case number."""
    events = view.world.events.select("event", "event_date", "loss", event_cause="cause")
    payments = view.this_year(view.paid("TMP")).join(events, on="event", how="left", maintain_order="left")
    payments = payments.join(view.world.bills.select("bill", "self_pay"), on="bill", how="left", maintain_order="left")
    cause = pl.coalesce("cause", "event_cause", pl.lit("其他"))
    accepted = pl.coalesce(
        pl.min_horizontal(pl.col("event_date").dt.offset_by("3d"), pl.col("paid_date")), pl.col("paid_date").dt.offset_by("-12d")
    )
    rows = payments.select(
        pl.col("payment").alias("@key"),
        pl.col("person").alias("@subject"),
        编号=pl.col("case_number"),
        困难类型=yes_no(cause.is_in(["支出突增", "突发重病"]), "支出型", "急难型"),
        申请原因=cause,
        自付医疗费=pl.col("self_pay"),
        财产损失=pl.when(~cause.str.contains("病")).then("loss"),
        救助方式=pl.lit("现金"),
        资金来源=pl.when(pl.col("fund").fill_null("").str.contains("慈善|char")).then(pl.lit("慈善")).otherwise(pl.lit("民政")),
        受理日期=accepted,
        审批日期=pl.col("paid_date").dt.offset_by("-2d"),
        发放日期=pl.col("paid_date"),
        是否先行救助=yes_no(pl.col("kind") == "advance"),
        账号=pl.col("account"),
        **{"受助金额(元)": pl.col("amount")},
    )
    own = {"申请人": "name", "身份证号": "number", "开户人": "name", "_is_local": "is_local"}
    rows = place_words(view.attach(rows, "@subject", **own), view)
    return rows.with_columns(
        pl.col("@town").alias("镇(街)"),
        村居=pl.col("@village"),
        户籍类型=yes_no(pl.col("_is_local"), "本地", "外来"),
        救助对象=yes_no(pl.col("@subject").is_in(view.on_dibao().implode()), "低保", "其它"),
    ).sort("发放日期", "@key")


def build_disability_allowances(view: View) -> pl.DataFrame:
    """Return the quarter's allowances; the proxy's number stands beside the holder's."""
    payments = view.new_in_quarter(view.paid("DSB_L", "DSB_C"))
    months = months_between("from_month", "to_month")
    rows = payments.select(
        pl.col("payment").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.when(pl.col("payee") != pl.col("person")).then("payee").cast(pl.Int64).alias("@payee"),
        补贴类型=yes_no(pl.col("programme_code") == "DSB_L", "生活", "护理"),
        补贴标准=pl.col("amount") // months,
        月数=months,
        补贴金额=pl.col("amount"),
        发放季度=period_words("from_month", "to_month"),
        账号=pl.col("account"),
    )
    own = {"残疾人姓名": "name", "性别": "sex", "身份证号": "number", "联系电话": "phone"}
    rows = place_words(view.attach(rows, "@subject", **own), view)
    rows = view.attach(rows, "@payee", 代领人身份证="number", **{"监护人/代领人": "name"})
    held = view.world.disabilities.unique("person", keep="first", maintain_order=True).select(
        pl.col("person").alias("@subject"),
        残疾证号=pl.col("certificate_number"),
        残疾类别=pl.col("kind"),
        残疾等级=pl.format("{}级", pl.col("grade")),
    )
    return (
        rows.join(held, on="@subject", how="left", maintain_order="left")
        .with_columns(
            镇街=pl.col("@town"),
            村居=pl.col("@village"),
            是否低保=yes_no(pl.col("@subject").is_in(view.on_dibao().implode())),
            开户姓名=pl.coalesce("监护人/代领人", "残疾人姓名"),
        )
        .sort("@town", "@village", "@key")
    )


def build_old_age_allowance(view: View) -> pl.DataFrame:
    """Return the quarter's old-age allowances."""
    payments = view.new_in_quarter(view.paid("ELD_A"))
    months = months_between("from_month", "to_month")
    rows = payments.select(
        pl.col("payment").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.when(pl.col("payee") != pl.col("person")).then("payee").cast(pl.Int64).alias("@payee"),
        标准=pl.col("amount") // months,
        季度=period_words("from_month", "to_month"),
        金额=pl.col("amount"),
        账号=pl.col("account"),
        生存认证日期=pl.col("paid_date").dt.offset_by("-20d"),
    )
    own = {"姓名": "name", "身份证号": "number", "出生日期": "birth_date"}
    rows = place_words(view.attach(rows, "@subject", **own), view)
    rows = view.attach(rows, "@payee", 代领人="name", _payee_sex="sex").with_columns(周岁=age_at("出生日期", view.end))
    tekun = view.in_force(view.world.tekun)["person"].implode()
    group = pl.when(pl.col("@subject").is_in(tekun)).then(pl.lit("特困")).when(pl.col("@subject").is_in(view.on_dibao().implode()))
    return rows.with_columns(
        group.then(pl.lit("低保")).otherwise(pl.lit("其他")).alias("低保/特困/其他"),
        镇街=pl.col("@town"),
        村居=pl.col("@village"),
        档次=pl.when(pl.col("周岁") >= 100)
        .then(pl.lit("100+"))
        .when(pl.col("周岁") >= 90)
        .then(pl.lit("90-99"))
        .otherwise(pl.lit("80-89")),
        与老人关系=pl.when(pl.col("@payee").is_not_null()).then(
            pl.when(pl.col("_payee_sex") == "男").then(pl.lit("儿子")).otherwise(pl.lit("女儿"))
        ),
    ).sort("@town", "@village", "@key")


def build_medical_aid(view: View) -> pl.DataFrame:
    """Return the year's medical aid; the running sums of the year stand in the last columns, as the ledger keeps them."""
    bills = view.world.bills.select(
        "bill", "hospital", "disease", "admission_date", "discharge_date", "total", "in_policy", "basic", "major", "mode"
    )
    payments = (
        view.this_year(view.paid("MED_I", "MED_O")).join(bills, on="bill", how="left", maintain_order="left").sort("paid_date", "payment")
    )
    inpatient = pl.col("programme_code") == "MED_I"
    paid_before = (pl.col("amount").cum_sum() - pl.col("amount")).over("person")
    repaid = pl.col("basic") + pl.col("major")
    rows = payments.select(
        pl.col("payment").alias("@key"),
        pl.col("person").alias("@subject"),
        救助性质=yes_no(inpatient, "住院", "门诊"),
        医保性质=pl.lit("新农合"),
        报销类型=yes_no(pl.col("mode") == "即时结报", "实时结报", "事后报销"),
        就诊医院=pl.col("hospital"),
        疾病名称=pl.col("disease"),
        就诊日期=pl.col("admission_date"),
        出院日期=pl.col("discharge_date"),
        医疗费用总额=pl.col("total"),
        自理金额=pl.col("total") - pl.col("in_policy"),
        已报销金额=repaid,
        自负金额=pl.col("total") - repaid,
        发放日期=pl.col("paid_date"),
        本次救助金额=pl.col("amount"),
        本年度已报销基数=(repaid.fill_null(0).cum_sum() - repaid.fill_null(0)).over("person"),
        本年度已救助金额=paid_before,
        本年度已救助次数=pl.int_range(pl.len()).over("person").cast(pl.Int64),
        本年度住院累计救助金额=pl.when(inpatient).then("amount").otherwise(0).cum_sum().over("person"),
        本年度门诊累计救助金额=pl.when(~inpatient).then("amount").otherwise(0).cum_sum().over("person"),
    )
    rows = place_words(view.attach(rows, "@subject", 救助对象="name", 身份证="number"), view)
    tekun = view.in_force(view.world.tekun)["person"].implode()
    dibao = pl.col("@subject").is_in(view.on_dibao().implode())
    return rows.with_columns(
        镇街=pl.col("@town"),
        村居=pl.col("@village"),
        救助类别=pl.when(pl.col("@subject").is_in(tekun)).then(pl.lit("五保三无")).otherwise(yes_no(dibao, "低保对象", "低保边缘")),
    )


TEMPORARY_AID = Shape(
    roll="temporary_aid",
    code="R06",
    title="临时救助台账",
    department="civil_affairs",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "编号|镇(街)|村居=place|申请人=name|身份证号=identity_number|户籍类型|家庭人数=count|困难类型|申请原因|救助对象|自付医疗费=amount|财产损失=amount|"
        "救助方式|资金来源|受助金额(元)=amount|受理日期=date|审批日期=date|发放日期=date|是否先行救助=boolean|开户人=account_name|账号=account|经办人|公示结束日期=date"
    ),
    parties=(Party("subject", 0, "申请人", "身份证号"),),
    build=build_temporary_aid,
)

DISABILITY_ALLOWANCES = Shape(
    roll="disability_allowances",
    code="R07",
    title="残疾人两项补贴发放表",
    department="civil_affairs",
    form="xls",
    frequency="quarterly",
    content="new_rows",
    heads=heads(
        "序号=serial|镇街|村居=place|残疾人姓名=name|性别=sex|身份证号=identity_number|残疾证号=certificate|残疾类别|残疾等级|是否低保=boolean|补贴类型|"
        "补贴标准=amount|月数=count|补贴金额=amount|发放季度|监护人/代领人=name|代领人身份证=identity_number|开户姓名=account_name|账号=account|联系电话=phone"
    ),
    parties=(Party("subject", 0, "残疾人姓名", "身份证号", "@payee"), Party("payee", 0, "监护人/代领人", "代领人身份证")),
    build=build_disability_allowances,
    split="town",
    repeat_header=60,
)

OLD_AGE_ALLOWANCE = Shape(
    roll="old_age_allowance",
    code="R10",
    title="高龄津贴发放表",
    department="civil_affairs",
    form="xlsx",
    frequency="quarterly",
    content="new_rows",
    heads=heads(
        "镇街|村居=place|姓名=name|身份证号=identity_number|出生日期=date|周岁=count|档次|低保/特困/其他|标准=amount|季度|金额=amount|代领人=name|"
        "与老人关系=relation|账号=account|生存认证日期=date"
    ),
    parties=(Party("subject", 0, "姓名", "身份证号", "@payee"), Party("payee", 0, "代领人")),
    build=build_old_age_allowance,
    subtotals=True,
)

MEDICAL_AID = Shape(
    roll="medical_aid",
    code="R13",
    title="医疗救助台账",
    department="civil_affairs",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "镇街|村居=place|救助对象=name|身份证=identity_number|救助类别|救助性质|医保性质|报销类型|就诊医院|疾病名称|就诊日期=date|出院日期=date|医疗费用总额=amount|"
        "自理金额=amount|已报销金额=amount|自负金额=amount|本次救助金额=amount|发放日期=date|本年度已报销基数=amount|本年度已救助金额=amount|本年度已救助次数=count|"
        "本年度住院累计救助金额=amount|本年度门诊累计救助金额=amount"
    ),
    parties=(Party("subject", 0, "救助对象", "身份证"),),
    build=build_medical_aid,
)
