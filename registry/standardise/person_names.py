"""Names in Latin letters: a key to compare by, what stood beside the name, and its sound.

Belongs here: one cell to key, note and sound; names that stand in several columns as one text. Does not belong here: names
in Chinese characters (`names`), how alike two names are (`resolve`), whose name it is (`mentions`).

The name as delivered is kept. The key has one form, `surname, given names, suffix`: small letters without accents, hyphens as
spaces, apostrophes and full stops gone, particles written with the surname they belong to (de la Cruz, O'Brien). A suffix
is kept apart because it is what tells a father from his son.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from registry.conventions import NameForm
from registry.standardise.characters import EMPTY_WORDS, fold_text

PART: Final = ", "
"""What stands between surname, given names and suffix of a key."""

LETTERS: Final = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n", "ħ": "h"}
"""Letters that do not come apart into a plain letter and an accent."""

SUFFIXES: Final = {"jr": "jr", "junior": "jr", "jnr": "jr", "sr": "sr", "senior": "sr", "snr": "sr", "ii": "ii", "2nd": "ii", "iii": "iii",
                   "3rd": "iii", "iv": "iv", "4th": "iv", "v": "v"}  # fmt: skip
TITLES: Final = ("mr", "mrs", "ms", "miss", "mx", "dr", "rev", "prof", "sir", "dame", "hon", "fr", "sgt", "capt", "col")
DEGREES: Final = ("md", "phd", "esq", "rn", "dds", "dvm", "cpa", "obe", "mbe")
PARTICLES: Final = ("de", "del", "dela", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "las", "los", "van", "von", "der",
                    "den", "ter", "ten", "mac", "mc", "o", "st", "san", "al", "el", "bin", "ibn", "ben")  # fmt: skip
"""Words that belong to the surname after them. A lone O is one only where an apostrophe stood: it is also an initial."""

UNNAMED: Final = r"^(baby|infant|newborn|unnamed)( ?(boy|girl|child|male|female|of|[ab1-9]))*$|^(baby|infant|newborn)\b"
"""Given names of children nobody has named yet: the family and the birth date are all there is."""

NOBODY: Final = (
    *(word.lower() for word in EMPTY_WORDS),
    *("unknown", "not known", "none", "n/a", "na", "nil", "tba", "tbd", "name", "full name", "no name", "same", "ditto", "as above"),
    *("total", "totals", "subtotal", "sub total", "grand total", "vacant", "void", "anonymous", "self", "applicant", "see above"),
)

SOUNDS: Final = {**dict.fromkeys("bfpv", "1"), **dict.fromkeys("cgjkqsxz", "2"), **dict.fromkeys("dt", "3"), "l": "4",
                 **dict.fromkeys("mn", "5"), "r": "6"}  # fmt: skip


def fold_letters(text: pl.Expr) -> pl.Expr:
    """Return folded text in small letters without accents."""
    small = fold_text(text).str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return small.str.replace_many(list(LETTERS), list(LETTERS.values()))


def compose_name(given: list[pl.Expr], surname: list[pl.Expr], suffix: list[pl.Expr]) -> pl.Expr:
    """Return a name that stands in several columns as `Surname, Given, Suffix`, the way `read_latin_names` always understands."""
    groups = [pl.concat_str([part.str.replace_all(",", " ") for part in group], separator=" ", ignore_nulls=True)
              for group in (surname, given, suffix) if group]  # fmt: skip
    filled = [pl.when(group.str.strip_chars() != "").then(group) for group in groups]
    whole = pl.concat_str(filled, separator=PART, ignore_nulls=True)
    return pl.when(whole != "").then(whole)


def _split_remarks(plain: pl.Expr) -> dict[str, pl.Expr]:
    """Return the name without remarks, the remark in brackets, and the name borne before (née Jones, formerly Jones)."""
    born = r"[\s,(]+(?:nee|born|formerly|f/?k/?a|maiden name)[\s.:]+([\p{L}'’\- ]+)\)?$"
    before = plain.str.extract(born)
    without = plain.str.replace(born, "")
    bracket = without.str.extract(r"[(\[]([^)\]]*)[)\]]?")
    return {"_bare": without.str.replace_all(r"[(\[][^)\]]*[)\]]?", " "), "_bracket": bracket, "_before": before}


def _write_plainly(bare: pl.Expr) -> pl.Expr:
    """Return letters, digits, single spaces and commas; `_` holds a hyphened name together, particles stand with their surname."""
    joined = bare.str.replace_all(r"\bo['’`´]\s*(\p{L})", "o$1").str.replace_all(r"['’`´]", "").str.replace_all(r"[.]", " ")
    hyphened = joined.str.replace_all(r"(\p{L})\s*[-–‐‑]\s*(\p{L})", "${1}_$2")
    plain = hyphened.str.replace_all(r"[^\p{L}\d,?_]+", " ").str.replace_all(r"\s*,[\s,]*", ",").str.strip_chars(" ,")
    particles = "|".join(word for word in PARTICLES if word != "o")
    once = plain.str.replace_all(r"\b(de) (la|las|los)\b", "$1$2").str.replace_all(r"\b(van|von) (de|der|den)\b", "$1$2")
    return once.str.replace_all(rf"\b({particles}|dela|delas|delos|vander|vanden|vande|vonder) (\p{{L}}{{2,}})", "$1$2")


def _strip_words(text: pl.Expr, words: tuple[str, ...], place: str) -> pl.Expr:
    listed = "|".join(words)
    return text.str.replace(rf"^(?:(?:{listed})\b[ ,]*)+" if place == "start" else rf"(?:[ ,]+(?:{listed}))+$", "")


def _find_parts(plain: pl.Expr, form: NameForm) -> dict[str, pl.Expr]:
    """Return surname, given names and suffix of a plainly written name."""
    suffixes = "|".join(SUFFIXES)
    bare = _strip_words(_strip_words(plain, TITLES, "start"), DEGREES, "end")
    suffix = bare.str.extract(rf"[ ,]({suffixes})(?:,|$)")
    named = bare.str.replace(rf"[ ,](?:{suffixes})(,|$)", "$1").str.strip_chars(" ,")
    first, rest = named.str.extract(r"^([^,]+),"), named.str.extract(r",(.+)$").str.replace_all(",", " ")
    is_listed = rest.is_not_null()
    single = ~named.str.contains(" ")
    given_first = form.order == "given_first"
    last = named.str.extract(r" (\S+)$") if given_first else named.str.extract(r"^(\S+) ")
    others = named.str.replace(r" \S+$", "") if given_first else named.str.replace(r"^\S+ ", "")
    surname = pl.when(is_listed).then(first).when(single).then(named).otherwise(last)
    given = pl.when(is_listed).then(_strip_words(rest, TITLES, "start")).when(single).then(pl.lit("")).otherwise(others)
    surname, given = (part.str.replace_all("_", " ").str.strip_chars() for part in (surname, given))
    return {"_surname": surname, "_given": given, "_suffix": suffix.replace(SUFFIXES)}


def _build_key(is_person: pl.Expr) -> pl.Expr:
    parts = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("_surname", "_given")]
    suffix = pl.when(pl.col("_suffix").is_not_null()).then(pl.concat_str(pl.lit(PART), "_suffix")).otherwise(pl.lit(""))
    surname, given = (part.fill_null("") for part in parts)
    return pl.when(is_person).then(pl.concat_str(surname, pl.lit(PART), given, suffix))


def read_latin_names(written: pl.Series, form: NameForm) -> pl.DataFrame:
    """Return one row per distinct cell: written, name_key, name_note, name_kin, name_pinyin, is_nobody.

    Args:
        written: cells as delivered; names in several columns as `compose_name` writes them.
        form: order of given names and surname where no comma tells it, and nicknames.

    Returns:
        `name_key` is `surname, given names` with `, suffix` where there is one; null for a child without a name yet, for two
        people in one cell and for cells with fewer than two letters. `name_note` is the name borne before, else the remark
        in brackets. `name_pinyin` is how the name sounds: the surname's and the full given name's Soundex. `name_kin` is null.
    """
    cells = pl.DataFrame({"written": written.drop_nulls().unique().sort()}, schema={"written": pl.String})
    folded = fold_letters(pl.col("written")).str.replace_all(r"\s+", " ")
    parts = cells.with_columns(_folded=folded).with_columns(**_split_remarks(pl.col("_folded")))
    parts = parts.with_columns(_plain=_write_plainly(pl.col("_bare"))).with_columns(**_find_parts(pl.col("_plain"), form))
    letters = pl.col("_plain").str.replace_all(r"[^\p{L}]", "")
    is_nobody = pl.col("_folded").is_in(list(NOBODY)) | (letters == "") | pl.col("_plain").is_in(list(NOBODY))
    is_two = pl.col("_bare").str.contains(r"&|\band\b|\+")
    is_unnamed = pl.col("_given").str.contains(UNNAMED) | pl.col("_plain").str.contains(r"^(baby|infant|newborn)\b")
    is_person = ~(is_nobody | is_two | is_unnamed) & (letters.str.len_chars() >= 2) & (pl.col("_plain").str.len_chars() <= 60)
    keyed = parts.with_columns(name_key=_build_key(is_person))
    sound = pl.concat_str(find_soundex(pl.col("_surname")), _sound_of_given(form), separator=" ")
    return keyed.select(
        "written",
        "name_key",
        name_note=pl.coalesce(
            pl.concat_str(pl.lit("born "), "_before"), pl.when(pl.col("_bracket").str.strip_chars() != "").then("_bracket")
        ),
        name_kin=pl.lit(None, dtype=pl.String),
        name_pinyin=pl.when(pl.col("name_key").is_not_null()).then(sound),
        is_nobody=is_nobody,
    )


def _sound_of_given(form: NameForm) -> pl.Expr:
    """Return the Soundex of the first given name, of its full form where it is a nickname."""
    first = pl.col("_given").str.extract(r"^(\S+)").fill_null("")
    return find_soundex(first.replace(list_nicknames(form.nicknames)))


def list_nicknames(nicknames: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the full form of every nickname that belongs to one name only; Pat may be Patrick or Patricia."""
    pairs = [(short.lower(), full.lower()) for full, shorts in nicknames.items() for short in shorts]
    fulls = {short: {full for other, full in pairs if other == short} for short, _ in pairs}
    return {short: next(iter(names)) for short, names in sorted(fulls.items()) if len(names) == 1}


def find_soundex(name: pl.Expr) -> pl.Expr:
    """Return the American Soundex of a name in small plain letters: its first letter and three digits; blank for no letter."""
    plain = name.str.replace_all(r"[^a-z]", "")
    first = plain.str.slice(0, 1)
    # Letters of one group count once when they touch, or when only h or w stands between them; a vowel sets them apart.
    coded = plain.str.replace_all("[hw]", "").str.replace_many(list(SOUNDS), list(SOUNDS.values()))
    own = first.replace(SOUNDS)
    kept = pl.when(first.is_in(["h", "w"])).then(coded).otherwise(own + coded.str.slice(1))
    for digit in "123456":
        kept = kept.str.replace_all(f"{digit}+", digit)
    behind = pl.when(first.is_in(["h", "w"])).then(kept).otherwise(kept.str.slice(1))
    return (
        pl.when(first != "").then((first + behind.str.replace_all("[a-z]", "")).str.slice(0, 4).str.pad_end(4, "0")).otherwise(pl.lit(""))
    )
