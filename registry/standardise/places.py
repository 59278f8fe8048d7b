"""Places: free text, an alias, an old village or a code, as today's 12-digit village and town codes.

Belongs here: finding a place of the district's gazetteer in a text. Does not belong here: the gazetteer itself
(`districts/<district>/places.csv`), addresses as such.

A name that two towns share gives no village unless the text, or the sheet it stands on, names the town. A village that
was merged gives the code of its successor.
"""

import polars as pl

from registry.standardise.characters import drop_spaces, fold_text
from registry.standardise.person_names import fold_letters


def fold_place(text: pl.Expr, *, is_spaced: bool) -> pl.Expr:
    """Return a place name in the form that is searched for: without spaces, or in words that end where a word of the text ends."""
    if not is_spaced:
        return drop_spaces(fold_text(text))
    words = fold_letters(text).str.replace_all(r"[^\p{L}\d]+", " ").str.strip_chars()
    # Two spaces between words: one of them ends a name, the other begins the next.
    return pl.when(words != "").then(pl.concat_str(pl.lit(" "), words.str.replace_all(" ", "  "), pl.lit(" "))).otherwise(pl.lit(""))


def build_gazetteer(places: pl.DataFrame, *, is_spaced: bool = False) -> pl.DataFrame:
    """Return one row per name a place goes by: word, level, place_code (today's), town_code.

    Args:
        places: District.places: place_code, parent_code, level, name, aliases, valid_from, valid_to, successor_code.
        is_spaced: whether words stand apart, as in Latin script.
    """
    blank_to_null = [pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)).alias(name) for name in ("successor_code", "aliases")]
    known = places.with_columns(blank_to_null)
    words = known.select(
        "place_code",
        "parent_code",
        "level",
        "successor_code",
        word=pl.concat_list(
            pl.concat_list("name", "place_code"),
            pl.col("aliases").fill_null("").str.split("|"),
            pl.col("place_code").str.slice(0, 9).implode().over("place_code"),
        ),
    ).explode("word")
    today = words.with_columns(place_code=pl.coalesce("successor_code", "place_code"), word=fold_place(pl.col("word"), is_spaced=is_spaced))
    parents = known.select(place_code="place_code", _parent="parent_code")
    placed = today.join(parents, on="place_code", how="left", maintain_order="left")
    is_town = pl.col("level") == "town"
    # The first nine digits of a village are its town's, so only towns answer to them.
    is_own_word = (pl.col("word") != "") & (is_town | (pl.col("word").str.len_chars() != 9) | ~pl.col("word").str.contains(r"^\d+$"))
    return (
        placed.filter(pl.col("level").is_in(["town", "village"]) & is_own_word)
        .select("word", "level", "place_code", town_code=pl.when(is_town).then("place_code").otherwise("_parent"))
        .unique()
        .sort("word", "level", "place_code")
    )


def read_places(written: pl.Series, gazetteer: pl.DataFrame, *, is_spaced: bool = False) -> pl.DataFrame:
    """Return one row per distinct text: written, place_code, town_code; null where nothing or more than one place fits.

    Args:
        written: town, village and address of a row joined with spaces, the most telling first.
        gazetteer: of `build_gazetteer`.
        is_spaced: as the gazetteer was built.
    """
    texts = pl.DataFrame({"written": written.drop_nulls().unique().sort()}, schema={"written": pl.String})
    words = gazetteer["word"].unique()
    # The longest name at a place in the text wins: 山下村委会 before 山下村 before 山下.
    by_length = words.to_frame().sort(pl.col("word").str.len_chars(), "word", descending=[True, False])["word"].to_list()
    if not by_length or texts.is_empty():
        return texts.with_columns(place_code=pl.lit(None, pl.String), town_code=pl.lit(None, pl.String))
    plain = fold_place(pl.col("written"), is_spaced=True) if is_spaced else fold_text(pl.col("written")).str.replace_all(r"\s+", "\n")
    found = texts.with_columns(word=plain.str.extract_many(by_length, leftmost=True)).explode("word").drop_nulls("word")
    hits = found.with_columns(order=pl.int_range(pl.len()).over("written")).join(gazetteer, on="word", how="left", maintain_order="left")
    towns = hits.filter(pl.col("level") == "town").group_by("written").agg(town=pl.col("place_code").unique().sort())
    villages = hits.filter(pl.col("level") == "village").join(towns, on="written", how="left")
    in_town = pl.col("town").is_null() | pl.col("town_code").is_in(pl.col("town"))
    # A full name (…村, …社区) says more than a bare word, which may be a lane or a house in another village.
    ranked = villages.filter(in_town).with_columns(is_bare=~pl.col("word").str.contains("(村|社区|居委会|委会)$"))
    best = ranked.filter(pl.struct("is_bare", "order") == pl.struct("is_bare", "order").sort().first().over("written"))
    one = best.group_by("written").agg(place_code=pl.col("place_code").unique(), village_town=pl.col("town_code").unique())
    one = one.select("written", place_code=_only("place_code"), village_town=_only("village_town"))
    result = texts.join(one, on="written", how="left").join(towns, on="written", how="left")
    return result.select("written", "place_code", town_code=pl.coalesce("village_town", _only("town"))).sort("written")


def _only(column: str) -> pl.Expr:
    return pl.when(pl.col(column).list.len() == 1).then(pl.col(column).list.first())
