"""More than 515 hostile strings, of the classes the Big List of Naughty Strings has, and those of Chinese office files besides.

Belongs here: the strings. Does not belong here: what they are put into (cells, heads, sheet names, file names).
"""

from typing import Final

WORDS: Final = """undefined undef null NULL (null) nil NIL true false True False TRUE FALSE None none hasOwnProperty then constructor __proto__
nan NaN NAN -NaN inf Infinity -Infinity INF #N/A #REF! #NAME? #VALUE! #DIV/0! N/A n/a NA - -- --- . .. ... ? ! \\ \\\\ / // ~ ` ' " '' "" ''' ;
, : | & && || * ** % %% $ # @ ^ _ + = == === < > <> ( ) [ ] { } {} [] () ,,, ;;; ::: 空 无 未知 不详 暂无 待补 同上 〃 ″ 、 。 … —— 〇""".split()

NUMBERS: Final = """0 1 1.00 $1.00 1/2 1E2 1E02 1E+02 -1 -1.00 -$1.00 -1/2 -1E2 1/0 0/0 -2147483648/-1 0.00 0..0 0.0.0 0,00 0,,0 0.0/0 1.0/0.0 1,0/0,0
--1 -. -, 999999999999999999999999999999999999999999999999999999999999999 0x0 0xffffffff 0xffffffffffffffff 0xabad1dea 123456789012345678901234567890
1,000.00 1'000.00 1_000_000 1000000,00 01000 007123 08 09 2.2250738585072011e-308 1.7976931348623157e308 5e-324 1e400 -1e400 ٠١٢٣ ¹²³ ½ Ⅷ ㊿ 壹佰元整 〇五 １２３
+1 +86 1e5 1E5 0b11 0o17 1.5.2016 2016-02-30 0000-00-00 9999-12-31 1900-02-29 42429 359901197001010021 3.59901197001010E+17 35990119700101001X 1.0 00 -0 +0 ∞""".split()

PUNCTUATION: Final = (
    ",./;'[]\\-=", '<>?:"{}|_+', "!@#$%^&*()`~", "…æ≤≥÷", "åß∂ƒ©˙∆˚¬", "œ∑´®†¥¨ˆøπ“‘", "¡™£¢∞§¶•ªº–≠", "¸˛Ç◊ı˜Â¯˘¿", "ÅÍÎÏ˝ÓÔÒÚÆ☃", "Œ„´‰ˇÁ¨ˆØ∏”’", "`⁄€‹›ﬁﬂ‡°·‚—±",
    "⅛⅜⅝⅞", "⁰⁴⁵₀₁₂", "ด้้้้้็็็็็้้้้้็็็็็้้้้้้้้็็็็็้้้้้็็็็", "“”‘’«»‹›", "﹏﹋﹌", "①②③㈠㈡㊀㊁", "㎡㎏℃￥", "〔2016〕12号", "《办法》", "（公章）", "　前后全角　",
    "a,b", 'a"b', "a;b", "a|b", "'开头", "“中”", '"', '""', '"a', 'a"', "a''b", "--备注", "#备注", "/* */", "<!-- -->", "]]>", "<![CDATA[x]]>", "&amp;", "&#0;", "&#xD800;", "&lt;b&gt;",
    "100%", "%s", "%d%s%n", "%*.*s", "{0}", "{}{}", "{x}", "${x}", "#{x}", "$(x)", "`x`", "%PATH%", "!x!", "\\n", "\\t\\r", "\\u0000", "\\x00", "\\'", "_x000D_", "_x0000_", "_xFFFE_", "_x005F_",
)  # fmt: skip

SCRIPTS: Final = (
    "田中さんにあげて下さい", "和製漢語", "部落格", "사회과학원 어학연구소", "찦차를 타고 온 펲시맨", "울란바토르", "パーティーへ行かないか", "Ⱥ Ⱦ", "ЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВ", "ı İ i I ß ẞ",
    "الكل في المجمو عة", "בְּרֵאשִׁית", "הָיְתָה testالصفحات", "﷽", "ﷺ", "مُنَاقَشَةُ", "᚛ᚄᚓᚐᚋᚒᚄ ᚑᚄᚂᚑᚏᚅ᚜", "ᠪᠣᠰᠭᠤ", "བོད་སྐད", "ئۇيغۇر تىلى", "ꆈꌠꉙ", "ᥖᥭᥰ", "ᦟᦹᧉ",
    "ＡＢＣ", "𝐀𝐁𝐂", "𝕋𝕙𝕖", "🄰🄱🄲", "Ⓐⓑⓒ", "ʇǝxʇ", "Z̮̞̠͙͔ͅA̷͍L̫G̡O", "é", "e\u0301", "Å", "A\u030a", "ﬁ", "ｶﾞ", "が", "か\u3099", "각", "각",
    "👾 🙇 💁", "👩‍👩‍👧‍👦", "👨🏿‍⚕️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇨🇳🇺🇸", "0️⃣1️⃣", "❤️", "✋🏿", "ヽ༼ຈل͜ຈ༽ﾉ", "(╯°□°）╯︵ ┻━┻", "¯\\_(ツ)_/¯", "｀ｨ(´∀｀∩", "( ͡° ͜ʖ ͡°)",
    "㼆", "䶮", "𠮷", "𡈼", "𪚥", "龴龵龶", "㐀㐁", "𰻝", "𬴂", "吉𠮷", "喆", "堃", "玥", "昇", "阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽．买买提", "扎西 卓玛", "欧阳〇", "张\u3000三", "王\u00a0五",
    "⿰氵龙", "葛\U000e0100", "辻\ufe00", "\ue000", "\ue816", "\uf8ff", "\U000f0000", "羽\uf900", "豈更", "CJK⼀⼆", "丨丿丶", "ㄅㄆㄇ", "〆〤", "囍", "锟", "烫烫烫", "屯屯屯", "é¾™", "ÕÅÈý",
)  # fmt: skip

INVISIBLE: Final = tuple(
    f"甲{chr(point)}乙"
    for point in (
        *range(0x01, 0x09), 0x0E, 0x0F, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x180E, 0x2000, 0x2003, 0x2009, 0x200B, 0x200C, 0x200D,
        0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202D, 0x202E, 0x202F, 0x205F, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2069, 0x206A,
        0x3000, 0x3164, 0xFE0F, 0xFEFF, 0xFFF9, 0xFFFC, 0xFFFE, 0xFFFF, 0x1FFFE, 0xE0001, 0x10FFFF,
    )
)  # fmt: skip

MARKUP: Final = (
    "<script>alert(123)</script>", "&lt;script&gt;alert(1);&lt;/script&gt;", "<img src=x onerror=alert(1) />", "<svg><script>1<2</script>",
    '"><script>alert(1)</script>', "'><script>alert(1)</script>", "</script><script>alert(1)</script>", "< / script >< script >alert(1)",
    " onfocus=JaVaSCript:alert(1) autofocus", '" onfocus=x autofocus', "<scr<script>ipt>alert(1)</scr</script>ipt>", "<IMG SRC=`javascript:alert(1)`>",
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,<script>1</script>", "<iframe src=//0.0.0.0/>", "<a href='javascript:1'>x</a>",
    "<body onload=alert(1)>", "<plaintext>", "<table><tr><td>1</td></tr></table>", "</td></tr></table>", "<br>", "<style>*{x:1}</style>", "<math><mi>",
    "<div style=\"x:expression(1)\">", "<input onfocus=1>", "<xss>", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "<!ENTITY % p SYSTEM 'http://0.0.0.0/'>", "&xxe;", "%xxe;", "<x:include href='/etc/passwd'/>", "<?php echo 1 ?>", "<%= 7*7 %>", "{{7*7}}", "{% 7 %}",
    "${7*7}", "#{7*7}", "*{7*7}", "{{constructor.constructor('1')()}}", "{{ __import__('os') }}", "$.getJSON('x')", "__import__('os').system('true')", "eval('1')",
)  # fmt: skip

COMMANDS: Final = (
    "1;DROP TABLE users", "1'; DROP TABLE users-- 1", "' OR 1=1 -- 1", "' OR '1'='1", "'; EXEC sp_MSForEachTable 'DROP TABLE ?'; --", '" or ""="', "admin'--", "') OR ('1'='1",
    "%", "_", "x' AND email IS NULL; --", "1 UNION SELECT 1,2,3", "'; ATTACH 'x.db'; --", "read_csv('/etc/passwd')", '"; COPY t TO \'x\'; --', "SELECT/**/1", "0; PRAGMA version",
    "$HOME", "$ENV{'HOME'}", "`touch /tmp/x`", "$(touch /tmp/x)", "; touch /tmp/x", "| touch /tmp/x", "&& touch /tmp/x", "() { :;}; touch /tmp/x", "--help", "--version", "-rf", "-", "@{x}", ">x", "<x",
    "System(\"ls\")", "Kernel.exec(\"ls\")", "%x('ls')", "() => 1", "NaN()", "; ls -la", "../../../../etc/passwd%00", "/dev/null; true ; echo", "\r\nSet-Cookie: x=1", "%0d%0aX: 1",
    "If you're reading this, you've been in a coma", "Scunthorpe", "Roses are \x1b[0;31mred\x1b[0m", "But now\x1b[20C for my trick", "The quic\b\b\bk fox",
)  # fmt: skip

FORMULAS: Final = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://0.0.0.0\",\"x\")", "{=1+1}", "\t=1+1", "\r=1+1", " =1+1", "=", "==", "＝1+1", "=IMPORTXML(1,2)", "=WEBSERVICE(1)",
    "=DDE(\"x\",\"y\")", "+cmd|'x'!A1", "-2+3+cmd|'x'!A1", "@=1", "='file:///x'#$A.1", "=A1", "=1/0", "%0A=1", ";=1", ",=1", "'=1+1", "\"=1+1\"", "=SUM(A1:A9)*1E999", "=\u202e1", "=１＋１",
)  # fmt: skip

PATHS: Final = (
    "../", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "/etc/passwd%00", "C:\\boot.ini", "C:/x", "\\\\server\\share", "//server/share", "file:///etc/passwd", "~", "~root", "./.", ".hidden", "..", "...",
    "CON", "PRN", "AUX", "CLOCK$", "NUL", "A:", "ZZ:", "COM1", "LPT1", "con.csv", "NUL.xlsx", "aux.zip", "x.csv.exe", "x.csv::$DATA", "x\\y", "x/y", "x:y", "x*y", "x?y", 'x"y', "x<y>", "x|y", "x.", "x ", " x",
    "x\ny", "x\ty", "x\ry", "desktop.ini", "~$x", "Thumbs.db", "%2e%2e%2f", "..%c0%af", "．．／", "‥/", "[Content_Types].xml", "xl/workbook.xml", "Sheet1!A1", "'表1'!A1", "[x]y", "Ｓｈｅｅｔ", "History",
)  # fmt: skip

LONG: Final = ("长" * 32_000, "a" * 32_767, "a " * 500, "\u0300" * 200, "🙂" * 300, "-" * 255, "9" * 400, "、" * 64, "(" * 300, "[" * 300)
BLANK: Final = (
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\xa0",
    "a\nb",
    "a\r\nb",
    "a\rb",
    "a\tb",
    "a\x0bb",
    "a\x0cb",
    "\n甲",
    "甲\n",
)

EVERY: Final = (
    *WORDS, *NUMBERS, *PUNCTUATION, *SCRIPTS, *INVISIBLE, *MARKUP, *COMMANDS, *FORMULAS, *PATHS, *LONG, *BLANK,
)  # fmt: skip

NAUGHTY: Final[tuple[str, ...]] = tuple(dict.fromkeys(EVERY))
"""All of them, each once."""
