"""Charts as SVG text for the overview.

Belongs here: the few chart forms reports use, drawn with altair and vl-convert without network and without scripts.
Does not belong here: counting. altair is imported where it is used: it costs a second.

The font is the generic `sans-serif`, so that each reader's machine shows Chinese in its own font.
"""

import json
from typing import Any, Final

import polars as pl

from quality.reports.wide_text import wrap

DUPLICATE_COLOUR: Final = "#9C3D10"
MISSED_COLOUR: Final = "#0B5F66"
NEUTRAL_COLOUR: Final = "#3F5B8C"
FONT: Final = "sans-serif"
WIDTH: Final = 300
COLUMNS_WIDTH: Final = 440
BAR: Final = 26
LABEL_COLUMNS: Final = 28
"""Labels break into lines of this many columns."""
PADDING: Final = {"left": 24, "right": 24, "top": 6, "bottom": 4}
"""Room at the edges: the reader's font may be wider than the one the chart was measured with."""


def draw_bars(bars: pl.DataFrame, value_title: str, colour: str) -> str:
    """Return horizontal bars as SVG, one per row, longest labels first as given.

    Args:
        bars: columns label (text), count (integer) and shown (text written at the end of the bar).
        value_title: title of the axis.
        colour: one colour for all bars; groups get charts of their own.
    """
    import altair as alt

    rows = bars.with_columns(pl.Series("label", [wrap(label, LABEL_COLUMNS) for label in bars["label"]], pl.String))
    lines = max((label.count("\n") + 1 for label in rows["label"]), default=1)
    names = alt.Axis(labelExpr="split(datum.value, '\\n')", labelLimit=0, ticks=False, domain=False, labelPadding=6)
    base = alt.Chart(alt.Data(values=rows.to_dicts())).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=names),
        x=alt.X("count:Q", title=value_title, axis=_counts(alt), scale=_scale(alt, bars)),
    )
    drawn = base.mark_bar(color=colour, height={"band": 0.7}) + base.mark_text(align="left", dx=4, color="#1A1A1A").encode(text="shown:N")
    return _to_svg(drawn.properties(width=WIDTH, height=BAR * lines * max(1, bars.height)))


def draw_columns(columns: pl.DataFrame, label_title: str, value_title: str) -> str:
    """Return upright columns as SVG: label, count and shown as in `draw_bars`, in the order given."""
    import altair as alt

    base = alt.Chart(alt.Data(values=columns.to_dicts())).encode(
        x=alt.X("label:N", sort=None, title=label_title, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("count:Q", title=value_title, axis=_counts(alt), scale=_scale(alt, columns)),
    )
    drawn = base.mark_bar(color=NEUTRAL_COLOUR) + base.mark_text(dy=-6, color="#1A1A1A").encode(text="shown:N")
    return _to_svg(drawn.properties(width=COLUMNS_WIDTH, height=180))


def draw_waterfall(steps: pl.DataFrame, value_title: str) -> str:
    """Return steps that add up to a total as SVG, from the top down: each bar begins where the one above ends.

    Args:
        steps: columns label (text), start and end (numbers), shown (text written beside the bar), is_total.
        value_title: title of the axis.
    """
    import altair as alt

    is_up, low, high = pl.col("end") >= pl.col("start"), pl.min_horizontal("start", "end"), pl.max_horizontal("start", "end")
    kind = pl.when("is_total").then(pl.lit("total")).when(is_up).then(pl.lit("for")).otherwise(pl.lit("against"))
    rows = steps.with_columns(
        pl.Series("label", [wrap(label, LABEL_COLUMNS) for label in steps["label"]], pl.String), low=low, high=high, kind=kind
    )
    lines = max((label.count("\n") + 1 for label in rows["label"]), default=1)
    names = alt.Axis(labelExpr="split(datum.value, '\\n')", labelLimit=0, ticks=False, domain=False, labelPadding=6)
    colours = alt.Scale(domain=["for", "against", "total"], range=[MISSED_COLOUR, DUPLICATE_COLOUR, NEUTRAL_COLOUR])
    base = alt.Chart(alt.Data(values=rows.to_dicts())).encode(y=alt.Y("label:N", sort=None, title=None, axis=names))
    bars = base.mark_bar(height={"band": 0.7}).encode(
        x=alt.X("low:Q", title=value_title), x2="high:Q", color=alt.Color("kind:N", scale=colours, legend=None)
    )
    shown = base.mark_text(align="left", dx=4, color="#1A1A1A").encode(x="high:Q", text="shown:N")
    return _to_svg((bars + shown).properties(width=COLUMNS_WIDTH, height=(BAR - 6) * lines * max(1, rows.height)))


def _counts(alt: Any) -> Any:  # noqa: ANN401 - altair is imported late
    """Return an axis for whole numbers with few ticks, so that they do not crowd in any font."""
    return alt.Axis(tickMinStep=1, tickCount=5, format=",d", grid=True)


def _scale(alt: Any, bars: pl.DataFrame) -> Any:  # noqa: ANN401 - altair is imported late
    """Return a scale from zero with room for the number at the end of the longest bar."""
    longest = max(bars["count"].to_list(), default=0)
    return alt.Scale(domain=[0, max(5, longest * 1.15)], nice=False)


def _to_svg(chart: Any) -> str:  # noqa: ANN401
    import vl_convert

    styled = chart.configure(font=FONT, background="transparent", padding=PADDING).configure_axis(
        labelFontSize=14, titleFontSize=14, titleFontWeight="normal", labelColor="#1A1A1A", titleColor="#1A1A1A", gridColor="#DDE5E7"
    )
    styled = styled.configure_text(fontSize=14).configure_view(stroke=None)
    svg: str = vl_convert.vegalite_to_svg(json.loads(styled.to_json()))
    return svg[svg.index("<svg") :]
