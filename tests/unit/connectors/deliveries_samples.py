"""Small rolls and files for the tests of the intake: invented people only, numbers begin with 3599."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from connectors.deliveries import DeliveredFile
from connectors.intake import Landed, land_roll
from registry.district import Limits
from registry.roll import Roll

HEADS = ("序号", "户主姓名", "户主身份证", "与户主关系", "姓名", "身份证号", "性别", "出生日期", "金额", "备注")
COLUMNS = {
    "head_name": {"heads": ["户主姓名", "户主"], "kind": "name", "required": True},
    "head_id": {"heads": ["户主身份证"], "kind": "identity_number"},
    "relation": {"heads": ["与户主关系", "关系"], "kind": "relation"},
    "name": {"heads": ["姓名"], "kind": "name", "required": True},
    "identity_number": {"heads": ["身份证号", "身份证号码", "公民身份号码"], "kind": "identity_number"},
    "sex": {"heads": ["性别"], "kind": "sex"},
    "birth_date": {"heads": ["出生日期", "出生年月"], "kind": "date"},
    "amount": {"heads": ["金额", "救助金额"], "kind": "amount", "optional": True},
}


def make_roll(**changes: object) -> Roll:
    """Return a roll of household members; `changes` replace its declarations."""
    declared: dict[str, object] = {
        "roll": "members",
        "code": "R02",
        "title": {"zh": "成员表", "en": "Members"},
        "department": "civil_affairs",
        "legal_basis": "sample",
        "retention_months": 24,
        "delivery": {"glob": ["*成员*"], "frequency": "monthly", "content": "snapshot"},
        "columns": COLUMNS,
        "ignore": ["序号", "备注"],
        "people": [{"role": "subject", "name": "name", "identity_number": "identity_number"}],
    }
    return Roll.model_validate(declared | changes)


def make_rows(count: int, first: int = 0) -> list[list[str]]:
    """Return data rows in the order of HEADS."""
    return [
        [str(i + 1), f"陈{'一二三四五六七八九十'[i % 10]}", f"35990119670315{i:04d}", "配偶", f"林{'甲乙丙丁戊己庚辛壬癸'[i % 10]}",
         f"35990119700101{i:04d}", "女", "1970-01-01", str(300 + i), ""]
        for i in range(first, first + count)
    ]  # fmt: skip


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    """Write rows as CSV without quoting."""
    path.write_bytes("".join(",".join(row) + "\r\n" for row in rows).encode(encoding))
    return path


def write_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """Write sheets of plain rows; numbers become number cells."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for position, cell in enumerate(row):
                    if cell not in (None, ""):
                        sheet.write(number, position, cell)
    return path


def deliver(*paths: Path, month: str = "2016-03") -> list[DeliveredFile]:
    """Return paths as delivered files of the roll."""
    return [
        DeliveredFile(path, "members", "civil_affairs", month, number, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        for number, path in enumerate(paths, 1)
    ]


def land(*paths: Path, roll: Roll | None = None, month: str = "2016-03") -> Landed:
    """Land files with the sample roll and the usual limits."""
    return land_roll(roll or make_roll(), month, deliver(*paths, month=month), Limits())


def reasons_of(landed: Landed) -> list[str]:
    """Return the reason codes of the quarantine."""
    return landed.quarantine["reason_code"].to_list()
