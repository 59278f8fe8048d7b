"""Roll of Finance: R40 one-card ledger, one row per line of the bank batch.

Belongs here: how the bank batch lists payments; the payee of record is often a guardian. Does not belong here: what is due
(`simulation.aid`).
"""

import polars as pl

from simulation.rolls.civil_affairs import place_words
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View

ITEMS = {
    "DIB": "最低生活保障金",
    "DIB_R": "农村低保",
    "DIB_U": "城市低保",
    "TEK": "特困人员供养金",
    "TEK_N": "特困护理费",
    "TMP": "临时救助金",
    "DSB_L": "困难残疾人生活补贴",
    "DSB_C": "重度残疾人护理补贴",
    "ELD_A": "高龄津贴",
    "CHD_O": "孤儿基本生活费",
    "CHD_F": "事实无人抚养儿童基本生活补贴",
    "MED_I": "医疗救助",
    "MED_O": "医疗救助",
    "EDU_K": "学前教育资助",
    "EDU_C": "义务教育家庭经济困难学生生活补助",
    "EDU_H": "普通高中国家助学金",
    "EDU_V": "中职国家助学金",
    "HOU_S": "住房租赁补贴",
    "FUN": "丧葬补助金",
}
DEPARTMENTS = {
    "civil_affairs": "区民政局",
    "education": "区教育局",
    "housing": "区住建局",
    "health": "区卫计局",
    "disabled_federation": "区残联",
}


def build_one_card_ledger(view: View) -> pl.DataFrame:
    """Return the month's bank lines of public programmes; a returned payment shows what was due and nothing paid."""
    month = view.world.payments.filter(
        pl.col("programme_code").is_in(list(ITEMS)) & pl.col("paid_date").is_between(view.start, view.end) & (pl.col("amount") > 0)
    )
    funeral = pl.when(pl.col("kind") == "funeral").then(pl.lit("FUN")).otherwise("programme_code")
    rows = month.select(
        pl.col("payment").alias("@key"),
        pl.coalesce("payee", "person").cast(pl.Int64).alias("@subject"),
        pl.col("person").alias("@beneficiary"),
        批次号=pl.format("{}-{}", pl.col("paid_date").dt.strftime("%Y%m%d"), "programme_code"),
        发放日期=pl.col("paid_date"),
        补贴项目代码=funeral,
        补贴项目名称=funeral.replace_strict(ITEMS),
        主管部门=pl.col("department").replace(DEPARTMENTS),
        账号=pl.col("account"),
        应发金额=pl.col("amount"),
        实发金额=pl.when(pl.col("is_returned")).then(0).otherwise("amount"),
        发放状态=pl.when(pl.col("is_returned")).then(pl.lit("失败")).otherwise(pl.lit("成功")),
        失败原因=pl.when(pl.col("is_returned")).then("return_reason"),
    )
    rows = view.attach(rows, "@subject", 收款人姓名="name", 收款人身份证="number", 开户行="bank")
    rows = place_words(rows, view)
    return rows.with_columns(镇=pl.col("@town"), 村=pl.col("@village")).sort("发放日期", "补贴项目代码", "@key")


ONE_CARD_LEDGER = Shape(
    roll="one_card_ledger",
    code="R40",
    title="一卡通发放台账",
    department="finance",
    form="csv",
    content="new_rows",
    heads=heads(
        "批次号|发放日期=date|补贴项目代码|补贴项目名称|主管部门|收款人姓名=name|收款人身份证=identity_number|开户行|账号=account|应发金额=amount|实发金额=amount|"
        "发放状态|失败原因|摘要|镇|村=place"
    ),
    parties=(Party("subject", 0, "收款人姓名", "收款人身份证", "@beneficiary"),),
    build=build_one_card_ledger,
)
