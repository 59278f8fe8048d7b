"""The made-up world as frames: what is true, before any office writes it down badly.

Belongs here: the shape of the truth that `simulation.population`, `lives` and `aid` build and `simulation.rolls` deliver.
Does not belong here: how a roll looks or which defects it has.

`person` is an integer from 0; the truth files write it as T0000001. Months are text YYYY-MM, money is Int64 in fen.
"""

from dataclasses import dataclass

import polars as pl

from simulation.belongings import Belongings
from simulation.community import Community
from simulation.livelihoods import Livelihoods


@dataclass(frozen=True)
class World:
    """One simulated district.

    persons: person, surname, given_name, name, former_name, sex_code, birth_date, birth_registered_date, ethnicity,
        identity_number (18 characters, prefix 359901 or 359921 by age), has_number (false for the unregistered newborn),
        is_local (stands on the household register), book, book_relation_code (GB/T 4761 to the book's head), village_code,
        village_name, town_code, town_name, group_number, house_number (all of the book), dwelling (who lives together, also
        the away; the insurance family), residence_village_code, residence_village_name, residence_town_name,
        residence_group_number, residence_house_number (all of the dwelling), is_away, father, mother, spouse, has_kin_numbers
        (whether the register entry carries the numbers of parents and spouse: mostly people born since 1990), marriage_code
        (10 20 30 40), phone, account, bank, is_insured, insurance_number, education, occupation (students of a college
        elsewhere carry 大学本科 and 学生), death_date, death_registered_date (both null while alive), moved_out_date, is_twin,
        is_married_in, is_migrant, has_rare_character, is_protected
    households: household_kind (hukou, aid, residence), household, person, from_month, to_month   (true membership; intervals)
    dibao_cases: case, head, category (城镇低保/农村低保), class_code (A类/B类/C类), cause, income_per_head (fen), members, enjoying,
        amount (fen a month), from_month, to_month (null = goes on), certificate_number, grace_until (null unless 渐退期). When a
        head dies and others go on drawing, the case ends and a new one begins under another head.
    dibao_members: case, person, relation_code, enjoys, from_month, to_month
    tekun: person, care_code (集中/分散), institution, self_care (全自理/半护理/全护理), basic (fen), care (fen), carer (person or null),
        from_month, to_month, account
    disabilities: person, kind (肢体 …), kind_digit (1-7), grade (1-4), certificate_number, issued_date, valid_to,
        state (正常/冻结/注销/迁出), guardian
    students: person, school, stage (学前/小学/初中/高中/中职; college is elsewhere and on no roll), grade, class_name, boarding,
        state (在读/转出/休学/毕业), from_date, to_date
    bills: bill, person, settlement_number, visit_kind (住院/普通门诊/特殊门诊), hospital, hospital_level, admission_date, discharge_date,
        disease, icd, total, in_policy, deductible, basic, major, medical_aid, commercial, self_pay (fen), paid_date,
        mode (即时结报/事后报销), payee, is_reversal (negative amounts net an earlier settlement number: reversed_number)
    payments: payment, programme_code, person (beneficiary; the head for household amounts), case (dibao case or null), department, kind
        (code of BENEFIT_KINDS), from_month, to_month, amount (fen), paid_date, cause, bill (or null), event (or null), case_number,
        fund, donor, payee, account, is_returned, return_reason, quarter or semester text where the roll needs it: period_text
    events: event, person, cause (火灾/交通事故/突发重病/支出突增/其他), event_date, loss (fen)
    leads: lead, person, kind (急难/重病/事故/监护缺失/纠纷), reported_date, grid_number, state (待办/处理中/归档/废弃), text, has_number
    applications: application, person, window (村/镇/区), received_date, programme_code, cause, forwarded_to, due_date, closed_date,
        result (批准/不予批准/退回补正/转介 or null), amount, lead (or null)
    housing: person (applicant), spouse, members (list of person), form (实物/补贴), dwelling_number, area, rent (fen), subsidy (fen),
        from_date, to_date
    findings: rule_id, label (true/lookalike), case_kind (planted, organic, or the name of the lawful pattern), person, other_person,
        programme_code, other_programme_code, from_month, to_month, excess (fen or null), known_month
    community, livelihoods, belongings: further frames, described where they are built
    """

    months: tuple[str, ...]
    persons: pl.DataFrame
    households: pl.DataFrame
    dibao_cases: pl.DataFrame
    dibao_members: pl.DataFrame
    tekun: pl.DataFrame
    disabilities: pl.DataFrame
    students: pl.DataFrame
    bills: pl.DataFrame
    payments: pl.DataFrame
    events: pl.DataFrame
    leads: pl.DataFrame
    applications: pl.DataFrame
    housing: pl.DataFrame
    findings: pl.DataFrame
    community: Community
    livelihoods: Livelihoods
    belongings: Belongings
