"""The three kinds of household on small invented families; the shapes of domain.md §6.3."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from registry.district import District, DistrictFile, HouseholdSources, Linkage
from registry.households import HouseholdResult, PreviousHouseholds, build_households
from registry.roll import Words
from registry.schema.tables import conform_table, empty_table

MONTH = "2016-06"
REGISTER, DIBAO, ENROLMENT, SCHOOL, CERTIFICATES, PRISON = "hukou", "dibao_members", "nrcms_enrolment", "school", "certificates", "prison"


@pytest.fixture(scope="module")
def district() -> District:
    settings = DistrictFile(
        district="s_district",
        title=Words(zh="S区", en="S District"),
        currency="CNY",
        first_month="2016-01",
        identity_prefixes=["359921"],
        departments={},
        register_roll=REGISTER,
        death_roll="deaths",
        households=HouseholdSources(declared=[DIBAO], living_together=[ENROLMENT]),
    )
    return District(Path(), settings, {}, {}, (), {}, Linkage.model_construct(blocking=[], comparisons=[]))


@dataclass
class Village:
    """People and the books they stand in; `who` is always the person id."""

    persons: list[dict[str, object]] = field(default_factory=list)
    mentions: list[dict[str, object]] = field(default_factory=list)
    relations: list[dict[str, object]] = field(default_factory=list)
    statuses: list[dict[str, object]] = field(default_factory=list)
    month: str = MONTH

    def add(self, who: str, sex: str, born: int, book: str | None = None, code: str | None = None, died: date | None = None) -> "Village":
        """A person, numbered, in a registration book when one is given. Ids sort as the people are added."""
        self.persons.append(
            {
                "person_id": who,
                "name_key": who,
                "sex_code": {"m": "1", "f": "2"}[sex],
                "birth_date": date(born, 1, 15),
                "identity_number": f"number of {who}",
                "death_date": died,
            }
        )
        return self.list(REGISTER, book, (who, code)) if book else self

    def list(self, roll: str, number: str, *members: tuple[str, str | None]) -> "Village":
        """Rows of a roll under one household number."""
        for who, code in members:
            row = f"{roll}-{self.month}-{len(self.mentions):06d}"
            self.mentions.append(
                {
                    "mention_id": f"{row}-subject",
                    "row_id": row,
                    "roll": roll,
                    "month": self.month,
                    "role_code": "subject",
                    "person_id": who,
                    "name_key": who,
                    "household_number": number,
                    "relation_code": code,
                }
            )
        return self

    def tie(self, who: str, kind: str, other: str) -> "Village":
        """A relation written with the other's number."""
        number = len(self.relations)
        tie: dict[str, object] = {"relation_id": f"r{number:04d}", "roll": REGISTER, "person_id": who, "other_person_id": other}
        self.relations.append(tie | {"relation_kind_code": kind, "other_mention_id": f"m{number:04d}"})
        return self

    def name(self, who: str, kind: str, written: str) -> "Village":
        """A relation written by name only; linkage made a person of its own out of it."""
        self.tie(who, kind, f"ghost {written}")
        mention = self.relations[-1]["other_mention_id"]
        ghost: dict[str, object] = {"mention_id": mention, "row_id": mention, "roll": REGISTER, "month": self.month, "role_code": kind}
        self.mentions.append(ghost | {"person_id": f"ghost {written}", "name_key": written})
        return self

    def state(self, who: str, kind: str, value: str | None = None, roll: str = SCHOOL) -> "Village":
        """A state of a person that goes on."""
        number = len(self.statuses)
        state: dict[str, object] = {
            "status_id": f"s{number:04d}",
            "row_id": f"s{number:04d}",
            "roll": roll,
            "month": self.month,
            "person_id": who,
        }
        self.statuses.append(state | {"status_kind_code": kind, "value_code": value})
        return self

    def build(self, district: District, previous: HouseholdResult | None = None) -> HouseholdResult:
        """Form the households of the month."""
        named = pl.DataFrame(self.mentions, infer_schema_length=None)
        before = None if previous is None else PreviousHouseholds(previous.households, previous.household_members, previous.id_history)
        return build_households(
            conform_table(pl.DataFrame(self.persons, infer_schema_length=None), "persons"),
            conform_table(named, "mentions"),
            conform_table(named, "person_mentions"),
            conform_table(pl.DataFrame(self.relations, infer_schema_length=None), "relations"),
            conform_table(pl.DataFrame(self.statuses, infer_schema_length=None), "statuses"),
            district,
            self.month,
            before,
        )


def groups(result: HouseholdResult, kind: str) -> list[set[str]]:
    """Return the members of the households of a kind in force."""
    now = result.household_members.filter((pl.col("household_kind_code") == kind) & pl.col("to_month").is_null())
    found = now.group_by("household_id").agg("person_id")["person_id"].to_list()
    return sorted((set(members) for members in found), key=sorted)


def aid(village: Village, district: District) -> list[set[str]]:
    return groups(village.build(district), "aid")


def three_generations() -> Village:
    village = Village().add("grandfather", "m", 1945, "1", "02").add("grandmother", "f", 1948, "1", "12").add("son", "m", 1975, "1", "20")
    return village.add("wife", "f", 1978, "1", "38").add("boy", "m", 2005, "1", "41").add("girl", "f", 2009, "1", "42")


YOUNG = {"son", "wife", "boy", "girl"}
OLD = {"grandfather", "grandmother"}


def test_old_couple_and_married_son_in_one_book_are_two_units(district: District) -> None:
    result = three_generations().build(district)
    assert groups(result, "hukou") == [OLD | YOUNG]
    assert groups(result, "aid") == [YOUNG, OLD] or groups(result, "aid") == [OLD, YOUNG]


def test_old_couple_and_married_son_are_one_unit_when_a_roll_declares_it(district: District) -> None:
    village = three_generations()
    village.list(DIBAO, "d1", *((who, None) for who in ("son", "wife", "boy", "girl", "grandfather", "grandmother")))
    result = village.build(district)
    assert groups(result, "aid") == [OLD | YOUNG]
    assert result.households.filter(pl.col("household_kind_code") == "aid")["basis_code"].to_list() == ["declared"]


def test_widow_in_her_sons_book_is_a_unit_of_her_own(district: District) -> None:
    village = Village().add("son", "m", 1970, "1", "02").add("wife", "f", 1972, "1", "12").add("boy", "m", 2000, "1", "20")
    village.add("girl", "f", 2003, "1", "30").add("widow", "f", 1942, "1", "52")
    assert {"widow"} in aid(village, district)
    assert {"son", "wife", "boy", "girl"} in aid(village, district)


def test_child_in_fathers_book_belongs_to_the_mother_it_lives_with(district: District) -> None:
    village = Village().add("father", "m", 1980, "1", "02").add("child", "f", 2008, "1", "30").add("mother", "f", 1982, "2", "02")
    village.tie("child", "parent", "father").tie("child", "parent", "mother")
    assert {"father", "child"} in aid(village, district)
    village.list(ENROLMENT, "e1", ("mother", "02"), ("child", "30")).list(ENROLMENT, "e2", ("father", "02"))
    assert aid(village, district) == [{"child", "mother"}, {"father"}]


def test_severely_disabled_adult_stays_with_the_parents_unless_enrolled_alone(district: District) -> None:
    village = Village().add("father", "m", 1955, "1", "02").add("mother", "f", 1957, "1", "12").add("adult", "f", 1985, "1", "30")
    village.state("adult", "disabled", "1", CERTIFICATES)
    assert aid(village, district) == [{"adult", "father", "mother"}]
    village.list(DIBAO, "d1", ("adult", "02"))  # 单人户施保
    assert aid(village, district) == [{"adult"}, {"father", "mother"}]


def test_newborn_whom_the_list_has_not_taken_up_joins_the_declared_parents(district: District) -> None:
    village = three_generations().list(DIBAO, "d1", ("son", "02"), ("wife", "12"), ("boy", "20"))
    assert {"boy", "girl", "son", "wife"} in aid(village, district)


def test_husband_left_off_the_list_stays_apart(district: District) -> None:
    village = three_generations().list(DIBAO, "d1", ("wife", "02"), ("boy", "20"), ("girl", "30"))
    assert [{"boy", "girl", "wife"}, {"grandfather", "grandmother"}, {"son"}] == aid(village, district)


def test_lightly_disabled_adult_is_a_unit_alone(district: District) -> None:
    village = Village().add("father", "m", 1955, "1", "02").add("adult", "f", 1985, "1", "30").state("adult", "disabled", "3", CERTIFICATES)
    assert aid(village, district) == [{"adult"}, {"father"}]


def test_parents_working_away_keep_the_book_and_the_children_stay_with_them(district: District) -> None:
    """No roll of this issue tells who works away, so the usual joint unit (1 x 6) forms only when declared; see domain.md §6.3."""
    assert groups(three_generations().build(district), "hukou") == [OLD | YOUNG]
    assert YOUNG in aid(three_generations(), district)


def test_grandparents_raise_a_child_whose_parents_are_gone(district: District) -> None:
    village = Village().add("grandfather", "m", 1950, "1", "02").add("grandmother", "f", 1952, "1", "12").add("boy", "m", 2006, "1", "41")
    village.add("father", "m", 1978, died=date(2014, 5, 1)).tie("boy", "parent", "father")
    assert aid(village, district) == [{"boy", "grandfather", "grandmother"}]


def test_child_of_parents_in_detention_stays_alone_beside_the_uncle(district: District) -> None:
    village = Village().add("uncle", "m", 1975, "1", "02").add("child", "m", 2007, "1", "93")
    village.add("father", "m", 1978, "2", "02").add("mother", "f", 1980, "2", "12")
    village.tie("child", "parent", "father").tie("child", "parent", "mother")
    assert {"child", "father", "mother"} in aid(village, district)
    village.state("father", "detained", roll=PRISON).state("mother", "detained", roll=PRISON)
    assert aid(village, district) == [{"child"}, {"uncle"}]


def test_unmarried_old_brothers_are_two_units(district: District) -> None:
    village = Village().add("elder", "m", 1948, "1", "02").add("younger", "m", 1951, "1", "73")
    assert aid(village, district) == [{"elder"}, {"younger"}]
    assert groups(village.build(district), "hukou") == [{"elder", "younger"}]


def test_wife_registered_elsewhere_is_a_member(district: District) -> None:
    village = Village().add("husband", "m", 1985, "1", "02").add("child", "m", 2012, "1", "20").add("bride", "f", 1988)
    village.tie("husband", "spouse", "bride")
    result = village.build(district)
    assert groups(result, "aid") == [{"bride", "child", "husband"}]
    assert groups(result, "hukou") == [{"child", "husband"}]


def test_student_in_a_collective_book_is_still_a_member(district: District) -> None:
    village = Village().add("father", "m", 1968, "1", "02").add("mother", "f", 1970, "1", "12").add("student", "f", 1996, "99", "99")
    village.tie("student", "parent", "father")
    assert {"student"} in aid(village, district)
    village.state("student", "enrolled", "U2")
    assert aid(village, district) == [{"father", "mother", "student"}]


def test_soldier_is_left_to_local_rule(district: District) -> None:
    """domain.md §6.3: local rule decides; nothing delivered tells a soldier, an unmarried grown son is his own unit."""
    village = Village().add("father", "m", 1968, "1", "02").add("mother", "f", 1970, "1", "12").add("soldier", "m", 1995, "1", "20")
    assert aid(village, district) == [{"father", "mother"}, {"soldier"}]


def test_brothers_with_wives_in_one_book_are_told_apart_by_order_and_age(district: District) -> None:
    village = Village().add("father", "m", 1950, "1", "02").add("mother", "f", 1952, "1", "12")
    village.add("elder", "m", 1974, "1", "20").add("elders_wife", "f", 1976, "1", "38").add("elders_boy", "m", 2004, "1", "41")
    village.add("younger", "m", 1977, "1", "20").add("youngers_wife", "f", 1979, "1", "38").add("youngers_girl", "f", 2008, "1", "42")
    village.tie("elders_boy", "parent", "elder").tie("youngers_girl", "parent", "youngers_wife")
    assert aid(village, district) == [
        {"elder", "elders_boy", "elders_wife"},
        {"father", "mother"},
        {"younger", "youngers_girl", "youngers_wife"},
    ]


def test_married_brothers_of_one_book_live_apart_and_the_parents_with_the_eldest(district: District) -> None:
    village = Village().add("father", "m", 1950, "1", "02").add("elder", "m", 1974, "1", "20").add("elders_wife", "f", 1976, "1", "38")
    village.add("younger", "m", 1977, "1", "20").add("youngers_wife", "f", 1979, "1", "38").add("aunt", "f", 1982, "1", "30")
    result = village.build(district)
    assert groups(result, "residence") == [{"aunt", "elder", "elders_wife", "father"}, {"younger", "youngers_wife"}]
    assert len(groups(result, "hukou")) == 1


def test_kin_named_without_a_number_is_found_in_the_same_book(district: District) -> None:
    village = Village().add("head", "m", 1974, "1", "02").add("brother", "m", 1977, "1", "73").add("niece", "f", 2007, "1", "94")
    village.add("other_brother", "m", 1979, "1", "73").name("niece", "parent", "brother")
    assert {"brother", "niece"} in aid(village, district)


def test_father_who_is_too_young_is_not_believed(district: District) -> None:
    village = Village().add("child", "f", 2008, "1", "30").add("wrong", "m", 1999, "2", "02").tie("child", "parent", "wrong")
    assert {"child"} in aid(village, district)


def test_shared_address_joins_nobody(district: District) -> None:
    village = Village().add("one", "m", 1960, "1", "02").add("two", "f", 1962, "2", "02")
    result = village.build(district)
    assert groups(result, "residence") == groups(result, "aid") == [{"one"}, {"two"}]


def test_person_named_as_spouse_of_two_has_one_spouse(district: District) -> None:
    village = Village().add("husband", "m", 1980, "1", "02").add("wife", "f", 1981, "2", "02").add("former", "f", 1979, "3", "02")
    village.tie("husband", "spouse", "wife").tie("wife", "spouse", "husband").tie("former", "spouse", "husband")
    found = aid(village, district)
    assert sorted(map(len, found)) == [1, 2]


def test_residence_follows_enrolment_and_puts_the_unlisted_with_spouse_or_book(district: District) -> None:
    village = three_generations()
    village.list(ENROLMENT, "e1", ("son", "02"), ("boy", "20"), ("grandmother", "52")).list(ENROLMENT, "e2", ("grandfather", "02"))
    result = village.build(district)
    assert groups(result, "residence") == [{"boy", "girl", "grandmother", "son", "wife"}, {"grandfather"}]
    members = result.household_members.filter(pl.col("household_kind_code") == "residence")
    assert dict(members.select("person_id", "basis_code").rows())["wife"] == "derived"


def test_the_dead_leave_the_unit_at_once_and_the_book_when_cancelled(district: District) -> None:
    village = Village().add("man", "m", 1950, "1", "02").add("dead", "f", 1952, "1", "12", died=date(2016, 5, 30))
    village.add("died_this_month", "f", 1930, "1", "52", died=date(2016, 6, 2)).add("moved", "m", 1980, "1", "20")
    village.state("moved", "cancelled", "moved", REGISTER)
    village.statuses[-1]["row_id"] = village.mentions[-1]["row_id"]
    result = village.build(district)
    assert groups(result, "hukou") == [{"dead", "died_this_month", "man"}]
    assert groups(result, "aid") == [{"died_this_month"}, {"man"}]
    village.state("dead", "cancelled", "dead", "deaths")
    village.statuses[-1]["from_date"] = date(2016, 5, 31)
    assert groups(village.build(district), "hukou") == [{"died_this_month", "man"}]


def test_member_tables_name_head_relation_and_source(district: District) -> None:
    result = three_generations().build(district)
    heads = dict(result.households.select("household_kind_code", "head_person_id").filter(pl.col("household_kind_code") == "hukou").rows())
    assert heads == {"hukou": "grandfather"}
    couple = result.household_members.filter((pl.col("household_kind_code") == "aid") & pl.col("person_id").is_in(sorted(YOUNG)))
    assert dict(couple.select("person_id", "relation_code").rows()) == {"son": "02", "wife": "12", "boy": "20", "girl": "30"}
    assert set(result.household_members.filter(pl.col("household_kind_code") == "hukou")["roll"]) == {REGISTER}


def test_household_outlives_its_head_and_memberships_end(district: District) -> None:
    first = three_generations().build(district)
    later = three_generations()
    later.month = "2016-07"
    for mention in later.mentions:
        mention["month"] = "2016-07"
    later.persons[0]["death_date"] = date(2016, 6, 20)
    second = later.build(district, first)

    def ids(result: HouseholdResult, kind: str) -> set[str]:
        return set(result.households.filter((pl.col("household_kind_code") == kind) & pl.col("to_month").is_null())["household_id"])

    assert ids(first, "hukou") == ids(second, "hukou")
    assert ids(first, "aid") == ids(second, "aid")
    ended = second.household_members.filter(pl.col("to_month").is_not_null())
    assert set(ended["person_id"]) == {"grandfather"}
    assert set(ended["household_kind_code"]) == {"aid", "residence"}
    assert set(ended["to_month"]) == {"2016-06"}
    assert set(second.household_members["from_month"]) == {MONTH}
    assert second.id_history.height == first.id_history.height


def test_division_of_a_book_gives_the_smaller_part_a_new_id(district: District) -> None:
    first = three_generations().build(district)
    divided = Village(month="2016-07").add("grandfather", "m", 1945, "1", "02").add("grandmother", "f", 1948, "1", "12")
    divided.add("son", "m", 1975, "2", "02").add("wife", "f", 1978, "2", "12").add("boy", "m", 2005, "2", "20").add(
        "girl", "f", 2009, "2", "30"
    )
    second = divided.build(district, first)
    old = first.households.filter(pl.col("household_kind_code") == "hukou")["household_id"].item()
    now = second.household_members.filter((pl.col("household_kind_code") == "hukou") & pl.col("to_month").is_null())
    of_person = dict(now.select("person_id", "household_id").rows())
    assert of_person["son"] == old
    assert of_person["grandfather"] != old
    split = second.id_history.filter(pl.col("event_code") == "split").select("entity_id", "related_entity_id").rows()
    assert (of_person["grandfather"], old) in split
    assert set(second.id_history["entity_kind_code"]) == {"household"}


def test_vanished_household_is_kept_as_ended(district: District) -> None:
    first = Village().add("one", "m", 1960, "1", "02").add("two", "f", 1962, "2", "02").build(district)
    second = Village(month="2016-07").add("one", "m", 1960, "1", "02").build(district, first)
    ended = second.households.filter(pl.col("to_month").is_not_null())
    assert ended["to_month"].unique().to_list() == ["2016-06"]
    assert ended.height == 3
    third = Village(month="2016-08").add("one", "m", 1960, "1", "02").build(district, second)
    assert third.households.filter(pl.col("to_month").is_not_null()).equals(ended)


def test_result_does_not_depend_on_the_order_of_rows(district: District) -> None:
    village = three_generations().list(DIBAO, "d1", ("son", "02"), ("boy", "20")).list(ENROLMENT, "e1", ("wife", "02"), ("girl", "30"))
    first = village.build(district)
    for rows in (village.persons, village.mentions, village.relations):
        rows.reverse()
    second = village.build(district)
    assert first.household_members.equals(second.household_members)
    assert first.households.equals(second.households)


def test_district_without_further_sources_has_books_and_derived_units(district: District) -> None:
    bare = district.settings.model_copy(update={"households": HouseholdSources()})
    result = three_generations().list(DIBAO, "d1", ("son", "02")).build(District(Path(), bare, {}, {}, (), {}, district.linkage))
    assert groups(result, "hukou") == groups(result, "residence") == [OLD | YOUNG]
    assert sorted(map(len, groups(result, "aid"))) == [2, 4]


def test_nobody_makes_no_household(district: District) -> None:
    names = ("persons", "mentions", "person_mentions", "relations", "statuses")
    persons, mentions, person_mentions, relations, statuses = (empty_table(name) for name in names)
    first = build_households(persons, mentions, person_mentions, relations, statuses, district, MONTH)
    assert first.households.is_empty()
    full = three_generations().build(district)
    before = PreviousHouseholds(full.households, full.household_members, full.id_history)
    later = build_households(persons, mentions, person_mentions, relations, statuses, district, "2016-07", before)
    assert set(later.households["to_month"]) == {"2016-06"}


@pytest.mark.parametrize(("kind", "together"), [("born", True), ("enrolled", False)])
def test_a_child_the_register_has_not_taken_up_is_a_member_once_its_birth_is_certified(
    kind: str, together: bool, district: District
) -> None:
    village = Village().add("mother", "f", 1985, "1", "02").add("infant", "m", 2016).tie("infant", "parent", "mother")
    village.list(ENROLMENT, "7", ("mother", "02")).state("infant", kind, roll="birth_certificates")
    home = [{"mother", "infant"}] if together else [{"mother"}]
    assert groups(village.build(district), "residence") == home
    assert aid(village, district) == home
