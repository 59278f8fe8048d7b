"""The dictionary that travels inside the warehouse: what each table, column and code means, in zh and en.

Belongs here: the frames of the schema `meta` and the comment of every published table and column, derived from the
declarations. Does not belong here: writing them to DuckDB (`warehouse`), nor any declaration itself (`schema`, `districts/`).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from registry.district import District
from registry.schema.codes import CODE_LISTS
from registry.schema.fields import FIELDS
from registry.schema.tables import TABLES
from registry.schema.text import Text

SCHEMAS: Final[dict[str, Text]] = {
    "meta": Text("字典：先看这里", "the dictionary: start here"),
    "registry": Text("人员、家庭及其关联", "persons, households and how they were linked"),
    "aid": Text("待遇、需求、状态与办件", "benefits, needs, statuses and cases"),
    "findings": Text("线索，供人工核查，不是决定", "leads for a human check, not decisions"),
    "quality": Text("交付、退回与检查", "deliveries, rows sent back and checks"),
}
"""Schemas of the warehouse, in the order a newcomer reads them. DuckDB takes no comment on a schema: see `meta.schemas`."""

LEAD: Final = Text("线索，供人工核查，不是决定", "a lead for a human check, not a decision")
"""Stands in the comment of every table of the schema `findings`."""

OLDEST_READER: Final = "1.4.0"
"""Oldest DuckDB that opens the file (storage version v1.4.0)."""


@dataclass(frozen=True)
class MetaTable:
    """One table of the schema `meta`: what a row is, what its columns say, its rows."""

    row: Text
    columns: dict[str, Text]
    rows: pl.DataFrame


_NAME = {"zh": Text("中文名", "title in Chinese"), "en": Text("英文名", "title in English")}
_ROLL = Text("名册", "roll")
_DEPARTMENT = Text("部门代码", "department code")
_LAW = Text("法律依据（请核对当地规定）", "legal basis (check local law)")


def _frame(columns: dict[str, Text], rows: list[tuple[str | None, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String()), orient="row")


def _meta(zh: str, en: str, columns: dict[str, Text], rows: list[tuple[str | None, ...]]) -> MetaTable:
    return MetaTable(Text(zh, en), columns, _frame(columns, rows))


def describe_table(name: str) -> str:
    """Return the comment of a published table: what a row is, and for findings that it is only a lead."""
    table = TABLES[name]
    if table.schema != "findings":
        return table.row.show()
    return Text(f"{LEAD.zh}：{table.row.zh}", f"{LEAD.en}: {table.row.en}").show()


def describe_column(name: str) -> str:
    """Return the comment of a published column: its title, its meaning and where its codes are explained."""
    field = FIELDS[name]
    where = Text(f"；代码见 meta.codes 之 {field.codes}", f"; codes: list {field.codes} of meta.codes") if field.codes else Text("", "")
    zh = f"{field.title.zh}：{field.meaning.zh}{where.zh}"
    return Text(zh, f"{field.title.en}: {field.meaning.en}{where.en}").show()


def build_dictionary(district: District, month: str) -> dict[str, MetaTable]:
    """Return the tables of the schema `meta` by name."""
    return {
        "about": _build_about(district, month),
        "schemas": _build_schemas(),
        "tables": _build_tables(),
        "columns": _build_columns(),
        "codes": _build_codes(),
        "departments": _build_departments(district),
        "programmes": _build_programmes(district),
        "rolls": _build_rolls(district),
        "roll_columns": _build_roll_columns(district),
        "places": _build_places(district),
    }


def _build_about(district: District, month: str) -> MetaTable:
    columns = {"fact": Text("事项", "fact"), "zh": Text("说明（中文）", "in Chinese"), "en": Text("说明（英文）", "in English")}
    title = district.settings.title
    rows: list[tuple[str | None, ...]] = [
        ("district", title.zh, title.en),
        ("month", month, month),
        ("currency", district.settings.currency, district.settings.currency),
        ("purpose", f"findings 各表为{LEAD.zh}", f"every table of findings is {LEAD.en}"),
        ("not_for", "不得作为调整待遇、处罚或个人评分的依据", "not for changing aid, for punishment or for scoring a person"),
        ("oldest_reader", f"DuckDB {OLDEST_READER} 及以后", f"DuckDB {OLDEST_READER} or later"),
        ("law", "项目、互斥关系与标准均为样例，请核对当地规定", "programmes, exclusions and standards are samples; check local law"),
    ]
    return _meta("关于本库的一项说明", "one fact about this file", columns, rows)


def _build_schemas() -> MetaTable:
    columns = {"schema_name": Text("模式", "schema"), **_NAME}
    return _meta("本库的一个模式", "one schema of this file", columns, [(name, title.zh, title.en) for name, title in SCHEMAS.items()])


def _build_tables() -> MetaTable:
    columns = {
        "schema_name": Text("模式", "schema"),
        "table_name": Text("表", "table"),
        "key": Text("主键列，空格分隔", "key columns, space separated"),
        **_NAME,
    }
    rows: list[tuple[str | None, ...]] = [
        (table.schema, name, " ".join(table.key), table.row.zh, table.row.en) for name, table in sorted(TABLES.items())
    ]
    return _meta("本库的一张表", "one table of this file", columns, rows)


def _build_columns() -> MetaTable:
    columns = {
        "schema_name": Text("模式", "schema"),
        "table_name": Text("表", "table"),
        "column_name": Text("列", "column"),
        "type": Text("类型", "type"),
        **_NAME,
        "meaning_zh": Text("含义（中文）", "meaning in Chinese"),
        "meaning_en": Text("含义（英文）", "meaning in English"),
        "level": Text("敏感等级 L1–L4", "sensitivity L1 to L4"),
        "codes": Text("代码表，见 meta.codes", "code list, see meta.codes"),
    }
    rows: list[tuple[str | None, ...]] = [
        (table.schema, name, column, str(field.dtype), *field.title, *field.meaning, field.level, field.codes)
        for name, table in sorted(TABLES.items())
        for column in table.columns
        for field in (FIELDS[column],)
    ]
    return _meta("一张表的一列", "one column of one table", columns, rows)


def _build_codes() -> MetaTable:
    columns = {"list": Text("代码表", "code list"), "code": Text("代码", "code"), **_NAME}
    rows: list[tuple[str | None, ...]] = [
        (name, code, title.zh, title.en) for name, codes in sorted(CODE_LISTS.items()) for code, title in sorted(codes.items())
    ]
    return _meta("一个代码", "one code of one list", columns, rows)


def _build_departments(district: District) -> MetaTable:
    columns = {"department": _DEPARTMENT, **_NAME}
    return _meta(
        "一个部门", "one department", columns, [(code, title.zh, title.en) for code, title in sorted(district.settings.departments.items())]
    )


def _build_programmes(district: District) -> MetaTable:
    columns = {
        "programme_code": Text("项目代码", "programme code"),
        **_NAME,
        "department": _DEPARTMENT,
        "unit_code": Text("救助单位", "unit the aid is for"),
        "need": Text("对应需求", "need it answers"),
        "fund": Text("资金", "fund"),
        "period": Text("周期", "period"),
        "legal_basis": _LAW,
    }
    rows: list[tuple[str | None, ...]] = [
        (code, one.title.zh, one.title.en, one.department, one.unit, one.need, one.fund, one.period, one.legal_basis)
        for code, one in sorted(district.programmes.items())
    ]
    return _meta("一个救助项目（样例，请核对当地规定）", "one programme (sample, check local law)", columns, rows)


def _build_rolls(district: District) -> MetaTable:
    columns = {
        "roll": _ROLL,
        "code": Text("名册编号", "roll code"),
        **_NAME,
        "department": _DEPARTMENT,
        "frequency": Text("交付频率", "how often it is delivered"),
        "content": Text("交付内容", "what one delivery holds"),
        "legal_basis": _LAW,
    }
    rows: list[tuple[str | None, ...]] = [
        (name, one.code, one.title.zh, one.title.en, one.department, one.delivery.frequency, one.delivery.content, one.legal_basis)
        for name, one in sorted(district.rolls.items())
    ]
    return _meta("一个名册", "one roll", columns, rows)


def _build_roll_columns(district: District) -> MetaTable:
    columns = {
        "roll": _ROLL,
        "column_name": Text("列", "column"),
        "heads": Text("部门所用表头，竖线分隔", "heads as the department writes them, separated by a bar"),
        "kind": Text("读法", "how cells are read"),
        "sensitivity": Text("敏感等级 L1–L4", "sensitivity L1 to L4"),
    }
    rows: list[tuple[str | None, ...]] = [
        (name, column, "|".join(one.heads), one.kind, one.sensitivity or roll.sensitivity)
        for name, roll in sorted(district.rolls.items())
        for column, one in sorted(roll.columns.items())
    ]
    return _meta("名册的一列及其原表头", "one column of one roll with its heads as delivered", columns, rows)


def _build_places(district: District) -> MetaTable:
    columns = {
        "place_code": Text("区划代码", "place code"),
        "parent_code": Text("上级代码", "code of the place above"),
        "level": Text("层级", "level"),
        "name": Text("名称", "name"),
        "aliases": Text("别名，竖线分隔", "other names, separated by a bar"),
        "valid_from": Text("有效起", "valid from"),
        "valid_to": Text("有效止", "valid to"),
        "successor_code": Text("并入的代码", "code it went into"),
    }
    places = district.places
    absent = [pl.lit(None, dtype=pl.String()).alias(name) for name in columns if name not in places.columns]
    rows = places.with_columns(absent).select(pl.col(name).cast(pl.String()) for name in columns)
    return MetaTable(Text("一个区划", "one place"), columns, rows.sort(pl.all(), nulls_last=False))
