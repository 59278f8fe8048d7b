"""Appeals on the web for a sick person's bill, as far as the district hears of them.

Belongs here: who asks for whom, on which platform, how much came in. Does not belong here: help by charities and offices
(`simulation.relief`): a clue from the web is no payment anybody has checked.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import NEVER, dates
from simulation.ledgers import count_entries, spread_days
from simulation.setting import Setting
from simulation.streams import pick_texts

PER_YEAR: Final = 160
PLATFORMS: Final = {"轻松筹": 52, "水滴筹": 20, "爱心筹": 16, "腾讯公益": 12}


def draw_crowdfunding(setting: Setting, aid: AidFrames) -> pl.DataFrame:
    """Return appeals for people with a large bill; one in five does not say where the patient lives."""
    stream = setting.stream("crowdfunding")
    count = count_entries(setting, PER_YEAR)
    living = setting.living(setting.last)
    stays = aid.bills.filter((pl.col("visit_kind") == "住院") & (pl.col("total") > 0) & pl.Series(living).gather(aid.bills["person"]))
    large = stays.sort("self_pay", "bill", descending=[True, False]).unique("person", keep="first", maintain_order=True)
    pool = large.head(max(4 * count, 20))
    rows = pool[stream.permutation(pool.height)[:count].tolist()]
    days = spread_days(setting, stream, rows.height)
    patient = rows["person"].to_numpy()
    people = setting.people
    kin = np.select([people["spouse"][patient] != NEVER, people["father"][patient] != NEVER],
                    [people["spouse"][patient], people["father"][patient]], patient)  # fmt: skip
    starter = np.where(living[kin], kin, patient)
    target = np.maximum(rows["self_pay"].to_numpy() * 2 // 1_000_000 * 1_000_000, 5_000_000)
    return pl.DataFrame(
        {
            "project": np.arange(rows.height),
            "person": patient,
            "starter": starter,
            "platform": pick_texts(stream, PLATFORMS, rows.height),
            "disease": rows["disease"],
            "target": target,
            "raised": (target * stream.beta(1.3, 5.0, rows.height)).astype(np.int64) // 100 * 100,
            "started_date": dates(days),
            "says_place": stream.random(rows.height) < 0.8,
        }
    )
