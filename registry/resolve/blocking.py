"""Which profiles are compared: the blocking rules of `linkage.yml`, counted before they run.

Belongs here: bringing together profiles that share a key, and stopping when a key is shared by far too many. Does not
belong here: pairs of two numbered profiles (their numbers already decide) and scores.
"""

from collections.abc import Sequence
from typing import Final

import duckdb

from registry.district import BlockingRule, Linkage
from registry.errors import ConfigError, RegistryError

KEYS: Final = {
    "name_key": "name_key",
    "name_pinyin": "name_pinyin",
    "surname": "surname",
    "birth_date": "case when birth_precision_code = 'day' then birth_date end",
    "number_head": "number_head",
    "number_ends": "number_ends",
    "place": "unnest(places)",
    "phone": "unnest(phones)",
    "account": "unnest(accounts)",
    "kin": "unnest(kin)",
}
"""Column of a rule -> SQL over table `profiles`; list evidence is spread out."""


class PairExplosion(RegistryError):
    """A blocking rule would compare far too many pairs."""

    def __init__(self, rule: str, value: str, block_size: int, pairs: int, linkage: Linkage) -> None:
        limit = f"{linkage.max_pairs_per_rule:,} / {linkage.max_block_size:,}"
        super().__init__(
            f"分块规则“{rule}”将产生 {pairs:,} 对，最大一块 {block_size:,} 条，取值“{value}”（上限 {limit}）。"
            "请在 linkage.yml 的 placeholders 中列出该值，或收紧规则",
            f"blocking rule '{rule}' would make {pairs:,} pairs; its largest block has {block_size:,} profiles with the value '{value}' "
            f"(limits {limit}). List the value under placeholders in linkage.yml, or tighten the rule",
        )


def label_rule(rule: BlockingRule) -> str:
    """Return the name a rule goes by."""
    return "+".join(rule.columns)


def block_pairs(connection: duckdb.DuckDBPyConnection, linkage: Linkage) -> None:
    """Fill table `blocked` (join_key_l, join_key_r, match_key) from table `profiles`; each pair once, under its first rule.

    Raises:
        ConfigError: a rule names an unknown column.
        PairExplosion: a rule passes `max_pairs_per_rule` or `max_block_size`.
    """
    connection.execute("create or replace table settled (profile_id varchar)")
    connection.execute("create or replace table candidates (join_key_l varchar, join_key_r varchar, match_key integer)")
    for number, rule in enumerate(linkage.blocking):
        _spread_keys(connection, rule)
        _require_bearable(connection, rule, linkage)
        _join_keys(connection, rule, number)
    connection.execute(
        """create or replace table blocked as
           select join_key_l, join_key_r, min(match_key)::varchar as match_key from candidates group by all"""
    )


def _spread_keys(connection: duckdb.DuckDBPyConnection, rule: BlockingRule) -> None:
    """Fill `seekers` and `partners`: profile_id, is_numbered and the rule's keys k0, k1 and so on."""
    unknown = [column for column in rule.columns if column not in KEYS]
    if unknown:
        raise ConfigError(
            f"linkage.yml：blocking 中没有列“{unknown[0]}”，可用 {sorted(KEYS)}",
            f"linkage.yml: blocking knows no column '{unknown[0]}'; one of {sorted(KEYS)}",
        )
    keys = ", ".join(f"{KEYS[column]} as k{number}" for number, column in enumerate(rule.columns))
    filled = " and ".join(f"k{number} is not null" for number in range(len(rule.columns)))
    connection.execute(
        f"""create or replace temp table keyed as select * from (
            select profile_id, number_code is not null as is_numbered, {keys} from profiles) where {filled}"""
    )
    wide = "and profile_id not in (select profile_id from settled)" if rule.unless_settled else ""
    connection.execute(f"create or replace temp table seekers as select * from keyed where not is_numbered {wide}")
    connection.execute(f"create or replace temp table partners as select * from keyed {'where is_numbered' if rule.numbered_only else ''}")


def _names(rule: BlockingRule) -> Sequence[str]:
    return [f"k{number}" for number in range(len(rule.columns))]


def _require_bearable(connection: duckdb.DuckDBPyConnection, rule: BlockingRule, linkage: Linkage) -> None:
    """Raise PairExplosion before the pairs are made, naming the value most to blame."""
    keys = ", ".join(_names(rule))
    rows = connection.execute(
        f"""with asking as (select {keys}, count(*) as seekers from seekers group by all),
                 answering as (select {keys}, count(*) as partners from partners group by all),
                 blocks as (select {keys}, seekers, partners, seekers * partners as pairs from asking join answering using ({keys}))
            select concat_ws('+', {keys}), greatest(seekers, partners), sum(pairs) over () from blocks
            order by pairs desc, 1 limit 1"""
    ).fetchall()
    if rows:
        value, size, pairs = rows[0]
        if pairs > linkage.max_pairs_per_rule or size > linkage.max_block_size:
            raise PairExplosion(label_rule(rule), str(value), int(size), int(pairs), linkage)


def _join_keys(connection: duckdb.DuckDBPyConnection, rule: BlockingRule, number: int) -> None:
    """Add the pairs of one rule to `candidates`; a pair of two seekers is kept once, lower id first."""
    connection.execute(
        f"""insert into candidates
            select least(s.profile_id, p.profile_id), greatest(s.profile_id, p.profile_id), {number}
            from seekers s join partners p using ({", ".join(_names(rule))})
            where p.is_numbered or s.profile_id < p.profile_id group by all"""
    )
    if rule.settles:
        connection.execute(
            f"""insert into settled select distinct s.profile_id from seekers s join partners p using ({", ".join(_names(rule))})
                where p.is_numbered"""
        )
