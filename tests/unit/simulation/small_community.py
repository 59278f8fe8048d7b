"""Small hand-made community frames for the World of `small_world`: a few hundred rows with every special case of the rolls."""

from datetime import date

import polars as pl

from simulation.community import Community


def _rows(count: int, **columns: pl.Expr) -> pl.DataFrame:
    return pl.DataFrame({"at": pl.int_range(count, dtype=pl.Int64, eager=True)}).select(**columns)


def _one_of(words: tuple[str, ...]) -> pl.Expr:
    return pl.lit(pl.Series(words)).gather(pl.col("at") % len(words))


AT = pl.col("at")
DAY = pl.lit(date(2016, 1, 5)) + pl.duration(days=AT % 150)
ODD = AT % 2 == 1
NO_TEXT, NO_DAY = pl.lit(None, pl.String), pl.lit(None, pl.Date)


def make_community() -> Community:
    """Return frames of some hundred rows each."""
    return Community(**_standing(), **_gifts(), **_clues())


def _standing() -> dict[str, pl.DataFrame]:
    """Return children, reviews and donations."""
    return dict(
        children=_rows(
            120, child=AT, person=AT * 4 + 3, category=_one_of(("孤儿", "事实无人抚养儿童", "困境儿童")), care_form=pl.lit("散居"),
            father_state=pl.lit("死亡"), mother_state=pl.lit("失联"), guardian=AT * 4, guardian_word=pl.lit("祖父"),
            from_month=pl.lit("2015-03"),
        ),
        reviews=_rows(
            40, review=AT, case=AT, kind=_one_of(("调增", "调减")), reason=_one_of(("人口增加", "人口减少")),
            reported_month=pl.lit("2016-06"), executed_month=pl.lit("2016-04"), members_before=pl.lit(3, pl.Int64),
            amount_before=pl.when(ODD).then(pl.lit(100_000, pl.Int64)).otherwise(pl.lit(80_000, pl.Int64)),
        ),
        donations=_rows(
            100, donation=AT, person=pl.when(ODD).then(AT * 8), contact=pl.when(~ODD).then(AT * 8),
            donor=pl.when(~ODD).then(pl.lit("海港石化有限公司")), fund=pl.lit("“海丝”助医基金"), conditions=pl.lit("不限用途"),
            amount=100_000 + AT * 10_000, purpose=pl.lit("安居"), used=pl.lit(0, pl.Int64), donated_date=DAY,
        ),
    )  # fmt: skip


def _gifts() -> dict[str, pl.DataFrame]:
    """Return what neighbours gave."""
    return dict(
        school_gifts=_rows(
            150, gift=AT, person=AT * 4 + 2, school=pl.lit("Q区第一中学"), batch=pl.lit("普通高中批"), years=pl.lit(3, pl.Int64),
            kind=pl.lit("金秋助学"), hardship=pl.lit("低保"), income=pl.lit(40_000, pl.Int64), earlier=pl.lit(0, pl.Int64),
            amount=200_000 + AT * 1_000, giver=_one_of(("区总工会", "区教育促进会", "区慈善总会")), paid_date=DAY,
        ),
        parcels=_rows(
            120, parcel=AT, person=AT * 8, year=pl.lit(2016, pl.Int64), goods=pl.lit("棉被1床"), value=17_000 + AT * 100,
            signed_by=_one_of(("本人指印", "代领")), given_date=pl.lit(date(2016, 1, 20)),
        ),
        pairings=_rows(
            150, pairing=AT, person=AT * 4, firm=pl.lit("海港石化有限公司"), helper=pl.lit("陈主任"), members=pl.lit(4, pl.Int64),
            measure=_one_of(("节日慰问", "物资帮扶", "就业岗位")), amount=(AT % 3 != 2).cast(pl.Int64) * 50_000, given_date=DAY,
        ),
        village_gifts=_rows(
            200, gift=AT, person=pl.when(AT % 4 == 3).then(AT * 4 + 1).otherwise(AT * 4),
            name_style=_one_of(("full", "nickname", "big_head", "wife")), husband=pl.when(AT % 4 == 3).then(AT * 4),
            reason=_one_of(("生病住院", "生活困难")), amount=pl.when(ODD).then(pl.lit(35_000, pl.Int64)),
            goods=pl.when(~ODD).then(pl.lit("大米1袋、食用油1桶")), given_date=DAY,
        ),
    )  # fmt: skip


def _clues() -> dict[str, pl.DataFrame]:
    """Return leads, appeals and referrals."""
    lead = {
        "lead": AT, "person": AT * 9, "kind": _one_of(("急难", "重病", "事故", "监护缺失")), "band": pl.lit("巾帼志愿服务队"),
        "story": _one_of(("一家人生活没着落", "查出重病住院", "出了车祸，腿受伤", "孩子无人看管")), "reported_date": DAY,
        "has_number": ODD, "has_applied": pl.lit(value=False),
    }  # fmt: skip
    return dict(
        crowdfunding=_rows(
            120, project=AT, person=AT * 4, starter=AT * 4 + 1, platform=pl.lit("轻松筹"), disease=pl.lit("白血病"),
            target=pl.lit(10_000_000, pl.Int64), raised=AT * 1_000, started_date=DAY, says_place=ODD,
        ),
        volunteer_leads=_rows(120, **lead),
        clan_leads=_rows(120, **lead),
        referrals=_rows(
            150, referral=AT, person=AT * 5, sender=pl.lit("区医院"), receiver=_one_of(("HK社工服务社", "区红十字会")), need=pl.lit("心理"),
            service=pl.lit("心理疏导与陪伴"), amount=pl.when(~ODD).then(pl.lit(50_000, pl.Int64)),
            referred_date=DAY,
            accepted_date=pl.when(AT % 5 > 0).then(DAY + pl.duration(days=3)).otherwise(NO_DAY),
            from_date=pl.when(AT % 5 > 0).then(DAY + pl.duration(days=5)).otherwise(NO_DAY),
            to_date=pl.when(AT % 5 > 1).then(DAY + pl.duration(days=15)).otherwise(NO_DAY),
            outcome=pl.when(AT % 5 > 2).then(pl.lit("已结案")).otherwise(NO_TEXT),
            feedback_date=pl.when(AT % 5 > 2).then(DAY + pl.duration(days=20)).otherwise(NO_DAY),
        ),
    )  # fmt: skip
