"""A cell that is sent back is named by the head its owner wrote, not by the first one the roll declares."""

import pytest

from registry.statement import state_roll
from tests.unit.registry.landed_rows import land_rows, q_district


@pytest.mark.parametrize(
    ("marks", "head"),
    [(None, ""), ("scheme=head_救助项目", "救助项目"), ("amount=unit_10000;scheme=head_救助项目;name=head_x", "救助项目")],
)
def test_the_delivered_head_is_named(marks: str | None, head: str) -> None:
    district = q_district()
    first = district.rolls["charity"].columns["scheme"].heads[0]
    rows = [{"name": "张三", "scheme": "助行", "amount": "1"} | ({"cell_marks": marks} if marks else {})]
    quarantine = state_roll(land_rows("charity", rows), district.rolls["charity"], district)["quarantine"]
    expected = head if marks else first
    assert quarantine["column"].to_list() == [expected]
    assert f"“{expected}”（“助行”）" in quarantine["sentence_zh"][0] and f"'{expected}' ('助行')" in quarantine["sentence_en"][0]
