"""Every code list of the house, once, with its titles.

Belongs here: closed lists the code itself relies on. Does not belong here: programmes, departments, places and
anything else a district decides (those are data under `districts/`).
"""

from typing import Final

from registry.schema.text import Text

Codes = dict[str, Text]

ROLES: Final[Codes] = {
    "subject": Text("受益人", "beneficiary"),
    "head": Text("户主", "head of household"),
    "applicant": Text("申请人", "applicant"),
    "spouse": Text("配偶", "spouse"),
    "father": Text("父亲", "father"),
    "mother": Text("母亲", "mother"),
    "member": Text("家庭成员", "household member"),
    "guardian": Text("监护人", "guardian"),
    "carer": Text("照料人", "carer"),
    "payee": Text("领款人", "payee"),
    "account_holder": Text("账户持有人", "account holder"),
    "clerk": Text("经办人", "clerk"),
    "donor": Text("捐赠人", "donor"),
}
"""Whose name stands in a column (domain.md §4.6). Only `subject` and `member` carry aid; the others explain a row."""

IDENTITY_STATES: Final[Codes] = {
    "valid": Text("有效", "valid"),
    "repaired": Text("据其他名册补全", "completed from other rolls"),
    "missing": Text("空缺", "missing"),
    "placeholder": Text("占位值", "placeholder"),
    "checksum_failed": Text("校验位不符", "check digit fails"),
    "impossible": Text("出生日期不可能", "impossible birth date inside"),
    "wrong_length": Text("位数不对", "wrong length"),
    "excel_damaged": Text("被电子表格损坏", "damaged by a spreadsheet"),
    "masked": Text("已脱敏", "masked"),
    "other_paper": Text("其他证件", "another kind of paper"),
    "not_this_person": Text("疑为他人号码", "looks like another person's number"),
}
"""GB 11643 number as delivered. `not_this_person`: set by linkage when name and number contradict the register, and for a child
listed under the number of the adult it is named after (X之女)."""

DATE_PRECISIONS: Final[Codes] = {
    "day": Text("日", "day"),
    "month": Text("月", "month"),
    "year": Text("年", "year"),
    "age": Text("由年龄推算", "derived from age"),
}

SEXES: Final[Codes] = {"1": Text("男", "male"), "2": Text("女", "female")}
"""GB/T 2261.1; unknown is null."""

KINSHIP: Final[Codes] = {
    "01": Text("本人", "self"),
    "02": Text("户主", "head"),
    "10": Text("配偶", "spouse"),
    "11": Text("夫", "husband"),
    "12": Text("妻", "wife"),
    "20": Text("子", "son"),
    "21": Text("独生子", "only son"),
    "22": Text("长子", "eldest son"),
    "23": Text("次子", "second son"),
    "24": Text("三子", "third son"),
    "25": Text("四子", "fourth son"),
    "26": Text("五子", "fifth son"),
    "27": Text("养子或继子", "adopted or step son"),
    "28": Text("女婿", "son-in-law"),
    "29": Text("其他儿子", "other son"),
    "30": Text("女", "daughter"),
    "31": Text("独生女", "only daughter"),
    "32": Text("长女", "eldest daughter"),
    "33": Text("次女", "second daughter"),
    "34": Text("三女", "third daughter"),
    "35": Text("四女", "fourth daughter"),
    "36": Text("五女", "fifth daughter"),
    "37": Text("养女或继女", "adopted or step daughter"),
    "38": Text("儿媳", "daughter-in-law"),
    "39": Text("其他女儿", "other daughter"),
    "40": Text("孙辈", "grandchild"),
    "41": Text("孙子", "grandson"),
    "42": Text("孙女", "granddaughter"),
    "43": Text("外孙子", "daughter's son"),
    "44": Text("外孙女", "daughter's daughter"),
    "45": Text("孙媳妇或外孙媳妇", "grandson's wife"),
    "46": Text("孙女婿或外孙女婿", "granddaughter's husband"),
    "47": Text("曾孙辈", "great-grandchild"),
    "48": Text("曾孙女或外曾孙女", "great-granddaughter"),
    "49": Text("其他孙辈", "other grandchild"),
    "50": Text("父母", "parent"),
    "51": Text("父亲", "father"),
    "52": Text("母亲", "mother"),
    "53": Text("公公", "husband's father"),
    "54": Text("婆婆", "husband's mother"),
    "55": Text("岳父", "wife's father"),
    "56": Text("岳母", "wife's mother"),
    "57": Text("继父或养父", "step or adoptive father"),
    "58": Text("继母或养母", "step or adoptive mother"),
    "59": Text("其他父母关系", "other parent"),
    "60": Text("祖辈", "grandparent"),
    "61": Text("祖父", "grandfather"),
    "62": Text("祖母", "grandmother"),
    "63": Text("外祖父", "mother's father"),
    "64": Text("外祖母", "mother's mother"),
    "65": Text("配偶的祖辈", "spouse's grandparent"),
    "66": Text("曾祖父", "great-grandfather"),
    "67": Text("曾祖母", "great-grandmother"),
    "68": Text("配偶的曾祖辈", "spouse's great-grandparent"),
    "69": Text("其他祖辈", "other grandparent"),
    "70": Text("兄弟姐妹", "sibling"),
    "71": Text("兄", "elder brother"),
    "72": Text("嫂", "elder brother's wife"),
    "73": Text("弟", "younger brother"),
    "74": Text("弟媳", "younger brother's wife"),
    "75": Text("姐姐", "elder sister"),
    "76": Text("姐夫", "elder sister's husband"),
    "77": Text("妹妹", "younger sister"),
    "78": Text("妹夫", "younger sister's husband"),
    "79": Text("其他兄弟姐妹", "other sibling"),
    "80": Text("其他", "other"),
    "81": Text("伯父", "father's elder brother"),
    "82": Text("伯母", "father's elder brother's wife"),
    "83": Text("叔父", "father's younger brother"),
    "84": Text("婶母", "father's younger brother's wife"),
    "85": Text("舅父", "mother's brother"),
    "86": Text("舅母", "mother's brother's wife"),
    "87": Text("姨父", "mother's sister's husband"),
    "88": Text("姨母", "mother's sister"),
    "89": Text("姑父", "father's sister's husband"),
    "90": Text("姑母", "father's sister"),
    "91": Text("堂兄弟姐妹", "cousin on the father's side"),
    "92": Text("表兄弟姐妹", "other cousin"),
    "93": Text("侄子", "nephew"),
    "94": Text("侄女", "niece"),
    "95": Text("外甥", "sister's son"),
    "96": Text("外甥女", "sister's daughter"),
    "97": Text("其他亲属", "other kin"),
    "99": Text("非亲属", "not kin"),
}
"""GB/T 4761-2008, relation to the head of household."""

UNITS: Final[Codes] = {
    "P": Text("人", "person"),
    "H": Text("户", "household"),
    "B": Text("票据", "bill"),
    "C": Text("事件", "case"),
    "D": Text("房屋", "dwelling"),
}

BENEFIT_KINDS: Final[Codes] = {
    "regular": Text("正常发放", "regular"),
    "entitlement": Text("享受资格", "entitlement without its own amount"),
    "arrears": Text("补发", "arrears"),
    "recovery": Text("追缴冲减", "recovery"),
    "advance": Text("先行救助", "advance"),
    "reversal": Text("冲销", "reversal"),
    "funeral": Text("丧葬费", "funeral payment"),
    "grace": Text("渐退期", "grace period"),
    "in_kind": Text("实物", "in kind"),
    "returned": Text("退票", "returned by the bank"),
}

NEED_KINDS: Final[Codes] = {
    "bill": Text("医疗费用", "medical bill"),
    "illness": Text("重大疾病", "grave illness"),
    "event": Text("突发事件", "sudden event"),
    "schooling": Text("就学", "schooling"),
    "housing": Text("住房", "housing"),
    "care": Text("照护", "care"),
}

STATUS_KINDS: Final[Codes] = {
    "registered": Text("户籍在册", "on the household register"),
    "cancelled": Text("户籍注销", "registration cancelled"),
    "dead": Text("死亡", "dead"),
    "disabled": Text("持残疾证", "holds a disability certificate"),
    "disability_inactive": Text("残疾证未生效", "disability certificate not in force"),
    "enrolled": Text("学籍在读", "enrolled at school"),
    "insured": Text("参合", "insured"),
    "housed": Text("公租房保障", "in public housing"),
    "detained": Text("服刑或强制戒毒", "detained"),
    "community_correction": Text("社区矫正", "community correction"),
    "grace_until": Text("渐退期截止", "grace period until"),
    "protected": Text("受保护", "protected"),
    "contributing": Text("缴纳社会保险", "contributes to social insurance"),
    "pensioned": Text("领取养老金", "draws a pension"),
    "unemployed": Text("登记失业", "registered unemployed"),
    "job_placed": Text("公益性岗位在岗", "in a public welfare job"),
    "salaried": Text("财政统发工资", "salaried by the treasury"),
    "official_kin": Text("村干部近亲属备案", "declared kin of a village official"),
    "housing_fund": Text("缴存住房公积金", "pays into the housing fund"),
    "property": Text("名下不动产", "owns real estate"),
    "vehicle": Text("名下机动车", "owns a motor vehicle"),
    "business": Text("名下市场主体", "owns or represents a business"),
    "married": Text("结婚登记", "marriage registered"),
    "divorced": Text("离婚登记", "divorce registered"),
    "cremated": Text("火化", "cremated"),
    "born": Text("出生医学证明", "birth certified"),
    "death_certified": Text("死亡医学证明", "death certified by a doctor"),
    "signed_care": Text("家庭医生签约", "signed with a family doctor"),
    "grave_illness": Text("重特大疾病", "gravely ill"),
    "mental_disorder": Text("严重精神障碍管理", "managed severe mental disorder"),
    "resettled": Text("安置帮教", "released, resettlement support"),
    "child_in_difficulty": Text("困境儿童", "child in difficulty"),
    "aid_changed": Text("待遇变更", "entitlement changed"),
    "donor": Text("捐赠", "gave to a named fund"),
}

CASE_KINDS: Final[Codes] = {
    "application": Text("申请", "application"),
    "lead": Text("线索", "lead"),
    "referral": Text("转介", "referral"),
    "crowdfunding": Text("众筹", "crowdfunding"),
}

RELATION_KINDS: Final[Codes] = {
    "spouse": Text("配偶", "spouse"),
    "parent": Text("父母", "parent"),
    "child": Text("子女", "child"),
    "guardian": Text("监护人", "guardian"),
    "carer": Text("照料人", "carer"),
    "payee": Text("领款人", "payee"),
    "head": Text("户主", "head"),
    "kin": Text("亲属", "kin"),
}

HOUSEHOLD_KINDS: Final[Codes] = {
    "hukou": Text("户籍户", "registration household"),
    "aid": Text("救助家庭", "aid household"),
    "residence": Text("居住户", "residence household"),
}

SEVERITIES: Final[Codes] = {"H": Text("高", "high"), "M": Text("中", "medium"), "L": Text("低", "low")}

CONFIDENCES: Final[Codes] = {"high": Text("高", "high"), "medium": Text("中", "medium"), "low": Text("低", "low")}

FINDING_KINDS: Final[Codes] = {
    "duplicate": Text("疑似重复救助", "possible duplicate aid"),
    "missed": Text("疑似遗漏救助", "possible missed aid"),
    "link_review": Text("身份关联待核", "link to review"),
}

FINDING_STATES: Final[Codes] = {
    "new": Text("新增", "new"),
    "issued": Text("已下发", "issued"),
    "open": Text("待核", "open"),
    "closed": Text("已销号", "closed"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "reopened": Text("重新打开", "reopened"),
}

VERDICTS: Final[Codes] = {
    "confirmed": Text("属实", "confirmed"),
    "partly": Text("部分属实", "partly confirmed"),
    "refuted": Text("不属实", "not so"),
    "lawful": Text("政策允许", "lawful"),
    "data_error": Text("数据错误", "data error"),
    "open": Text("待核", "open"),
}

IDENTITY_VERDICTS: Final[Codes] = {
    "same": Text("同一人", "same person"),
    "different": Text("不是同一人", "not the same person"),
    "unsure": Text("无法判断", "cannot tell"),
}
"""What a reader says of two sides laid beside each other; `unsure` links nothing and forbids nothing."""

REASONS: Final[Codes] = {
    "EMPTY_FILE": Text("文件没有数据", "the file holds no data"),
    "NOT_A_SPREADSHEET": Text("扩展名与内容不符", "the content is not what the extension says"),
    "UNREADABLE": Text("文件无法读取", "the file cannot be read"),
    "UNKNOWN_FILE": Text("不属于任何名册", "belongs to no declared roll"),
    "BAD_ENCODING": Text("字符编码无法识别", "the text encoding cannot be told"),
    "HEADER_NOT_FOUND": Text("找不到表头", "no header row found"),
    "HEADER_UNKNOWN": Text("有未声明的列", "columns nobody declared"),
    "HEADER_MISSING": Text("缺少声明的列", "declared columns are absent"),
    "HEADER_TWICE": Text("同一列出现两次", "one column stands twice"),
    "WRONG_UNIT": Text("金额单位不符", "amounts in another unit"),
    "CONTENT_MISMATCH": Text("列内容与表头不符", "the cells are not what the head says"),
    "ROW_LIMIT": Text("行数恰为电子表格上限", "exactly as many rows as a spreadsheet can hold"),
    "DUPLICATE_FILE": Text("与另一文件完全相同", "the same file twice"),
    "HIDDEN_SHEET": Text("隐藏的工作表未读取", "a hidden sheet was not read"),
    "WRONG_MONTH": Text("文件月份不符", "the file speaks of another month"),
    "UNSAFE_FILE": Text("文件不安全，未打开", "not safe to open"),
    "READER_STOPPED": Text("读取进程中止", "the reading process was stopped"),
    "HIDDEN_COLUMN": Text("含隐藏列", "hidden columns"),
    "HIDDEN_ROW": Text("含隐藏或筛选掉的行", "hidden or filtered rows"),
    "MACROS_IGNORED": Text("含宏，未运行", "macros inside, never run"),
    "REPEATED_FILE": Text("与以前月份的文件完全相同", "the same file as in an earlier month"),
    "REPEATED_ROWS": Text("与上次交付的行几乎全部相同", "nearly all rows are those of the last delivery"),
    "FEWER_ROWS": Text("行数明显减少", "far fewer rows than last time"),
    "SUPERSEDED_FILE": Text("已被更新的版本取代", "replaced by a later version"),
    "DATABASE_UNREACHABLE": Text("数据库无法读取", "the database cannot be read"),
    "FIELD_COUNT": Text("单元格数与表头不符", "more or fewer cells than the header"),
    "REQUIRED_EMPTY": Text("必填项为空", "a required cell is empty"),
    "NO_PERSON": Text("没有可识别的姓名或证号", "neither a name nor a number"),
    "CATEGORY_UNKNOWN": Text("类别未登记", "a category nobody declared"),
    "DATE_UNREADABLE": Text("日期无法识别", "the date cannot be read"),
    "DATE_AMBIGUOUS": Text("日期有歧义", "the date can be read in two ways"),
    "AMOUNT_UNREADABLE": Text("金额无法识别", "the amount cannot be read"),
    "PERIOD_UNREADABLE": Text("期间无法识别", "the period cannot be read"),
    "ID_MISSING": Text("证号缺失", "no identity number"),
    "ID_INVALID": Text("证号无效", "the identity number is not valid"),
    "EXCEL_DAMAGED": Text("证号被电子表格损坏", "the number was damaged by a spreadsheet"),
    "PLACE_UNKNOWN": Text("村居无法识别", "the place is unknown"),
    "DUPLICATE_ROW": Text("重复行", "the same row twice"),
    "LINK_AMBIGUOUS": Text("多人同样可能", "several people fit equally well"),
    "LINK_WEAK": Text("证据不足", "too little evidence to link"),
    "NUMBER_CONFLICT": Text("姓名与证号登记不符", "name and number contradict the register"),
}
"""Why a file, row or cell was sent back to its owner."""

REPAIR_RULES: Final[Codes] = {
    "spelling": Text("书写形式", "odd spelling"),
    "letters": Text("字母代数字", "letters for digits"),
    "fifteen_digits": Text("15 位旧号", "old number of 15 digits"),
    "certificate": Text("残疾证号", "disability certificate number"),
    "excel_damaged": Text("被电子表格损坏", "damaged by a spreadsheet"),
    "masked": Text("已脱敏", "masked"),
    "checksum_failed": Text("校验位不符", "check digit fails"),
    "wrong_length": Text("位数不对", "wrong length"),
}
"""Why an identity number is not read as it was written (domain.md §4.5)."""

CODE_LISTS: Final[dict[str, Codes]] = {
    "role": ROLES,
    "identity_state": IDENTITY_STATES,
    "birth_precision": DATE_PRECISIONS,
    "sex": SEXES,
    "relation": KINSHIP,
    "unit": UNITS,
    "benefit_kind": BENEFIT_KINDS,
    "need_kind": NEED_KINDS,
    "status_kind": STATUS_KINDS,
    "case_kind": CASE_KINDS,
    "relation_kind": RELATION_KINDS,
    "household_kind": HOUSEHOLD_KINDS,
    "severity": SEVERITIES,
    "confidence": CONFIDENCES,
    "finding_kind": FINDING_KINDS,
    "finding_state": FINDING_STATES,
    "reason": REASONS,
    "repair_rule": REPAIR_RULES,
}
"""Code list by the stem of the `_code` column that uses it."""
