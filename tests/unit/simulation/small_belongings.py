"""The belongings of the small hand-made world: a few owners, drivers, couples and convicts among its two thousand people."""

from datetime import date

import polars as pl

from simulation.belongings import Belongings
from simulation.justice import Justice

AT = pl.col("at")


def _rows(count: int, **columns: pl.Expr) -> pl.DataFrame:
    return pl.DataFrame({"at": pl.int_range(count, dtype=pl.Int64, eager=True)}).select(**columns)


def _day(year: int, month: int, step: int = 1) -> pl.Expr:
    return pl.lit(date(year, month, 1)) + pl.duration(days=AT * step)


def make_belongings() -> Belongings:
    """Return the frames; persons are numbers below 2000, husbands are multiples of four and their wives the next number."""
    return Belongings(**_make_property(), **_make_offices(), **_make_civil_events(), justice=_make_justice())


def _make_property() -> dict[str, pl.DataFrame]:
    return {
        "deeds": _rows(
            120,
            home=AT // 2,
            owner=AT // 2 * 8 + AT % 2,
            certificate_number=pl.format("房权证Q字第2008{}号", AT // 2),
            registered_date=pl.lit(date(2008, 1, 1)) + pl.duration(days=AT // 2),
            share=pl.lit("共同共有"),
            address=pl.lit("SY街道锦绣花园3幢"),
            room=pl.format("{}室", 101 + AT // 2),
            area=pl.lit("98.5"),
            use=pl.lit("成套住宅"),
            acquired=pl.lit("买卖"),
        ),
        "sales": _rows(
            30,
            sale=AT,
            buyer=AT * 12,
            area=pl.lit("101.0"),
            address=pl.format("SY街道海景花园二期1幢{}室", 201 + AT),
            bought_date=_day(2016, 1, 5),
        ),
        "repairs": _rows(
            24,
            person=AT * 32,
            **{"class": pl.lit("低保户")},
            members=pl.lit(3),
            mode=pl.lit("新建"),
            grade=pl.lit("D"),
            year=pl.lit(2016),
            area=pl.lit(60),
            amount=pl.lit(2_000_000),
            finished_date=_day(2016, 5, 4),
        ),
        "vehicles": _rows(
            200,
            vehicle=AT,
            owner=AT * 4,
            kind=pl.when(AT % 3 == 0).then(pl.lit("小型轿车")).otherwise(pl.lit("普通二轮摩托车")),
            state=pl.lit("正常"),
            registered_date=_day(2012, 1, 3),
            brand=pl.lit("海鹭牌"),
            plate_kind=pl.lit("小型汽车"),
            plate=pl.format("闽Q·A{}", 1000 + AT),
            use=pl.lit("非营运"),
        ),
    }


def _make_offices() -> dict[str, pl.DataFrame]:
    return {
        "payroll": _rows(
            60,
            person=AT * 20 + 1,
            unit=pl.lit("区教育局"),
            post=pl.when(AT % 5 == 0).then(pl.lit("村主干误工补贴")).otherwise(pl.lit("教师")),
            pay=pl.lit(450_000, pl.Int64),
        ),
        "fund": _rows(
            80,
            person=AT * 20 + 2,
            unit=pl.lit("区教育局"),
            base=pl.lit(450_000, pl.Int64),
            monthly=pl.lit(108_000, pl.Int64),
            state=pl.lit("正常"),
            opened_date=pl.lit(date(2010, 5, 1)),
        ),
        "declared": _rows(
            10,
            clerk=AT * 40 + 1,
            post=pl.lit("民政协理员"),
            kin=AT * 32,
            relation=pl.lit("父亲"),
            programme=pl.lit("低保"),
            filed_date=_day(2014, 3, 20),
        ),
        "businesses": _rows(
            90,
            entity=AT,
            kind=pl.lit("有限责任公司"),
            person=AT * 16,
            capital=pl.lit(50_000_000, pl.Int64),
            state=pl.lit("存续"),
            name=pl.format("Q市鑫源{}贸易有限公司", AT),
            code=pl.format("9135990110000{}A", 1000 + AT),
            second=pl.when(AT % 4 == 0).then(AT * 16 + 1),
            third=pl.lit(None, pl.Int64),
            founded_date=_day(2010, 2, 10),
        ),
    }


def _make_civil_events() -> dict[str, pl.DataFrame]:
    return {
        "registrations": _rows(
            60,
            entry=AT,
            husband=AT * 28,
            wife=AT * 28 + 1,
            registered_date=_day(2016, 1, 2),
            business=pl.when(AT % 6 == 0).then(pl.lit("离婚")).otherwise(pl.lit("结婚")),
        ),
        "cremations": _rows(
            40, person=AT * 50 + 7, cremated_date=_day(2016, 1, 3), mourner=pl.when(AT % 5 > 0).then(AT * 50 + 6), relation=pl.lit("配偶")
        ),
    }


def _make_justice() -> Justice:
    term = {"from_date": _day(2015, 1, 9), "to_date": _day(2017, 1, 9)}
    return Justice(
        detained=_rows(30, person=AT * 44 + 3, place=pl.lit("闽南监狱"), **term),
        corrected=_rows(20, person=AT * 60 + 2, crime=pl.lit("盗窃"), kind=pl.lit("缓刑"), measure=pl.lit("技能培训"), **term),
        resettled=_rows(
            25,
            person=AT * 52 + 2,
            crime=pl.lit("盗窃"),
            sentence_years=pl.lit(3),
            released_date=_day(2014, 1, 5),
            to_date=_day(2019, 1, 5),
            measure=pl.lit(None, pl.String),
        ),
        judicial_aid=_rows(
            12,
            aid=AT,
            person=AT * 100,
            cause=pl.lit("故意伤害"),
            office=pl.lit("区人民法院"),
            relation=pl.lit("本人"),
            harm=pl.lit("重伤"),
            amount=pl.lit(1_500_000, pl.Int64),
            decided_date=_day(2016, 1, 12),
            paid_date=_day(2016, 2, 12),
            case_number=pl.format("(2016)闽Q法救{}号", AT),
        ),
        legal_aid=_rows(
            30,
            case=AT,
            person=AT * 36,
            matter=pl.lit("婚姻家庭"),
            received_date=_day(2016, 1, 5),
            is_granted=AT % 9 > 0,
            decided_date=_day(2016, 1, 5),
            lawyer=pl.lit("周律师"),
            closed_date=_day(2016, 4, 5),
        ),
    )
