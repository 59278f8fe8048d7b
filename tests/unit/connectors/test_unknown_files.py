"""Headers nobody declared, what heads say, and how heads and cells are weighed."""

import polars as pl
import pytest

from connectors.formats.sheets import Sheet, cell_names
from connectors.inference import guess_columns, weigh
from connectors.unknown_header import find_unknown_header, keep_body
from connectors.vocabulary import (
    IGNORED,
    KNOWN,
    HeadSense,
    build_vocabulary,
    find_kind_word,
    find_part,
    find_role,
    find_usual_name,
    read_head,
)
from registry.likeness import KINDS

VOCABULARY = build_vocabulary([])


def lay(*rows: list[str | None]) -> Sheet:
    width = max(len(row) for row in rows)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    columns = {name: pl.Series([row[at] for row in padded], dtype=pl.String) for at, name in enumerate(cell_names(width))}
    cells = pl.DataFrame({"row_number": range(1, len(rows) + 1), "field_count": [None] * len(rows), **columns})
    return Sheet("", 1, cells.with_columns(pl.col("field_count").cast(pl.Int64)), pl.DataFrame(), len(rows))


PEOPLE: list[list[str | None]] = [
    ["林秀英", "359901196703150023", "540", "2016-03-01"],
    ["陈志强", "359901197001010011", "540", "2016-03-01"],
    ["合计", None, "1080", None],
]


@pytest.mark.parametrize(
    ("above", "labels"),
    [
        ([["姓名", "身份证号", "金额", "发放日期"]], ("姓名", "身份证号", "金额", "发放日期")),
        ([["某镇2016年3月名单"], ["单位：元"], ["姓名", "身份证号", "金额", "发放日期"]], ("姓名", "身份证号", "金额", "发放日期")),
        ([["Winter fuel"], ["Who", "Ref", "How much", "Given on"]], ("Who", "Ref", "How much", "Given on")),
        ([["本人", None, "发放", None], ["姓名", "身份证号", "金额", "日期"]], ("姓名", "身份证号", "金额", "日期")),
    ],
)
def test_header_is_found_below_titles(above: list[list[str | None]], labels: tuple[str, ...]) -> None:
    sheet = lay(*above, *PEOPLE)
    header = find_unknown_header(sheet, VOCABULARY.knows)
    assert header is not None
    assert header.labels == labels
    assert header.last_row == len(above)
    assert keep_body(sheet, header)["c0"].to_list() == ["林秀英", "陈志强"]


def test_heads_that_repeat_below_a_group_are_told_apart_by_it() -> None:
    sheet = lay(["父亲", None, "母亲", None], ["姓名", "身份证号", "姓名", "身份证号"], *PEOPLE)
    header = find_unknown_header(sheet, VOCABULARY.knows)
    assert header is not None
    assert header.labels == ("父亲姓名", "父亲身份证号", "母亲姓名", "母亲身份证号")


def test_rows_without_a_header_give_none() -> None:
    assert find_unknown_header(lay(*PEOPLE[:2]), VOCABULARY.knows) is None


@pytest.mark.parametrize(
    ("head", "role", "position"),
    [
        ("姓名", "subject", 0),
        ("户主姓名", "head", 0),
        ("监护人身份证", "guardian", 0),
        ("监护人/代领人", "payee", 0),
        ("家庭保障人身份证号码3", "member", 3),
        ("Guardian ID", "guardian", 0),
        ("Parent", "guardian", 0),
        ("Head of Household", "head", 0),
        ("Mother's name", "mother", 0),
        ("捐款人", "donor", 0),
    ],
)
def test_whose_column_it_is(head: str, role: str, position: int) -> None:
    assert find_role(head) == (role, position)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("身份证件类型", "category"),
        ("公民身份号码", "identity_number"),
        ("残疾证号", "certificate"),
        ("与户主关系", "relation"),
        ("发放年月", "period"),
        ("补助金额(元)", "amount"),
        ("银行帐号", "account"),
        ("补偿单号", "text"),
        ("序号", IGNORED),
        ("Date of Birth", "date"),
        ("Amount Paid", "amount"),
        ("Parent", "name"),
        ("Contact Phone", "phone"),
        ("PaidOn", "date"),
        ("完全陌生", None),
    ],
)
def test_what_the_words_of_a_head_mean(head: str, kind: str | None) -> None:
    assert find_kind_word(head) == kind


def test_parts_and_usual_names() -> None:
    heads = ("First Name", "Middle", "SURNAME", "Suffix", "姓名")
    assert [find_part(head) for head in heads] == ["given", "middle", "surname", "suffix", None]
    assert [find_usual_name(head) for head in ("出生年月", "发放日期", "Date of birth", "镇街")] == [
        "birth_date",
        "paid_date",
        "birth_date",
        "town",
    ]


def measure(**shares: float) -> dict[str, float]:
    facts = {"rows": 100.0, "filled": 100.0, "distinct": 90.0, "length": 8.0, "decimals": 0.0}
    return {**facts, **dict.fromkeys(KINDS, 0.0), **shares}


def test_cells_outweigh_a_head_nobody_has_declared() -> None:
    kind, confidence, why = weigh(HeadSense("amount", "", 0.7, 0), measure(identity_number=0.95))
    assert (kind, confidence) == ("identity_number", 0.55)
    assert "the cells look like identity numbers" in why.en


def test_a_known_head_over_other_cells_is_not_sure() -> None:
    kind, confidence, _ = weigh(HeadSense("amount", "amount", KNOWN, 5), measure())
    assert kind == "amount" and confidence < 0.5


def test_agreement_gives_confidence_and_silence_gives_none() -> None:
    assert weigh(HeadSense("phone", "phone", KNOWN, 5), measure(phone=1.0))[1] > 0.9
    assert weigh(None, measure())[0] == IGNORED


def test_a_column_two_people_could_claim_is_left_to_a_reader() -> None:
    guesses = guess_columns(
        ["姓名", "曾用姓名", "身份证号"], [measure(name=0.9), measure(name=0.8), measure(identity_number=1.0)], VOCABULARY
    )
    assert [guess.name for guess in guesses] == ["name", "", "identity_number"]
    assert "already has such a column" in guesses[1].why.en


def test_a_bare_number_belongs_to_the_name_before_it() -> None:
    guesses = guess_columns(
        ["户主姓名", "户主身份证", "申请人", "身份证号"],
        [measure(name=0.9), measure(identity_number=1.0), measure(name=0.9), measure(identity_number=1.0)],
        VOCABULARY,
    )
    assert [(guess.role, guess.name) for guess in guesses] == [
        ("head", "head_name"),
        ("head", "head_id"),
        ("subject", "name"),
        ("subject", "identity_number"),
    ]


def test_a_head_most_rolls_ignore_is_ignored() -> None:
    assert read_head("备注", VOCABULARY) is not None
    sense = read_head("序号", VOCABULARY)
    assert sense is not None and sense.kind == IGNORED
