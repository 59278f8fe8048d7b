"""Which rows of a sheet are data: told by what they hold, never by where they stand.

Belongs here: blank rows, totals, signatures, page titles and headers repeated in the middle, and data rows that cannot
be landed. Does not belong here: doubts about a single cell's value; those arise later, in `registry`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from connectors.formats.sheets import DAMAGED_TEXT, Sheet
from connectors.headers import Header
from registry.roll import Roll

TOTAL: Final = (
    r"^.{0,12}(?:合计|小计|总计|共计|总数|累计)(?:[:(].*|\d[\d,.]*[户人名个条笔件].*)?$"
    r"|(?i)^.{0,20}(?:\b|page|grand|sub-?|county|town|overall)totals?(?:[:(].*)?$"
)
COUNT_ONLY: Final = r"^[共计:]*\d+[户人名个条]?$|(?i)^\d+(?:people|persons?|households?|families|rows|records|cases|entries)?$"
SIGNATURE: Final = (
    r"^(?:制表|填表|填报|审核|审批|复核|负责|经办|联系|报送|分管|主管|单位|盖章|日期|说明|备注|注|附|打印|导出|经手|校对)[^:]{0,10}:"
    r"|^(?:以下空白|以下无.{0,4}|此页以下空白|第\d+页.{0,8}|盖章|\(盖章\))$"
    r"|(?i)^(?:(?:prepared|approved|reviewed|checked|submitted|signed|certified|verified|printed|exported|compiled)(?:by|on)|signature|date"
    r"|notes?|remarks?|contact|director)[^:]{0,10}:|(?i)^(?:end|nothingbelow|(?:end|bottom)of(?:list|report|file)|page\d+(?:of\d+)?)$"
)
SURE_NUMBER: Final = r"[0-9０-９]{6}"
"""A person's row nearly always holds an identity or certificate number; only the others need a closer look."""

NAMING_KINDS: Final = frozenset({"name", "identity_number", "certificate"})
NUMBER_KINDS: Final = frozenset({"identity_number", "certificate"})
FAULTS: Final = {"row_number": pl.Int64(), "column": pl.String(), "reason_code": pl.String(), "zh": pl.String(), "en": pl.String()}


def keep_data_rows(sheet: Sheet, header: Header, mapped: Mapping[str, int], roll: Roll) -> pl.DataFrame:
    """Return the cells below the header without rows that are no data; a closer look only where no number stands."""
    body = sheet.cells.filter(pl.col("row_number") > header.last_row)
    numbers = [f"c{mapped[name]}" for name, column in roll.columns.items() if name in mapped and column.kind in NUMBER_KINDS]
    sure = pl.any_horizontal(pl.col(number).str.contains(SURE_NUMBER) for number in numbers).fill_null(value=False) if numbers else False
    marked = body.with_columns(pl.lit(value=sure).alias("is_sure") if isinstance(sure, bool) else sure.alias("is_sure"))
    doubtful = marked.filter(~pl.col("is_sure"))
    if doubtful.is_empty():
        return body
    naming = [f"c{mapped[name]}" for name, column in roll.columns.items() if name in mapped and column.kind in NAMING_KINDS]
    idle = doubtful.filter(_tell_idle(doubtful, sheet, header, naming, numbers)).select("row_number")
    return body.join(idle, on="row_number", how="anti", maintain_order="left")


def _tell_idle(doubtful: pl.DataFrame, sheet: Sheet, header: Header, naming: Sequence[str], numbers: Sequence[str]) -> pl.Series:
    """Return for each doubtful row whether it is blank, a total, a signature, a title, a header again, or names nobody."""
    positions = range(sheet.width)
    plain = doubtful.select(
        pl.col(f"c{position}").str.normalize("NFKC").str.replace_all(r"\s", "").replace("", None) for position in positions
    )
    filled = pl.sum_horizontal(pl.all().is_not_null())
    first = pl.coalesce(pl.all())
    nobody = [pl.col(name).is_null() | pl.col(name).str.contains(TOTAL) | pl.col(name).str.contains(COUNT_ONLY) for name in naming]
    names_nobody = pl.all_horizontal(nobody) if nobody else pl.lit(value=True)
    is_total = pl.any_horizontal(pl.all().str.contains(TOTAL)) & names_nobody
    is_signature = first.str.contains(SIGNATURE) & (pl.all_horizontal(pl.col(n).is_null() for n in numbers) if numbers else True)
    heads = _repeats_header(header, positions)
    titles = {_compact(text) for _, texts in header.titles for text in texts if text}
    is_title = first.is_in(sorted(titles)) & (filled <= 3)
    is_alone = (filled <= 1) & (pl.all_horizontal(pl.col(name).is_null() for name in naming) if naming else False)
    is_idle = (filled == 0) | is_total | is_signature | heads | is_title | (is_alone & (len(positions) > 2))
    return plain.select(is_idle.fill_null(value=False).alias("is_idle")).to_series()


def _repeats_header(header: Header, positions: Sequence[int]) -> pl.Expr:
    """Return whether most filled cells of a row say what the header says in the same column."""
    said = {j: sorted({_compact(level[j] or "") for level in header.levels if j < len(level)} - {""}) for j in positions}
    same = pl.sum_horizontal(pl.col(f"c{j}").is_in(heads).fill_null(value=False) for j, heads in said.items() if heads)
    return (same >= 2) & (same * 2 >= pl.sum_horizontal(pl.all().is_not_null()))


def _compact(text: str) -> str:
    plain = pl.Series([text]).str.normalize("NFKC").str.replace_all(r"\s", "")
    return str(plain.item())


def find_faults(data: pl.DataFrame, header: Header, mapped: Mapping[str, int], roll: Roll, *, may_be_damaged: bool = True) -> pl.DataFrame:
    """Return FAULTS: one row per data row that cannot be landed, with reason and sentence in two languages."""
    labels = {head.position: head.label for head in header.heads}
    required = {f"c{mapped[name]}": labels[mapped[name]] for name, column in roll.columns.items() if column.required and name in mapped}
    damaged = _find_damaged(data, labels) if may_be_damaged else pl.DataFrame(schema=FAULTS)
    faults = pl.concat([_find_miscounted(data, header), damaged, _find_incomplete(data, required)])
    return faults.unique("row_number", keep="first", maintain_order=True).sort("row_number")


def _find_miscounted(data: pl.DataFrame, header: Header) -> pl.DataFrame:
    """A record with more or fewer cells than the header; surplus empty cells do no harm."""
    surplus = [name for name in data.columns[2:] if int(name[1:]) >= header.field_count]
    is_long = pl.any_horizontal(pl.col(name).is_not_null() for name in surplus) if surplus else pl.lit(value=False)
    wrong = data.filter((pl.col("field_count") < header.field_count) | (pl.col("field_count").is_not_null() & is_long))
    row, got = pl.col("row_number"), pl.col("field_count")
    want = pl.lit(header.field_count)
    return wrong.select(
        row,
        pl.lit(None, dtype=pl.String).alias("column"),
        pl.lit("FIELD_COUNT").alias("reason_code"),
        pl.format("第{}行：应有{}个单元格，实有{}个；请检查该行的分隔符和引号后重新报送。", row, want, got).alias("zh"),
        pl.format(
            "row {}: expected {} cells, got {}; check the delimiters and quotes of this line and deliver it again.", row, want, got
        ).alias("en"),
    )


def _find_damaged(data: pl.DataFrame, labels: Mapping[int, str]) -> pl.DataFrame:
    """A row with characters that an earlier conversion replaced or garbled, and the first column they stand in."""
    is_hit = {name: pl.col(name).str.contains_any(DAMAGED_TEXT).fill_null(value=False) for name in data.columns[2:]}
    damaged = data.filter(pl.any_horizontal(is_hit.values())) if is_hit else data.clear()
    heads = [pl.when(hit).then(pl.lit(labels.get(int(name[1:])) or "?")) for name, hit in is_hit.items()]
    return damaged.with_columns(pl.coalesce(*heads, pl.lit("?")).alias("column")).select(
        "row_number",
        "column",
        pl.lit("BAD_ENCODING").alias("reason_code"),
        pl.format("第{}行“{}”：应为完整的文字，实有无法还原的替换字符；请从原系统重新导出。", "row_number", "column").alias("zh"),
        pl.format(
            "row {}, '{}': expected whole characters, got replacement characters; export it again from the source.", "row_number", "column"
        ).alias("en"),
    )


def _find_incomplete(data: pl.DataFrame, required: Mapping[str, str]) -> pl.DataFrame:
    """A row whose required cells are empty."""
    if not required:
        return pl.DataFrame(schema=FAULTS)
    is_empty = {name: pl.col(name).str.strip_chars().fill_null("") == "" for name in required}
    incomplete = data.filter(pl.any_horizontal(is_empty.values()))
    heads = pl.concat_str(
        [pl.when(empty).then(pl.lit(required[name])) for name, empty in is_empty.items()], separator="、", ignore_nulls=True
    )
    return incomplete.select(
        "row_number",
        pl.coalesce(pl.when(empty).then(pl.lit(required[name])) for name, empty in is_empty.items()).alias("column"),
        pl.lit("REQUIRED_EMPTY").alias("reason_code"),
        pl.format("第{}行：应填“{}”，实为空；请补填后重新报送。", "row_number", heads).alias("zh"),
        pl.format(
            "row {}: expected '{}' to be filled, got an empty cell; fill it in and deliver the row again.", "row_number", heads
        ).alias("en"),
    )
