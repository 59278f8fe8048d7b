"""What people own and what the law knows of them: homes, vehicles, businesses, pay, marriages, sentences.

Belongs here: the frames of all these lists and the order in which they are drawn. Does not belong here: who is in any one list
(the modules it names), how a roll looks (`simulation.rolls`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.businesses import draw_businesses
from simulation.circumstances import Circumstances
from simulation.civil_events import draw_cremations, draw_registrations
from simulation.house_repairs import draw_repairs
from simulation.justice import Justice, draw_justice
from simulation.officials import draw_officials
from simulation.payroll import draw_fund, draw_payroll
from simulation.property import draw_deeds, draw_sales
from simulation.setting import Setting
from simulation.vehicles import draw_vehicles


@dataclass(frozen=True)
class Belongings:
    """Frames of the property, justice and civil registers; each is described where it is drawn.

    deeds, sales (`simulation.property`), repairs (`house_repairs`), vehicles, payroll, fund (`payroll`), declared (`officials`),
    businesses, registrations, cremations (`civil_events`), and the lists of `justice`.
    """

    deeds: pl.DataFrame
    sales: pl.DataFrame
    repairs: pl.DataFrame
    vehicles: pl.DataFrame
    payroll: pl.DataFrame
    fund: pl.DataFrame
    declared: pl.DataFrame
    businesses: pl.DataFrame
    registrations: pl.DataFrame
    cremations: pl.DataFrame
    justice: Justice


def build_belongings(setting: Setting, persons: pl.DataFrame, students: pl.DataFrame, aid: AidFrames) -> Belongings:
    """Return the frames; every draw comes from streams of its own, so that nothing drawn elsewhere changes."""
    circumstances = Circumstances(setting, persons, students, aid)
    justice = draw_justice(circumstances)
    absent = circumstances.mask(justice.detained["person"].to_numpy())
    barred = absent | circumstances.mask(np.concatenate([justice.corrected["person"].to_numpy(), justice.resettled["person"].to_numpy()]))
    officials = draw_officials(circumstances, barred)
    payroll = draw_payroll(circumstances, officials.cadres, barred)
    return Belongings(
        deeds=draw_deeds(circumstances),
        sales=draw_sales(circumstances),
        repairs=draw_repairs(circumstances),
        vehicles=draw_vehicles(circumstances),
        payroll=payroll,
        fund=draw_fund(circumstances, payroll, absent),
        declared=officials.declared,
        businesses=draw_businesses(circumstances, officials.cadres["person"].to_numpy()),
        registrations=draw_registrations(circumstances),
        cremations=draw_cremations(circumstances),
        justice=justice,
    )
