"""The proof that no row was lost: every row of every sheet is landed, quarantined, refused or no data.

Belongs here: counting both sides and naming every difference. Does not belong here: mending anything.
"""

import polars as pl

from registry.schema.text import Text

COUNTS = ("landed_count", "quarantined_count", "refused_count", "skipped_count")


def find_count_problems(deliveries: pl.DataFrame, rows: pl.DataFrame, quarantine: pl.DataFrame) -> list[Text]:
    """Return one sentence per sheet whose rows do not add up; none when the sum is proven.

    All three are of one roll and month. `rows` are the landed rows and `quarantine` the rows sent back, so that the counts
    are proven by the rows themselves.
    """
    landed = rows.group_by("file_number", "sheet_number").len("landed_found")
    sent_back = (
        quarantine.filter(pl.col("scope_code") == "row")
        .group_by("file_hash", "file_name", "sheet")
        .agg(sent_found=pl.col("row_number").n_unique())
    )
    sheets = deliveries.join(landed, on=["file_number", "sheet_number"], how="left", maintain_order="left").join(
        sent_back, on=["file_hash", "file_name", "sheet"], how="left", maintain_order="left"
    )
    total = pl.sum_horizontal(COUNTS)
    # Rows of a refused file are counted as refused, though the faulty ones keep their own address in the quarantine.
    is_proven = (
        (pl.col("row_count") == total)
        & (pl.col("landed_count") == pl.col("landed_found").fill_null(0))
        & (pl.col("is_refused") | (pl.col("quarantined_count") == pl.col("sent_found").fill_null(0)))
    )
    wrong = sheets.filter(~is_proven).select("file_name", "sheet", "row_count", total.alias("total"))
    return [_describe(*row) for row in wrong.rows()]


def _describe(file: str, sheet: str, row_count: int, total: int) -> Text:
    return Text(
        f"文件“{file}”工作表“{sheet}”：共{row_count}行，入库、隔离、拒收与非数据行合计{total}行，两者应相等",
        f"file '{file}', sheet '{sheet}': {row_count} rows, but landed, quarantined, refused and other rows make {total}; expected equal",
    )


def require_all_counted(deliveries: pl.DataFrame, rows: pl.DataFrame, quarantine: pl.DataFrame) -> None:
    """Raise ArithmeticError when rows were lost: that would be a fault of ours, not of the data."""
    problems = find_count_problems(deliveries, rows, quarantine)
    if problems:
        raise ArithmeticError("; ".join(problem.en for problem in problems))
