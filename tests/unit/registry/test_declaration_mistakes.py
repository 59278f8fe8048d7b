"""Every kind of mistake in a roll's YAML is told with file, line and, where there is one, the name that was meant."""

from pathlib import Path

import pytest

from registry.configuration import find_line, parse, quote, read_yaml
from registry.errors import ConfigError
from registry.roll import Roll
from registry.roll_checks import require_sound_roll

SOUND = """\
# R05: one row per person
roll: tekun
code: R05
title: {zh: 特困人员供养花名册, en: Persons in extreme poverty}
department: civil_affairs
legal_basis: 社会救助暂行办法
retention_months: 24
delivery: {glob: ["*特困人员*"], frequency: monthly, content: snapshot}
columns:
  town: {heads: [镇街, 乡镇], kind: place, optional: true}
  village: {heads: [村居], kind: place, optional: true}
  name: {heads: [姓名, 名字], kind: name, required: true}
  sex: {heads: [性别], kind: sex, optional: true}
  identity_number: {heads: [身份证号码, 身份证号], kind: identity_number}
  birth_date: {heads: [出生年月], kind: date, optional: true}
  mode: {heads: [供养方式], kind: category, lookup: mode, optional: true}
  institution: {heads: [供养机构], kind: text, optional: true}
  amount: {heads: [月发放合计, 合计], kind: amount}
  carer_name: {heads: [照料人姓名], kind: name, optional: true}
  carer_id: {heads: [照料人身份证], kind: identity_number, optional: true}
  start_month: {heads: [起始年月], kind: month, optional: true}
  remark: {heads: [备注], kind: text, optional: true}
ignore: [序号]
lookups:
  mode: {集中: centralised, 分散: scattered}
people:
  - {role: subject, name: name, identity_number: identity_number, birth_date: birth_date, sex: sex, place: [town, village]}
  - {role: carer, name: carer_name, identity_number: carer_id, kin: name}
  - {role: member, position: 4, name: carer_name, place: sheet}
benefits:
  - person: subject
    when: {mode: [centralised, ""]}
    fields: {programme_code: "=TEK", unit_code: "=P", benefit_kind_code: "=regular", amount: amount, event_place: institution}
  - person: subject
    fields: {programme_code: "=TEK", unit_code: "=P", benefit_kind_code: "=entitlement", from_month: start_month}
  - person: subject
    when: {remark: ["~丧葬"]}
    fields: {programme_code: "=TEK", unit_code: "=P", benefit_kind_code: "=funeral", amount: amount}
relations:
  - {person: subject, other: carer, relation: carer}
  - {person: subject, other: member, other_position: 4, relation: kin}
expect: {rows_per_1000_registered: [0.2, 4], fill: {identity_number: 0.9}}
key: [identity_number, name]
"""
DEPARTMENTS = frozenset({"civil_affairs", "education"})

MISTAKES = [
    # what stands there, what is written instead, the text whose line is expected, what the message says
    pytest.param("retention_months: 24", "retention_month: 24", "retention_month:", "did you mean 'retention_months'", id="unknown key"),
    pytest.param(
        "{heads: [供养机构], kind: text", "{head: [供养机构], kind: text", "{head:", "did you mean 'heads'", id="unknown key in a column"
    ),
    pytest.param(
        "role: carer, name: carer_name", "role: carer, nmae: carer_name", "nmae", "did you mean 'name'", id="unknown key of a person"
    ),
    pytest.param("content: snapshot", "contents: snapshot", "contents", "did you mean 'content'", id="unknown key of the delivery"),
    pytest.param(
        "fill: {identity_number: 0.9}", "filled: {identity_number: 0.9}", "filled", "did you mean 'fill'", id="unknown key of expect"
    ),
    pytest.param(
        '    when: {remark: ["~丧葬"]}', '    wen: {remark: ["~丧葬"]}', "wen:", "did you mean 'when'", id="unknown key of a fact"
    ),
    pytest.param("retention_months: 24", 'retention_months: "24"', "retention_months", "whole number", id="number in quotes"),
    pytest.param("key: [identity_number, name]", "key: name", "key: name", "expected a list", id="list missing"),
    pytest.param("集中: centralised,", "集中: 1,", "集中: 1", "expected text", id="text missing"),
    pytest.param("kind: month, optional: true", "kind: month, optional: maybe", "optional: maybe", "true or false", id="no boolean"),
    pytest.param("kind: month", "kind: mont", "kind: mont,", "did you mean 'month'", id="unknown kind"),
    pytest.param("frequency: monthly", "frequency: montly", "montly", "did you mean 'monthly'", id="unknown frequency"),
    pytest.param("code: R05", "code: 5", "code: 5", "expected text", id="code as a number"),
    pytest.param("code: R05\n", "", "roll: tekun", "missing", id="key missing"),
    pytest.param("{role: carer, name: carer_name", "{name: carer_name", "{name: carer_name", "missing", id="role missing"),
    pytest.param("institution: {heads: [供养机构], kind", "institution: {kind", "institution: {kind", "missing", id="heads missing"),
    pytest.param(
        "birth_date: birth_date",
        "birth_date: birthdate",
        "birth_date: birthdate",
        "did you mean 'birth_date'",
        id="unknown column of a person",
    ),
    pytest.param("place: [town, village]", "place: [town, vilage]", "vilage", "did you mean 'village'", id="unknown column of a place"),
    pytest.param(
        "event_place: institution",
        "event_place: institute",
        "event_place: institute",
        "did you mean 'institution'",
        id="unknown column of a fact",
    ),
    pytest.param(
        'when: {remark: ["~丧葬"]}', 'when: {remarks: ["~丧葬"]}', "remarks", "did you mean 'remark'", id="unknown column of a condition"
    ),
    pytest.param(
        "key: [identity_number, name]",
        "key: [identity_numbr, name]",
        "identity_numbr",
        "did you mean 'identity_number'",
        id="unknown column of the key",
    ),
    pytest.param(
        "fill: {identity_number",
        "fill: {identity_nummer",
        "identity_nummer",
        "did you mean 'identity_number'",
        id="unknown column of expect",
    ),
    pytest.param("lookup: mode", "lookup: modus", "lookup: modus", "did you mean 'mode'", id="unknown lookup"),
    pytest.param("role: carer,", "role: carrer,", "role: carrer", "did you mean 'carer'", id="unknown role"),
    pytest.param(
        '  - person: subject\n    when: {remark: ["~',
        '  - person: subjekt\n    when: {remark: ["~',
        "subjekt",
        "did you mean 'subject'",
        id="role nobody has",
    ),
    pytest.param("relation: carer", "relation: carre", "relation: carre", "did you mean 'carer'", id="unknown tie"),
    pytest.param('"=funeral"', '"=funerel"', "funerel", "did you mean 'funeral'", id="unknown code"),
    pytest.param("from_month: start_month", "fromonth: start_month", "fromonth", "did you mean 'from_month'", id="unknown field of a fact"),
    pytest.param(
        "department: civil_affairs", "department: civil_afairs", "civil_afairs", "did you mean 'civil_affairs'", id="unknown department"
    ),
    pytest.param("roll: tekun", "roll: tekum", "roll: tekum", "tekum.yml", id="file of another name"),
    pytest.param("title: {", "code: R05\ntitle: {", "code: R05\ntitle", "stands twice", id="key twice"),
    pytest.param("{heads: [性别]", "{heads: [性别, 姓名]", "[性别, 姓名]", "belongs to column", id="one head in two columns"),
    pytest.param("name: carer_name,", "name: carer_id,", "name: carer_id", "kind name", id="a number read as a name"),
    pytest.param("amount: amount, event", "amount: name, event", "amount: name", "kind amount", id="a name read as money"),
    pytest.param('[centralised, ""]', '[centralized, ""]', "centralized", "did you mean 'centralised'", id="code the lookup never gives"),
    pytest.param("other_position: 4", "other_position: 5", "other_position: 5", "member 4", id="position nobody has"),
    pytest.param("position: 4, name", "position: four, name", "position: four", "whole number", id="position in words"),
    pytest.param('glob: ["*特困人员*"]', 'glob: ["特困/*人员*"]', "特困/*", "file name pattern", id="folder in a pattern"),
    pytest.param('glob: ["*特困人员*"]', 'glob: ["*特困[人员*"]', "特困[人", "in pairs", id="open bracket in a pattern"),
    pytest.param('glob: ["*特困人员*"]', "glob: []", "glob: []", "give glob", id="no pattern"),
    pytest.param(
        'glob: ["*特困人员*"]',
        'fixed_width: {columns: {name: [0, 8]}}, glob: ["*"]',
        "name: [0, 8]",
        "greater than or equal to 1",
        id="position before the first",
    ),
    pytest.param(
        'glob: ["*特困人员*"]',
        'fixed_width: {columns: {nam: [1, 8]}}, glob: ["*"]',
        "nam: [1, 8]",
        "did you mean 'name'",
        id="unknown column of a fixed width",
    ),
    pytest.param(
        'glob: ["*特困人员*"]',
        "database: {url_env: ROLLS, query: select 1, table: t}",
        "database",
        "either query or table",
        id="two sources",
    ),
    pytest.param("title: {", "  bad: [\ntitle: {", "bad: [", "not valid YAML", id="syntax"),
]


def spoil(tmp_path: Path, right: str, wrong: str) -> tuple[Path, str]:
    assert right in SOUND
    path, text = tmp_path / "tekun.yml", SOUND.replace(right, wrong, 1)
    path.write_text(text, encoding="utf-8")
    return path, text


def load_roll(path: Path) -> Roll:
    roll = parse(read_yaml(path), Roll, path)
    require_sound_roll(roll, DEPARTMENTS, path)
    return roll


def test_without_a_mistake_nothing_is_said(tmp_path: Path) -> None:
    path, _ = spoil(tmp_path, "R05", "R05")
    assert load_roll(path).code == "R05"


@pytest.mark.parametrize(("right", "wrong", "at", "said"), MISTAKES)
def test_mistake_names_file_line_and_what_was_meant(right: str, wrong: str, at: str, said: str, tmp_path: Path) -> None:
    path, text = spoil(tmp_path, right, wrong)
    with pytest.raises(ConfigError) as caught:
        load_roll(path)
    line = text[: text.index(at)].count("\n") + 1
    assert caught.value.show("en").startswith(f"{path}:{caught.value.line}: ")
    assert said in caught.value.show("en")
    # A syntax error shows only once the parser cannot go on, on the next line at the latest.
    assert caught.value.line in ({line, line + 1} if "not valid" in said else {line}), caught.value.show("en")
    assert caught.value.show("zh") != caught.value.show("en")


@pytest.mark.parametrize("stanza", [
    "database: {url: 'postgresql://clerk:Geheim77@db/rolls', table: t}",
    "database: {url_env: 'mysql://clerk:Geheim77@db/rolls', table: t}",
    "database: {url_env: ROLLS, password: Geheim77, table: t}",
    "database: {url_env: ROLLS, query: 'select 1 -- PWD=Geheim77'}",
])  # fmt: skip
def test_secret_in_a_file_is_refused_and_never_repeated(stanza: str, tmp_path: Path) -> None:
    path, text = spoil(tmp_path, 'glob: ["*特困人员*"]', stanza)
    with pytest.raises(ConfigError) as caught:
        load_roll(path)
    assert caught.value.line == text[: text.index(stanza)].count("\n") + 1
    assert "never stand in a file" in caught.value.show("en")
    assert "Geheim77" not in caught.value.show("both")


def test_several_mistakes_are_told_with_their_lines(tmp_path: Path) -> None:
    path, _ = spoil(tmp_path, "key: [identity_number, name]", "key: [identity_numbr, nam]")
    path.write_text(path.read_text(encoding="utf-8").replace("relation: carer", "relation: carre"), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_roll(path)
    first, last = (find_line(read_yaml(path), location) for location in (("relations", 0, "relation"), ("key", 1)))
    assert caught.value.line == first
    assert f"line {last}: " in caught.value.show("en")
    assert f"第{last}行：" in caught.value.show("zh")


@pytest.mark.parametrize(
    "value", ["姓名", "a: b", "x # y", "yes", "1", "{a", "- q", "住址\n新", "\t", '"', "镇(街)", "*", "@x", "√", "\u2028", "\x07", "~", ""]
)
def test_quoted_value_reads_back(value: str, tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text(f"heads: [{quote(value)}, b]\n", encoding="utf-8")
    assert read_yaml(path)["heads"] == [value, "b"]
