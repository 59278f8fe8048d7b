"""Rolls of the front line: R36 leads of the grid workers, R38 applications at the one-door windows.

Belongs here: how leads and applications are logged, and what is known of them at the month's end. Does not belong here:
their course (`simulation.aid`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View

MATTERS = {
    "DIB": "低保",
    "TEK": "特困",
    "TMP": "临时救助",
    "MED_I": "医疗救助",
    "MED_O": "医疗救助",
    "EDU_K": "教育救助",
    "EDU_C": "教育救助",
    "EDU_H": "教育救助",
    "EDU_V": "教育救助",
    "HOU_R": "公租房",
    "HOU_S": "租赁补贴",
    "DSB_L": "残疾人两项补贴",
    "DSB_C": "重度残疾人护理补贴",
    "ELD_A": "高龄津贴",
    "CHA_M": "慈善助医",
    "CHA_E": "慈善救助",
    "CHA_F": "慈善救助",
    "CHA_H": "慈善救助",
    "RCS_M": "红十字救助",
    "CHD_O": "孤儿",
    "CHD_F": "事实无人抚养儿童",
}
SECOND_MATTERS = ("医疗救助", "临时救助", "慈善救助")


def build_grid_leads(view: View) -> pl.DataFrame:
    """Return the year's leads; many have a name and a described place only."""
    rows = view.this_year(view.world.leads, "reported_date").select(
        pl.col("lead").alias("@key"),
        pl.col("person").alias("@subject"),
        事件编号=pl.format("WG{}{}", pl.col("reported_date").dt.strftime("%Y%m%d"), pl.col("lead").cast(pl.String).str.zfill(6)),
        上报时间=pl.col("reported_date"),
        网格编号=pl.col("grid_number"),
        网格员=pl.lit("网格员"),
        事件类别=pl.col("kind"),
        事件描述=pl.col("text").str.replace_all(r"[\r\n,]", " "),
        处置状态=pl.col("state"),
        _has_number=pl.col("has_number"),
    )
    own = {
        "当事人": "name",
        "_number": "number",
        "电话": "phone",
        "_town": "residence_town_name",
        "_village": "residence_village_name",
        "_group": "residence_group_number",
    }
    rows = view.attach(rows, "@subject", **own)
    return rows.with_columns(
        身份证=pl.when("_has_number").then("_number"),
        地址描述=pl.when(pl.col("@key") % 2 == 0)
        .then(pl.col("_village") + "附近")
        .otherwise(pl.format("{}{}{}组", "_town", "_village", "_group")),
    ).sort("上报时间", "@key")


def build_one_door(view: View) -> pl.DataFrame:
    """Return the year's applications; a result after the month's end is not yet known."""
    known = (pl.col("closed_date") <= view.end).fill_null(value=False)
    first = pl.col("programme_code").replace_strict(MATTERS, default="其他")
    second = pl.col("application") % len(SECOND_MATTERS)
    extra = (
        pl.when(second == 0)
        .then(pl.lit(SECOND_MATTERS[0]))
        .when(second == 1)
        .then(pl.lit(SECOND_MATTERS[1]))
        .otherwise(pl.lit(SECOND_MATTERS[2]))
    )
    rows = view.this_year(view.world.applications, "received_date").select(
        pl.col("application").alias("@key"),
        pl.col("person").alias("@subject"),
        受理编号=pl.format("SL{}{}", pl.col("received_date").dt.strftime("%Y%m%d"), pl.col("application").cast(pl.String).str.zfill(6)),
        受理窗口=pl.col("window"),
        受理日期=pl.col("received_date"),
        申请事项=pl.when((pl.col("application") % 7 == 0) & (extra != first))
        .then(pl.concat_str(first, pl.lit("、"), extra))
        .otherwise(first),
        困难原因=pl.col("cause"),
        材料清单=pl.lit("身份证、户口簿"),
        转办部门=pl.col("forwarded_to"),
        转办日期=pl.when(pl.col("received_date").dt.offset_by("2d") <= view.end).then(pl.col("received_date").dt.offset_by("2d")),
        办结时限=pl.col("due_date"),
        办结日期=pl.when(known).then("closed_date"),
        办理结果=pl.when(known).then("result"),
        救助金额=pl.when(known & (pl.col("result") == "批准")).then("amount"),
        送达方式=pl.when(known).then(pl.lit("直接送达")),
        满意度=pl.when(known).then(pl.lit("满意")),
    )
    own = {"申请人": "name", "身份证号": "number", "村居": "village_name", "联系电话": "phone"}
    return view.attach(rows, "@subject", **own).sort("受理日期", "@key")


GRID_LEADS = Shape(
    roll="grid_leads",
    code="R36",
    title="网格上报线索",
    department="political_legal",
    form="csv",
    encoding="utf-8-sig",
    content="year_to_date",
    heads=heads(
        "事件编号|上报时间=date|网格编号|网格员|事件类别|当事人=name|身份证=identity_number|电话=phone|地址描述|事件描述|处置状态|反馈"
    ),
    parties=(Party("subject", 0, "当事人", "身份证"),),
    build=build_grid_leads,
)

ONE_DOOR = Shape(
    roll="one_door",
    code="R38",
    title="一门受理申请台账",
    department="single_window",
    form="csv",
    encoding="utf-8",
    content="year_to_date",
    heads=heads(
        "受理编号|受理窗口|受理日期=date|申请人=name|身份证号=identity_number|申请事项|家庭人口=count|困难原因|材料清单|转办部门|转办日期=date|办结时限=date|"
        "办结日期=date|办理结果|救助金额=amount|送达方式|满意度|村居=place|联系电话=phone"
    ),
    parties=(Party("subject", 0, "申请人", "身份证号"),),
    build=build_one_door,
)
