"""Files of a district that disagree with each other are told with file and line."""

import shutil
from pathlib import Path

import pytest

from pipelines.soundness import require_sound
from registry.district import DISTRICTS, load_district
from registry.errors import ConfigError


@pytest.mark.parametrize(("file", "right", "wrong", "said"), [
    ("rules.yml", "family: status_conflict", "family: status_conflikt", "status_conflikt"),
    ("rules.yml", "shared_programmes: [DIB]", "shared_programmes: [DIBB]", "DIBB"),
    ("rules.yml", "event_periods:", "event_period:", "event_periods"),
    ("rules.yml", "rule_id: A03", "rule_id: A01", "A01"),
    ("compatibility.yml", "a: DIB, b: TEK", "a: DIBX, b: TEK", "DIBX"),
    ("programmes.yml", "department: civil_affairs", "department: civil_affair", "civil_affair"),
    ("linkage.yml", "review_from: 0.5", "review_from: 0.97", "0.97 / 0.95"),
    ("linkage.yml", "columns: [number_head]", "columns: [number_hed]", "number_hed"),
    ("linkage.yml", "comparisons: [name,", "comparisons: [nam,", "nam"),
    ("rolls/tekun.yml", "=TEK", "=TEKK", "TEKK"),
    ("places.csv", "parent_code", "parent", "parent_code"),
])  # fmt: skip
def test_disagreement_names_file_and_line(file: str, right: str, wrong: str, said: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DISTRICTS / "q_district", tmp_path / "district"))
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        require_sound(load_district(folder))
    for language in ("zh", "en"):
        assert said in caught.value.show(language)
        assert f"{file}:" in caught.value.show(language)
    assert caught.value.line is not None


def test_absent_places_and_foreign_encoding(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DISTRICTS / "q_district", tmp_path / "district"))
    (folder / "places.csv").unlink()
    with pytest.raises(ConfigError, match=r"places\.csv"):
        require_sound(load_district(folder))
    (folder / "district.yml").write_bytes((folder / "district.yml").read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_district(folder)
