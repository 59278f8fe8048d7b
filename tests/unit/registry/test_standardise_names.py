"""Names: every vector of the defect catalogue (domain.md §4.5)."""

import polars as pl
import pytest

from registry.standardise.characters import find_simple_forms
from registry.standardise.names import read_names


def read_one(written: str) -> dict[str, object]:
    return read_names(pl.Series([written])).row(0, named=True)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("张三", "张三"),
        ("张  三", "张三"),
        ("张　三", "张三"),
        (" 张三\u200b", "张三"),
        ("'张三", "张三"),
        ("张三(已故)", "张三"),
        ("张三（户主）", "张三"),
        ("张三2", "张三"),
        ("张三*", "张三"),
        ("张三(代)", "张三"),
        ("已故张三", "张三"),
        ("庄志强、陈美英", "庄志强"),
        ("庄志强，陈美英，林一", "庄志强"),
        ("庄志强等3人", "庄志强"),
        ("庄？强/陈美英", "庄？强"),
        ("陳莊", "陈庄"),
        ("蕭建輝", "肖建辉"),
        ("萧建辉", "肖建辉"),
        ("劉鳳麗", "刘凤丽"),
        ("鄭偉國", "郑伟国"),
        ("黃寶華", "黄宝华"),
        ("葉連", "叶连"),
        ("付国强", "傅国强"),
        ("闫伟", "阎伟"),
        ("於秀英", "于秀英"),
        ("余秀英", "余秀英"),
        ("俞秀英", "俞秀英"),
        ("鍾彥", "钟彦"),
        ("林峯羣", "林峰群"),
        ("林晉喆", "林晋哲"),
        ("林堃", "林坤"),
        ("林昇", "林升"),
        ("林崑脩", "林昆修"),
        ("林鈺叡", "林钰睿"),
        ("陈？", "陈？"),
        ("陈□英", "陈？英"),
        ("陈?英", "陈？英"),
        ("陈\ue000英", "陈？英"),
        ("陈(王玉)", "陈？"),
        ("陈YAN", "陈？"),
        ("陈⿰王玉", "陈？"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽‧买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("陈查某", "陈查某"),
        ("郑允乾", "郑允乾"),
        ("锺英", "钟英"),
        ("陈林秀英", "陈林秀英"),
        ("amina  begum", "AMINA BEGUM"),
    ],
)
def test_name_key(written: str, key: str) -> None:
    assert read_one(written)["name_key"] == key


@pytest.mark.parametrize("written", ["", "-", "无", "不详", "123", "？？", "林某", "某某", "锟斤拷", "ÕÅÈý", "陈", "***"])
def test_name_that_names_nobody_has_no_key(written: str) -> None:
    assert read_one(written)["name_key"] is None


@pytest.mark.parametrize(
    ("written", "is_nobody"), [("", True), ("-", True), ("无", True), ("123", True), ("林某", False), ("陈丽英之女", False)]
)
def test_blank_cells_name_nobody(written: str, is_nobody: bool) -> None:
    assert read_one(written)["is_nobody"] is is_nobody


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("张三(已故)", "已故"),
        ("张三（户主）", "户主"),
        ("张三2", "2"),
        ("张三", None),
        ("阿水", "alias"),
        ("林大头", "alias"),
        ("毛毛", "alias"),
        ("小宝", "alias"),
        ("庄氏", "clan"),
        ("肖林氏", "clan"),
        ("林氏", "clan"),
        ("张三(父亲)", "父亲"),
    ],
)
def test_note_beside_the_name(written: str, note: str | None) -> None:
    assert read_one(written)["name_note"] == note


@pytest.mark.parametrize(
    ("written", "kin", "note"),
    [("张三之妻", "张三", "之妻"), ("陈丽英之女", "陈丽英", "之女"), ("林某之子", None, "之子"), ("蕭建輝的儿子", "肖建辉", "之儿子")],
)
def test_name_told_through_kin(written: str, kin: str | None, note: str) -> None:
    read = read_one(written)
    assert (read["name_key"], read["name_kin"], read["name_note"]) == (None, kin, note)


@pytest.mark.parametrize(
    ("written", "pinyin"),
    [
        ("单雄", "shan xiong"),
        ("仇英", "qiu ying"),
        ("曾志", "zeng zhi"),
        ("吕丽", "lv li"),
        ("尉迟恭", "yu chi gong"),
        ("欧阳锋", "ou yang feng"),
        ("陈□英", "chen ? ying"),
        ("阿依古丽•买买提", "a yi gu li mai mai ti"),
        ("AMINA", "amina"),
    ],
)
def test_pinyin(written: str, pinyin: str) -> None:
    assert read_one(written)["name_pinyin"] == pinyin


def test_homophones_sound_alike() -> None:
    sounds = read_names(pl.Series(["林丽珍", "林莉真", "林俐珍"]))["name_pinyin"]
    assert sounds.n_unique() == 1


def test_form_of_a_character_does_not_depend_on_its_neighbours() -> None:
    alone, beside = find_simple_forms(pl.Series(["髮"])), find_simple_forms(pl.Series(["皇后髮廊乾隆"]))
    assert alone == {"髮": "发"} == beside
