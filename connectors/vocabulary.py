"""What heads mean: those of the rolls a district has declared, and the words offices everywhere write over their columns.

Belongs here: head -> kind, usual column name, role of the person meant. Does not belong here: what the cells say
(`registry.likeness`), the decision (`connectors.inference`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from connectors.mapping import normalise_head
from registry.roll import Roll

IGNORED: Final = "ignore"
KNOWN, WORDED = 0.9, 0.7
"""How far a head is believed that some roll has declared, and one that only contains a telling word."""

ROLE_WORDS: Final = (
    ("payee", r"代领|领款人|代理人|受托人|payee|collected by|proxy"),
    ("account_holder", r"开户[人名姓]|^户名|账户名|持卡人|account ?holder|name on account"),
    ("guardian", r"监护人|家长|guardian|\bparent\b"),
    ("carer", r"照[料护顾]人|护理人|carer|caregiver"),
    ("spouse", r"配偶|女方|丈夫|妻子|spouse|husband|wife|partner"),
    ("father", r"父亲|father"),
    ("mother", r"母亲|生母|mother"),
    (
        "clerk",
        r"经[办手]人|网格员|证明人|帮扶人|志愿者|审核人|填[表报]人|录入人|联系人|家庭医生|办理人|受理人|case ?worker|officer|clerk"
        r"|recorded by|doctor|teacher",
    ),
    ("donor", r"捐[赠款助]人|捐赠[方者]|donor"),
    ("member", r"家庭保障人|家庭成员|共同生活|保障人|household member|family member|^member|dependan?t"),
    ("head", r"户主|户长|head of (?:household|family)|householder|hoh\b|^head\b"),
    ("applicant", r"申请人|申办人|发起人|家属|亲属|丧属|next of kin|informant|applicant|claimant"),
    (
        "subject",
        r"受[助益]人|残疾人|学生|儿童|患者|对象|老人|死者|逝者|当事人|农户|本人|矫正|beneficiary|recipient|patient"
        r"|student|pupil|child|client",
    ),
)
"""Whose column it is, by words in its head; the first that fits."""

KIND_WORDS: Final = (
    (IGNORED, r"^(?:序号|编?号?no\.?|#|行号|s/?n|serial(?: ?no\.?)?|row|顺序号)$|曾用名|盖章|签[名字]|指印|photo|signature"),
    ("relation", r"关系|称谓|relation"),
    ("certificate", r"残疾人?证号|残疾证|disability (?:card|certificate) (?:no|number)"),
    (
        "category",
        r"证件?类[型别]|是否|类型|类别|方式|状态|等级|性质|原因|结果|项目$|险种|病种类|档次|户别"
        r"|^(?:.* )?(?:type|kind|status|category|reason|scheme|programme?|outcome|result|cause|class|band|method)$|^is "
        r"|\by/n\b|yes/no",
    ),
    (
        "identity_number",
        r"身份证|身份号码|证件号|公民身份|sfzh|^证号|居民证|\bids?\b|identity|national (?:id|number|insurance)|\bssn\b"
        r"|\bnino?\b|social security|passport",
    ),
    ("account", r"[账帐]号|卡号|存折号|银行卡|[账帐]户$|account|iban|card (?:no|number)"),
    ("phone", r"电话|手机|联系方式|phone|mobile|\btel\b|cell|contact (?:no|number)"),
    ("sex", r"性别|^sex\b|gender"),
    ("age", r"年龄|周岁|^age\b|\bage$"),
    ("count", r"人数|次数|月数|户数|人口|天数|数量$|count|number of|no\. of|how many|household size|family size|months$"),
    ("period", r"季度|学期|学年|^年度|期间|起止|发放年月|所属期|quarter|semester|\bterm\b|school year|period|fiscal year"),
    ("month", r"年月|月份|^month\b|\bmonth$"),
    ("date", r"日期|时间|生日|出生|日$|时限|有效期|\bdate\b|\bdob\b|d\.o\.b|born|birth|\bon$|\bfrom$|\buntil$|deadline|expir"),
    ("text", r"单号|编号|案号|参合证|医疗证|证书|reference (?:no|number)|\bref\b|case (?:no|number|id)"),
    (
        "amount",
        r"金额|费用|费$|款$|元|补[贴助偿差]|津贴|标准|工资|薪|收入|报销|自[付负理]|支出|合计|[实应]发|养老金|租金|基数"
        r"|价值|损失|缴存额|救助金|保障金|资本|amount|total|\bpaid\b|payment|\bcosts?\b"
        r"|grant|\bprice\b|income|\bwages?\b|\brent\b|benefit|allowance"
        r"|\bsum\b|award|value|balance|fee",
    ),
    ("address", r"住?址|住所|坐落|地点|address|street|residence"),
    (
        "place",
        r"镇|街道|村|社区|居委|区划|所在地|户籍地|乡|place|village|town|ward|parish|community|district|borough|county"
        r"|settlement|\barea\b",
    ),
    (
        "name",
        r"姓名|名字|户主$|户名|配偶$|[父母]亲$|人$|受助|对象$|学生$|家长$|head of (?:household|family)$|^parent$|\bsuffix\b|^middle\b|jr/sr"
        r"|name|surname|payee$|guardian$|applicant$"
        r"|beneficiary$|recipient$|patient$|student$|pupil$|child$|spouse$|mother$|father$|carer$|householder$|claimant$",
    ),
    (
        "text",
        r"备注|说明|学校|医院|单位|机构|疾病|诊断|病种|描述|反馈|意见|编号|单号|民族|school|hospital|remark|note"
        r"|reference|comment|disease|illness|diagnosis|description|\bno\b|number|\bref\b",
    ),
)
"""What a column holds, by words in its head; the first that fits."""

USUAL_NAMES: Final = (
    ("household_number", r"户号|户口簿号|家庭编号|家庭序号|household (?:no|number|id)|family (?:no|number|id)|case household"),
    ("birth_date", r"出生|生日|birth|dob|d\.o\.b|born"),
    ("death_date", r"死亡日期|去世|date of death|died"),
    ("paid_date", r"发放日期|发放时间|支付日期|拨付日期|paid on|date paid|payment date|paid date"),
    ("approved_date", r"审批|批准|approv|award"),
    ("applied_date", r"申请日期|受理日期|上报|appl|received|reported"),
    ("start_month", r"起[发始]年月|开始年月|start month"),
    ("end_month", r"止[发]?年月|结束年月|end month"),
    ("from_date", r"开始|起始|入院|start|from|admitted|admission"),
    ("to_date", r"结束|截止|终止|出院|止$|end|until|discharg|expir"),
    ("quarter", r"季度|quarter"),
    ("semester", r"学期|semester|term"),
    ("school_year", r"学年|school year"),
    ("town", r"镇|街|乡|town|borough|district"),
    ("village", r"村|社区|居|village|ward|parish|community"),
    ("school", r"学校|school"),
    ("hospital", r"医院|hospital"),
    ("disease", r"病|诊断|disease|illness|diagnosis"),
    ("programme", r"项目|救助类[别型]|补贴类[别型]|险种|programme?|scheme|benefit type"),
    ("cause", r"原因|事由|cause|reason"),
    ("state", r"状态|status"),
    ("mode", r"方式|method"),
    ("number", r"编号|单号|案号|\bno\b|number|\bref"),
    ("remark", r"备注|说明|remark|note|comment"),
    ("ethnicity", r"民族|ethnic"),
)
"""Column names data teams use, by words in the head."""

NAME_PARTS: Final = (
    ("middle", r"middle name|^middle\b|middle initial|second name"),
    ("given", r"first name|given name|forename|christian name"),
    ("surname", r"last name|surname|family name"),
    ("suffix", r"suffix|jr/sr"),
)


@dataclass(frozen=True)
class Vocabulary:
    """Heads some roll has declared.

    columns: normalised head -> how often it was declared as (kind, column name)
    lookups: normalised head -> the lookup its rolls turn its categories into codes with
    ignored: normalised heads rolls have decided out of scope
    """

    columns: Mapping[str, Counter[tuple[str, str]]]
    lookups: Mapping[str, Mapping[str, str]]
    ignored: Counter[str]

    def knows(self, head: str) -> bool:
        """Tell whether a head is one: declared somewhere, or made of the words heads are made of."""
        plain = normalise_head(head)
        return plain in self.columns or plain in self.ignored or (len(head) <= 32 and find_kind_word(head) is not None)


@dataclass(frozen=True)
class HeadSense:
    """What a head alone says: kind (or IGNORED), usual name, how far to believe it, in how many rolls it was declared."""

    kind: str
    name: str
    sureness: float
    roll_count: int


def build_vocabulary(rolls: Iterable[Roll]) -> Vocabulary:
    """Return the heads of all rolls; each roll counts once."""
    columns: dict[str, Counter[tuple[str, str]]] = {}
    lookups: dict[str, dict[str, str]] = {}
    ignored: Counter[str] = Counter()
    for roll in rolls:
        for name, column in roll.columns.items():
            for head in map(normalise_head, column.heads):
                columns.setdefault(head, Counter())[column.kind, name] += 1
                if column.lookup is not None:
                    lookups.setdefault(head, {}).update(roll.lookups[column.lookup])
        ignored.update(map(normalise_head, roll.ignore))
    return Vocabulary(columns, lookups, ignored)


def read_head(label: str, vocabulary: Vocabulary) -> HeadSense | None:
    """Return what a head says, None when it says nothing."""
    plain = normalise_head(label)
    declared = vocabulary.columns.get(plain, Counter())
    if declared and declared.total() * 2 >= vocabulary.ignored[plain]:
        kinds: Counter[str] = Counter()
        for (kind, _), count in declared.items():
            kinds[kind] += count
        kind = min(kinds, key=lambda each: (-kinds[each], each))
        names = {name: count for (each, name), count in declared.items() if each == kind}
        return HeadSense(kind, min(names, key=lambda each: (-names[each], each)), KNOWN, declared.total())
    worded = find_kind_word(label)
    if vocabulary.ignored[plain]:
        return HeadSense(IGNORED, worded or "text", KNOWN, vocabulary.ignored[plain])
    return HeadSense(worded, "", WORDED, 0) if worded else None


def find_kind_word(label: str) -> str | None:
    """Return the kind the words of a head speak of."""
    plain = _words(label)
    return next((kind for kind, pattern in KIND_WORDS if re.search(pattern, plain)), None)


def find_role(label: str) -> tuple[str, int]:
    """Return role and position a head speaks of; `subject` when it names nobody in particular."""
    plain = _words(label)
    role = next((role for role, pattern in ROLE_WORDS if re.search(pattern, plain)), "subject")
    number = re.search(r"(\d{1,2})\D*$", plain)
    return role, int(number[1]) if number and role == "member" else 0


def find_part(label: str) -> str | None:
    """Return which part of a name a column holds, None for a whole name."""
    return next((part for part, pattern in NAME_PARTS if re.search(pattern, _words(label))), None)


def find_usual_name(label: str) -> str | None:
    """Return the name data teams give such a column."""
    return next((name for name, pattern in USUAL_NAMES if re.search(pattern, _words(label))), None)


def _words(label: str) -> str:
    """Return a head as patterns read it: Chinese without spaces and marks, other scripts in small letters with single spaces."""
    if re.search(r"[\u3400-\u9fff]", label):
        return normalise_head(label)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ")
    return " ".join(spaced.casefold().replace("*", " ").split())
