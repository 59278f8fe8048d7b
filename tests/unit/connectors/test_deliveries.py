"""Finding deliveries: which file belongs to which roll."""

import hashlib
import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from connectors.deliveries import find_deliveries
from registry.district import District
from registry.errors import DeliveryError
from registry.roll import Roll
from tests.unit.connectors.deliveries_samples import make_roll


def make_district(*rolls: Roll) -> District:
    return cast(District, SimpleNamespace(rolls={roll.roll: roll for roll in rolls}))


MEMBERS = make_roll()
HOUSEHOLDS = make_roll(roll="households", code="R01", delivery={"glob": ["*家庭*"]})
DISTRICT = make_district(MEMBERS, HOUSEHOLDS)


def put(folder: Path, name: str, content: str = "x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_files_belong_to_rolls_by_folder_and_name(tmp_path: Path) -> None:
    put(tmp_path, "2016-03/civil_affairs/B成员.csv", "b")
    put(tmp_path, "2016-03/civil_affairs/A成员.csv", "a")
    put(tmp_path, "2016-03/civil_affairs/家庭.xls")
    found = find_deliveries(tmp_path, "2016-03", DISTRICT)
    assert [(file.roll, file.file_number, file.path.name) for file in found.files] == [
        ("households", 1, "家庭.xls"),
        ("members", 1, "A成员.csv"),
        ("members", 2, "B成员.csv"),
    ]
    assert found.files[1].file_hash == hashlib.sha256(b"a").hexdigest()
    assert found.files[1].byte_count == 1
    assert found.unknown.is_empty()


def test_the_longest_pattern_wins(tmp_path: Path) -> None:
    both = make_district(MEMBERS, make_roll(roll="new_members", code="R03", delivery={"glob": ["*新增成员*"]}))
    put(tmp_path, "2016-03/civil_affairs/新增成员.csv")
    assert [file.roll for file in find_deliveries(tmp_path, "2016-03", both).files] == ["new_members"]


def test_strangers_go_to_quarantine(tmp_path: Path) -> None:
    put(tmp_path, "2016-03/civil_affairs/成员.csv")
    put(tmp_path, "2016-03/civil_affairs/通知.docx")
    put(tmp_path, "2016-03/health/成员.csv")
    put(tmp_path, "2016-03/成员.csv")
    put(tmp_path, "2016-03/civil_affairs/附件/成员.csv")
    unknown = find_deliveries(tmp_path, "2016-03", DISTRICT).unknown
    assert unknown["reason_code"].to_list() == ["UNKNOWN_FILE"] * 4
    assert unknown["scope_code"].to_list() == ["file"] * 4
    assert unknown["quarantine_id"].n_unique() == 4
    assert sorted(unknown["file_name"]) == ["成员.csv", "成员.csv", "成员.csv", "通知.docx"]


def test_lock_and_hidden_files_are_no_deliveries(tmp_path: Path) -> None:
    put(tmp_path, "2016-03/civil_affairs/成员.csv")
    for name in ("~$成员.xlsx", ".成员.csv", "Thumbs.db"):
        put(tmp_path, f"2016-03/civil_affairs/{name}")
    found = find_deliveries(tmp_path, "2016-03", DISTRICT)
    assert len(found.files) == 1
    assert found.unknown.is_empty()


def test_links_out_of_the_inbox_are_not_read(tmp_path: Path) -> None:
    outside = put(tmp_path, "elsewhere/成员.csv", "secret")
    inbox = tmp_path / "inbox"
    put(inbox, "2016-03/civil_affairs/A成员.csv")
    (inbox / "2016-03/civil_affairs/B成员.csv").symlink_to(outside)
    (inbox / "2016-03/health").symlink_to(outside.parent, target_is_directory=True)
    found = find_deliveries(inbox, "2016-03", DISTRICT)
    assert [file.path.name for file in found.files] == ["A成员.csv"]
    assert found.unknown["file_hash"].to_list() == [None, None]
    assert all("链接" in sentence for sentence in found.unknown["sentence_zh"])


@pytest.mark.parametrize(("folder", "month"), [(None, "2016-03"), ("2016-02/civil_affairs/成员.csv", "2016-03"), ("2016-03/", "2016-03")])
def test_nothing_there_is_one_clear_line(tmp_path: Path, folder: str | None, month: str) -> None:
    inbox = tmp_path / "inbox"
    if folder and folder.endswith("/"):
        (inbox / folder).mkdir(parents=True)
    elif folder:
        put(inbox, folder)
    with pytest.raises(DeliveryError) as caught:
        find_deliveries(inbox, month, DISTRICT)
    zh, en = caught.value.text
    assert "应为" in zh and "实为" in zh and "请" in zh
    assert "expected" in en and "got" in en and str(inbox) in en
    assert "\n" not in en


@pytest.mark.parametrize("month", ["../2016-03", "2016-13", "2016", "/etc"])
def test_a_month_is_no_path(tmp_path: Path, month: str) -> None:
    with pytest.raises(DeliveryError, match="YYYY-MM"):
        find_deliveries(tmp_path, month, DISTRICT)


def test_a_name_in_gb18030_bytes_is_sent_back_readable(tmp_path: Path) -> None:
    """Archives made in China and unpacked elsewhere leave such names; they must not stop the run."""
    folder = tmp_path / "2016-03" / "civil_affairs"
    folder.mkdir(parents=True)
    path = os.fsencode(folder) + b"/" + "低保成员㼆.csv".encode("gb18030")
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - pathlib knows no bytes
            file.write(b"x")
    except OSError:
        pytest.skip("this disk has text names only")
    found = find_deliveries(tmp_path, "2016-03", DISTRICT)
    assert found.files == ()
    assert found.unknown.select("file_name", "reason_code").rows() == [("低保成员㼆.csv", "UNKNOWN_FILE")]
    assert "rename it" in found.unknown["sentence_en"][0]


def test_a_link_to_itself_is_sent_back(tmp_path: Path) -> None:
    folder = tmp_path / "2016-03" / "civil_affairs"
    folder.mkdir(parents=True)
    (folder / "成员.csv").symlink_to(folder / "成员.csv")
    assert find_deliveries(tmp_path, "2016-03", DISTRICT).unknown["reason_code"].to_list() == ["UNKNOWN_FILE"]
