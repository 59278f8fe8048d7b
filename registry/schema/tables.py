"""Every table of the house, once: one row is what, which columns, which key.

Belongs here: the shape of tables that cross a border between rooms. Does not belong here: frames that live and die
inside one function. Asset name = table name = Parquet name = DuckDB name.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from registry.errors import SchemaMismatch
from registry.schema.fields import FIELDS
from registry.schema.text import Text


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns in order, its key, the warehouse schema it is published in."""

    row: Text
    columns: tuple[str, ...]
    key: tuple[str, ...]
    schema: str
    group: str = "registry"


def _table(zh: str, en: str, columns: str, key: str, schema: str, group: str = "registry") -> Table:
    return Table(Text(zh, en), tuple(columns.split()), tuple(key.split()), schema, group)


_SOURCE = "row_id roll month department"
_PERSON = "mention_id person_id"

TABLES: Final[dict[str, Table]] = {
    "deliveries": _table(
        "一个交付文件的一个工作表",
        "one sheet of one delivered file",
        "roll month department file_name file_hash file_number sheet sheet_number snapshot_date byte_count declared_count counted_count row_count landed_count"
        " quarantined_count refused_count skipped_count is_refused reason_code",
        "roll month file_number sheet_number",
        "quality",
        "intake",
    ),
    "quarantine": _table(
        "一个被退回的文件、行或单元格",
        "one file, row or cell sent back to its owner",
        "quarantine_id roll month department file_name file_hash sheet row_number column scope_code reason_code cell_value"
        " sentence_zh sentence_en",
        "quarantine_id",
        "quality",
        "intake",
    ),
    "repairs": _table(
        "一个未按原样读取或仍受损的证号",
        "one identity number not read as written, or still damaged",
        "mention_id row_id roll month department repair_rule_code value_before value_after candidate_count candidates evidence_row_id",
        "mention_id",
        "quality",
    ),
    "mentions": _table(
        "一行以一种角色提到的一个人",
        "one person named by one row in one role",
        f"mention_id {_SOURCE} role_code position person_name name_key name_pinyin name_note identity_number"
        " identity_number_written identity_partial identity_state_code birth_date birth_precision_code sex_code ethnicity"
        " place_code town_code address phone_number account_number relation_code household_number kin_name",
        "mention_id",
        "registry",
    ),
    "benefits": _table(
        "一次给付或一项资格",
        "one thing given: who, which programme, which months, how much",
        f"benefit_id {_SOURCE} {_PERSON} programme_code unit_code benefit_kind_code from_month to_month amount paid_date event_number"
        " event_from_date event_to_date event_amount event_place cause_code fund_code account_number household_number is_returned",
        "benefit_id",
        "aid",
        "aid",
    ),
    "needs": _table(
        "一项需求证据",
        "one evidence of need",
        f"need_id {_SOURCE} {_PERSON} need_kind_code need_number from_date to_date amount in_policy_amount basic_amount major_amount"
        " medical_aid_amount commercial_amount self_pay_amount cause_code event_place",
        "need_id",
        "aid",
        "aid",
    ),
    "statuses": _table(
        "一个人的一项带日期的状态",
        "one dated state of a person",
        f"status_id {_SOURCE} {_PERSON} status_kind_code value_code category_code from_date to_date news_date reference_number",
        "status_id",
        "aid",
        "aid",
    ),
    "cases": _table(
        "一次申请、线索或转介",
        "one application, lead or referral",
        f"case_id {_SOURCE} {_PERSON} case_kind_code case_number step_code cause_code programme_code opened_date due_date closed_date"
        " result_code amount",
        "case_id",
        "aid",
        "aid",
    ),
    "relations": _table(
        "两个提及之间的一项关系",
        "one tie between two mentions of one row or book",
        f"relation_id {_SOURCE} {_PERSON} other_mention_id other_person_id relation_kind_code household_number",
        "relation_id",
        "registry",
    ),
    "profiles": _table(
        "内容相同的提及合并成的片段",
        "identical mentions collapsed into one",
        "profile_id mention_count name_key name_pinyin identity_number identity_partial identity_state_code birth_date birth_precision_code sex_code"
        " place_code town_code",
        "profile_id",
        "registry",
    ),
    "pairs": _table(
        "一对已打分的片段",
        "one scored pair of profiles, lower id first",
        "profile_id_l profile_id_r match_weight match_probability rule_label",
        "profile_id_l profile_id_r",
        "registry",
    ),
    "person_mentions": _table(
        "一个提及属于哪个人",
        "which person a mention belongs to, how surely and by what method",
        "mention_id profile_id person_id match_probability method_code identity_state_code",
        "mention_id",
        "registry",
    ),
    "link_reviews": _table(
        "一对需要人工核对的片段",
        "one uncertain pair for clerical review; it links nothing",
        "profile_id_l profile_id_r match_probability rule_label reason_code",
        "profile_id_l profile_id_r",
        "registry",
    ),
    "persons": _table(
        "一个经关联的人",
        "one resolved person: the golden record",
        "person_id person_name name_key identity_number birth_date birth_precision_code sex_code place_code town_code phone_number is_local"
        " is_protected death_date death_basis_code mention_count roll_count first_month last_month match_probability",
        "person_id",
        "registry",
    ),
    "households": _table(
        "一个家庭在一段时间",
        "one household of a kind",
        "household_id household_kind_code head_person_id place_code member_count from_month to_month basis_code",
        "household_id",
        "registry",
    ),
    "household_members": _table(
        "一个人在一个家庭的一段成员期",
        "one person's membership in one household",
        "household_id household_kind_code person_id relation_code from_month to_month roll basis_code",
        "household_id person_id from_month",
        "registry",
    ),
    "id_history": _table(
        "编号的一次变化",
        "one event in the life of an id",
        "entity_kind_code entity_id month event_code related_entity_id",
        "entity_kind_code entity_id month event_code related_entity_id",
        "registry",
    ),
    "findings": _table(
        "一条待核线索",
        "one lead for a human check; never a decision",
        "finding_id rule_id finding_kind_code severity_code confidence_code person_id household_id department programme_code"
        " other_department other_programme_code from_month to_month overlap_from_month overlap_to_month amount excess_amount"
        " weakest_probability finding_state_code first_month last_month sentence_zh sentence_en suggestion_zh suggestion_en legal_basis"
        " exceptions_checked",
        "finding_id",
        "findings",
        "findings",
    ),
    "finding_evidence": _table(
        "线索所依据的一行来源",
        "one source row a finding rests on",
        "finding_id side_code fact_table fact_id row_id mention_id department roll programme_code benefit_kind_code from_month to_month amount"
        " paid_date match_probability",
        "finding_id side_code fact_id",
        "findings",
        "findings",
    ),
    "finding_events": _table(
        "线索的一次事件，只增不改",
        "one event of a finding; append-only",
        "finding_id event_sequence month finding_state_code note",
        "finding_id event_sequence",
        "findings",
        "findings",
    ),
    "acceptances": _table(
        "一次经说明原因而放行的交付，只增不改",
        "one delivery that was blocked and let pass with a reason; append-only",
        "roll month department reason_code delivery_hash landed_count previous_month previous_count figure accepted_by accepted_reason",
        "roll month reason_code delivery_hash",
        "quality",
        "quality",
    ),
    "check_results": _table(
        "一次质量检查的结果",
        "the result of one quality check",
        "month table_name check_name is_passed is_blocking failed_count row_count sentence_zh sentence_en",
        "table_name check_name",
        "quality",
        "quality",
    ),
    "roll_quality": _table(
        "一个名册本月的一项质量指标",
        "one quality measure of one roll this month",
        "roll month department measure value previous_month previous_value change_share is_steady",
        "roll measure",
        "quality",
        "quality",
    ),
    "run_facts": _table(
        "本次运行的一项事实",
        "one fact about the run: code, configuration and model hashes, months in force",
        "measure value",
        "measure",
        "meta",
        "meta",
    ),
}

LANDED_COLUMNS: Final = (
    "row_id",
    "roll",
    "month",
    "department",
    "file_name",
    "file_hash",
    "file_number",
    "sheet",
    "sheet_number",
    "row_number",
    "cell_marks",
)
"""Address columns that stand before the roll's own text columns in every `landed/<roll>` frame."""


def polars_schema(table: str) -> pl.Schema:
    """Return the column names and types declared for `table`, in order."""
    return pl.Schema({name: FIELDS[name].dtype for name in TABLES[table].columns})


def require_table(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return `frame` cut to the declared columns of `table` and sorted by its key, or raise naming every difference."""
    declared = polars_schema(table)
    wrong = {name: (dtype, frame.schema.get(name)) for name, dtype in declared.items() if frame.schema.get(name) != dtype}
    if wrong:
        raise SchemaMismatch(table, wrong)
    return frame.select(declared.names()).sort(TABLES[table].key, nulls_last=False, maintain_order=True)


def conform_table(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return `frame` with absent columns added as null and types cast to the declaration of `table`, sorted by key."""
    declared = polars_schema(table)
    if frame.is_empty():
        # Literals alone would make one row of nulls out of none.
        return empty_table(table)
    columns = [
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name) for name, dtype in declared.items()
    ]
    return require_table(frame.select(columns), table)


def empty_table(table: str) -> pl.DataFrame:
    """Return `table` without rows."""
    return pl.DataFrame(schema=polars_schema(table))
