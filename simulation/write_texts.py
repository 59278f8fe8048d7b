"""Laid-out rolls in forms without cell types: delimited text, fixed width, Parquet, web pages.

Belongs here: encodings, separators, byte positions. Does not belong here: workbooks (`simulation.write`), what stands in
which row (`simulation.sheets`).
"""

import io
from html import escape

import polars as pl

from simulation.sheets import RollFile, Sheet

SEPARATORS = {"csv": ",", "tsv": "\t", "utf16": "\t"}


def _show(sheet: Sheet) -> pl.DataFrame:
    return sheet.lines.select(pl.col(item.name).alias(sheet.shown[item.name]) for item in sheet.heads)


def render_text(file: RollFile) -> bytes:
    """Return a text file of one header line and the rows, in the file's encoding."""
    text = _show(file.sheets[0]).write_csv(line_terminator="\r\n", quote_style="necessary", separator=SEPARATORS[file.form])
    return b"\xff\xfe" + text.encode("utf-16-le") if file.form == "utf16" else text.encode(file.encoding)


def render_fixed(file: RollFile) -> bytes:
    """Return lines cut by position, without a header: each cell cut or filled up with spaces to its width in bytes."""
    sheet = file.sheets[0]
    columns = [_fit(sheet.lines[item.name], width, file.encoding) for item, width in zip(sheet.heads, file.widths, strict=True)]
    return b"".join(b"".join(cells) + b"\r\n" for cells in zip(*columns, strict=True))


def _fit(cells: pl.Series, width: int, encoding: str) -> list[bytes]:
    cut = [cell.encode(encoding)[: width - 1].decode(encoding, "ignore").encode(encoding) for cell in cells.fill_null("").to_list()]
    return [cell.ljust(width) for cell in cut]


def render_parquet(file: RollFile) -> bytes:
    """Return the columns as text under their heads."""
    out = io.BytesIO()
    _show(file.sheets[0]).write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def render_html(file: RollFile) -> bytes:
    """Return a web page with one table, as office programs save "web page" files under the name .xls."""
    sheet = file.sheets[0]
    width = len(sheet.heads)
    rows = [f'<tr><td colspan="{width}">{escape(words)}</td></tr>' for words in (sheet.title, sheet.notice)]
    rows.append(_row([sheet.shown[item.name] for item in sheet.heads], "th"))
    rows += [_row(cells, "td") for cells in sheet.lines.select(item.name for item in sheet.heads).fill_null("").rows()]
    rows.append(f'<tr><td colspan="{width}">{escape(sheet.signature)}</td></tr>')
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb18030"><title>{escape(sheet.title)}</title></head>'
    page = "\r\n".join([head, '<body><table border="1">', *rows, "</table></body></html>"])
    return page.encode("gb18030")


def _row(cells: list[str] | tuple[str, ...], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
