"""Names in Latin letters: one key for every way a person's name is written, and what must stay apart."""

import polars as pl
import pytest

from registry.conventions import NameForm
from registry.standardise.person_names import compose_name, find_soundex, list_nicknames, read_latin_names

FORM = NameForm(script="latin", nicknames={"robert": ["bob", "rob"], "patrick": ["pat"], "patricia": ["pat"]})


def read(written: str, form: NameForm = FORM) -> dict[str, object]:
    return read_latin_names(pl.Series([written]), form).row(0, named=True)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("John A. Smith", "smith, john a"),
        ("Smith, John A.", "smith, john a"),
        ("SMITH,JOHN A", "smith, john a"),
        ("  Mr. John A Smith ", "smith, john a"),
        ("Smith, Mr. John A", "smith, john a"),
        ("Dr. John A. Smith, MD", "smith, john a"),
        ("John A. Smith Jr.", "smith, john a, jr"),
        ("Smith Jr., John A.", "smith, john a, jr"),
        ("Smith, John A., Junior", "smith, john a, jr"),
        ("John Smith III", "smith, john, iii"),
        ("Bob O’Brien", "obrien, bob"),
        ("O'BRIEN, Bob", "obrien, bob"),
        ("José García-López", "garcia lopez, jose"),
        ("Garcia Lopez, Jose", "garcia lopez, jose"),
        ("Jürgen Müller", "muller, jurgen"),
        ("Søren Ærø", "aero, soren"),
        ("Maria de la Cruz", "delacruz, maria"),
        ("de la Cruz, Maria", "delacruz, maria"),
        ("Ludwig van der Berg", "vanderberg, ludwig"),
        ("Ian Mc Donald", "mcdonald, ian"),
        ("Mary-Ann St. James", "stjames, mary ann"),
        ("O. Henry", "henry, o"),
        ("Mary Smith (née Jones)", "smith, mary"),
        ("Smith, John (deceased)", "smith, john"),
        ("\ufeffJohn\u00a0Smith\u200b", "smith, john"),
    ],
)
def test_one_key_for_every_way_to_write_a_name(written: str, key: str) -> None:
    assert read(written)["name_key"] == key


def test_a_roll_may_put_the_surname_first() -> None:
    surname_first = NameForm(script="latin", order="surname_first")
    assert read("Smith John A.", surname_first)["name_key"] == "smith, john a"
    assert read("John, Smith A.", surname_first)["name_key"] == "john, smith a"


@pytest.mark.parametrize("written", ["Unknown", "N/A", "-", "", "total", "...", "123"])
def test_some_cells_name_nobody(written: str) -> None:
    told = read(written)
    assert told["is_nobody"]
    assert told["name_key"] is None


@pytest.mark.parametrize(
    "written", ["Baby Boy Smith", "Smith, Baby Girl", "Infant of Mary Smith", "John and Mary Smith", "John & Mary Smith"]
)
def test_a_child_without_a_name_and_two_people_have_no_key(written: str) -> None:
    told = read(written)
    assert not told["is_nobody"]
    assert told["name_key"] is None


@pytest.mark.parametrize(
    ("written", "note"),
    [("Mary Smith née Jones", "born jones"), ("Mary Smith f/k/a Mary Jones", "born mary jones"), ("John Smith (deceased)", "deceased")],
)
def test_what_stands_beside_a_name_is_kept(written: str, note: str) -> None:
    assert read(written)["name_note"] == note


def test_a_nickname_sounds_like_the_full_name_unless_it_may_be_two() -> None:
    assert read("Bob Smith")["name_pinyin"] == read("Robert Smyth")["name_pinyin"] == "s530 r163"
    assert read("Pat Smith")["name_pinyin"] != read("Patrick Smith")["name_pinyin"]
    assert list_nicknames(FORM.nicknames) == {"bob": "robert", "rob": "robert"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("robert", "r163"),
        ("rupert", "r163"),
        ("ashcraft", "a261"),
        ("ashcroft", "a261"),
        ("tymczak", "t522"),
        ("pfister", "p236"),
        ("honeyman", "h555"),
        ("jackson", "j250"),
        ("gutierrez", "g362"),
        ("lee", "l000"),
        ("", ""),
    ],
)
def test_soundex_is_that_of_the_national_archives(name: str, code: str) -> None:
    assert pl.select(find_soundex(pl.lit(name))).item() == code


def test_parts_in_columns_read_as_one_name() -> None:
    frame = pl.DataFrame({"first": ["John", "Ann"], "middle": ["A.", None], "last": ["Smith, Sr", "de la Cruz"], "suffix": [None, ""]})
    text = compose_name([pl.col("first"), pl.col("middle")], [pl.col("last")], [pl.col("suffix")])
    keys = [read(written)["name_key"] for written in frame.select(text).to_series().to_list()]
    assert keys == ["smith, john a, sr", "delacruz, ann"]
