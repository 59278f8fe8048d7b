"""The command line `tuodi`: thin verbs.

Belongs here: options, exit codes and the one catcher of expected trouble. Does not belong here: work; every verb hands over to
`pipelines.verbs`, which is imported only when a verb runs so that `--help` answers at once.
"""

import errno
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from registry.errors import RegistryError
from registry.schema.text import Language, Text

UNUSABLE = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError)
UNUSABLE_NUMBERS = (errno.EROFS, errno.ENOSPC, errno.ENAMETOOLONG)
"""Trouble of the machine or of a path the user named, not of the program."""

app = typer.Typer(
    no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="托底 Tuodi: one household registry from many rolls; duplicate and missed aid, with evidence."
    " Exit codes: 0 ok, 1 bug, 2 usage, 3 data check, 75 busy.",
)  # fmt: skip

HomeOption = Annotated[Path, typer.Option("--home", help="Folder of the deployment.", envvar="TUODI_HOME")]
DistrictOption = Annotated[
    str, typer.Option("--district", help="Folder of a district, or the name of one that comes with Tuodi.", envvar="TUODI_DISTRICT")
]
LanguageOption = Annotated[str, typer.Option("--lang", help="zh, en or both.", envvar="TUODI_LANG")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout.")]


def _verbs() -> ModuleType:
    """Import the machinery (dagster, polars, splink) only when a verb needs it."""
    from pipelines import verbs

    return verbs


def _starting_verbs() -> ModuleType:
    """Import what starts a district only when a verb needs it."""
    from pipelines import starting_verbs

    return starting_verbs


def _review_verbs() -> ModuleType:
    """Import what reads and writes judgements only when a verb needs it."""
    from pipelines import review_verbs

    return review_verbs


def _template_verbs() -> ModuleType:
    """Import what the owners of rolls use only when a verb needs it."""
    from pipelines import template_verbs

    return template_verbs


def _proposing_verbs() -> ModuleType:
    """Import what reading an unknown file needs only when one is read."""
    from pipelines import proposing_verbs

    return proposing_verbs


def _pair_verbs() -> ModuleType:
    """Import what takes a pair apart only when a verb needs it."""
    from pipelines import pair_verbs

    return pair_verbs


@app.command()
def demo(
    people: Annotated[int, typer.Option(help="Residents of the made-up district.", min=1000)] = 36000,
    month: Annotated[str, typer.Option(help="Month to run, YYYY-MM.")] = "2016-06",
    seed: Annotated[int, typer.Option(help="Seed of the simulation.", min=0)] = 1,
    out: Annotated[Path, typer.Option(help="Folder for deliveries, home and reports.")] = Path("demo"),
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
) -> None:
    """Simulate a made-up district, run one month, print what came of it and what to open."""
    _verbs().demo(people, month, seed, out, district, lang)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="Writes <out>/<month>/<department>/… and <out>/truth/.")],
    people: Annotated[int, typer.Option(help="Residents.", min=1000)] = 36000,
    months: Annotated[str, typer.Option(help="A:B, both included.")] = "2016-01:2016-12",
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.", min=0)] = 1,
    noise: Annotated[str, typer.Option(help="low, normal, high, or a YAML file of defect rates.")] = "normal",
    district: DistrictOption = "q_district",
    json: JsonOption = False,
) -> None:
    """Write the deliveries of a made-up district, with the truth beside them."""
    _verbs().simulate(out, people, months, seed, noise, district, json)


@app.command("run")
def run_command(
    home: HomeOption,
    inbox: Annotated[Path, typer.Option(help="Folder with <month>/<department>/<files>.", envvar="TUODI_INBOX")],
    month: Annotated[str | None, typer.Option(help="One month, YYYY-MM.")] = None,
    months: Annotated[str | None, typer.Option(help="Several months A:B, run one after the other.")] = None,
    accept: Annotated[str | None, typer.Option(help="Let blocked deliveries pass for this reason; it is logged with your name.")] = None,
    accept_roll: Annotated[list[str] | None, typer.Option(help="Only this roll, such as R08; may be given several times.")] = None,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
    json: JsonOption = False,
) -> None:
    """Run one month, or several in order, from deliveries to reports."""
    _verbs().run(home, inbox, (month, months), (accept, accept_roll or []), district, lang, json)


@app.command()
def evaluate(
    home: HomeOption,
    truth: Annotated[Path, typer.Option(help="The truth/ folder of a simulation.")],
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
    json: JsonOption = False,
) -> None:
    """Judge all months run against the hidden truth, with the naive join beside."""
    _verbs().evaluate(home, truth, district, lang, json)


@app.command()
def report(
    home: HomeOption,
    month: Annotated[str | None, typer.Option(help="Month to write again; the latest when absent.")] = None,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
    json: JsonOption = False,
) -> None:
    """Write a month's workbooks and overview again, and print where they are."""
    _verbs().report(home, month, district, lang, json)


@app.command()
def explain(
    finding_id: Annotated[str, typer.Argument(help="A finding as in the workbook, F…; or a person, profile or mention id.")],
    home: HomeOption,
    other_id: Annotated[
        str | None, typer.Argument(help="A second person, profile or mention id: why are the two one person, or not?")
    ] = None,
    month: Annotated[str | None, typer.Option(help="As of this month; the latest when absent.")] = None,
    out: Annotated[Path | None, typer.Option(help="Of two ids: also write the waterfall of weights, .svg or .html.")] = None,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
) -> None:
    """Show one finding: both sides month by month, source rows, link path, rule; or why two ids are one person or two."""
    if other_id is None:
        _verbs().explain(home, finding_id, month, district, lang)
    else:
        _pair_verbs().explain_pair(home, (finding_id, other_id), month, out, district, lang)


review_app = typer.Typer(
    no_args_is_help=True, help="Uncertain pairs for readers: lists out, verdicts in, agreement.", rich_markup_mode=None
)
app.add_typer(review_app, name="review")


@review_app.command("export")
def review_export(
    home: HomeOption,
    out: Annotated[Path, typer.Option(help="Workbook to write, .xlsx.")],
    month: Annotated[str | None, typer.Option(help="Month of the pairs; the latest when absent.")] = None,
    html: Annotated[Path | None, typer.Option(help="Also write this page, to read or print.")] = None,
    reader: Annotated[str, typer.Option(help="Who will read; pairs this reader has read are left out.")] = "",
    limit: Annotated[int | None, typer.Option(help="At most so many pairs.", min=1)] = None,
    show_scores: Annotated[
        bool, typer.Option("--show-scores", help="Show what the model thinks; readers then no longer judge blind.")
    ] = False,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
) -> None:
    """Write the uncertain pairs side by side, as a workbook with a drop-down for the verdict."""
    _review_verbs().export_reviews(home, month, (out, html), reader, limit, district, lang, shows_scores=show_scores)


@review_app.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(help="Filled-in workbook or CSV file.", exists=True, dir_okay=False)],
    home: HomeOption,
    reader: Annotated[str | None, typer.Option(help="Reader of rows that name none.")] = None,
    date: Annotated[
        str | None, typer.Option(help="Day of rows that name none, YYYY-MM-DD; the day the file was saved when absent.")
    ] = None,
    month: Annotated[str | None, typer.Option(help="Month of rows that name none; the latest when absent.")] = None,
    revise: Annotated[
        bool, typer.Option("--revise", help="Let a reader's new verdict replace the earlier one; both stay on record.")
    ] = False,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
) -> None:
    """Read verdicts back; a file with a mistake is refused whole, with every cell named."""
    _review_verbs().import_reviews(home, file, reader, date, month, district, lang, revises=revise)


@review_app.command("status")
def review_status(
    home: HomeOption, district: DistrictOption = "q_district", lang: LanguageOption = "both", json: JsonOption = False
) -> None:
    """Show what is settled, what waits for whom, and how far readers agree."""
    _review_verbs().review_status(home, district, lang, as_json=json)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Empty or new folder.")],
    name: Annotated[str | None, typer.Option(help="Name of the district; default: that of the folder.")] = None,
    lang: LanguageOption = "zh",
) -> None:
    """Start a new district: a folder of declarations with a small made-up inbox, which runs as it stands."""
    _starting_verbs().init(folder, name, lang)


@app.command()
def schema(out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("docs/reference")) -> None:
    """Write the JSON Schemas of the declared files, for editors."""
    _starting_verbs().schema(out)


@app.command()
def doctor(
    home: Annotated[Path | None, typer.Option("--home", help="Folder of the deployment.", envvar="TUODI_HOME")] = None,
    inbox: Annotated[Path | None, typer.Option(help="Folder of deliveries.", envvar="TUODI_INBOX")] = None,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
    json: JsonOption = False,
) -> None:
    """Look whether everything needed is in place; each problem comes with the command that mends it."""
    _verbs().doctor(home, inbox, district, lang, json)


@app.command()
def propose(
    file: Annotated[Path, typer.Argument(help="A file nobody has declared yet, of any format that is read.")],
    roll: Annotated[str, typer.Option("--roll", help="Name of the new roll: small letters, digits, underscores.")],
    department: Annotated[str | None, typer.Option(help="Whose roll it is; default: the folder the file lies in.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; default: rolls/<roll>.yml of the district.")] = None,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
) -> None:
    """Write a first declaration of an unknown file, with the confidence of every column and the reason."""
    _proposing_verbs().propose(file, roll, department, district, out, lang)


@app.command()
def template(
    roll: Annotated[str, typer.Option("--roll", help="Name or code of a roll, such as R06.")],
    out: Annotated[Path, typer.Option(help="Workbook to write, .xlsx.")],
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
) -> None:
    """Write an empty workbook for the owner of a roll: heads, drop-downs, hints, a dictionary with examples."""
    _template_verbs().write_template(roll, out, district, lang)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A roll about to be sent, of any format that is read.")],
    roll: Annotated[str | None, typer.Option("--roll", help="Name or code; told by file name, else by the heads, when absent.")] = None,
    month: Annotated[str | None, typer.Option(help="Month it is for, YYYY-MM; default: the latest its title or name states.")] = None,
    out: Annotated[Path | None, typer.Option(help="Copy with comments, .xlsx; default: <file>_checked.xlsx here.")] = None,
    district: DistrictOption = "q_district",
    lang: LanguageOption = "both",
) -> None:
    """Check a roll before it is sent, without a home or a network; write it back with a comment on each cell to look at."""
    _template_verbs().check(file, (roll, month), out, district, lang)


@app.command()
def digest(
    home: HomeOption,
    month: Annotated[str | None, typer.Option(help="The latest published month when absent.")] = None,
) -> None:
    """Print one content digest of the published tables: equal for equal content, whatever the file's bytes."""
    _verbs().digest(home, month)


def run() -> None:
    """Run the command line; expected trouble becomes one line and its exit code, a bug keeps its traceback."""
    os.umask(0o077)
    try:
        app()
    except RegistryError as error:
        typer.secho(f"tuodi: {error.show(_language_of(sys.argv))}", fg="red", err=True)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        if not isinstance(error, UNUSABLE) and error.errno not in UNUSABLE_NUMBERS:
            raise
        reason = Text(f"无法使用“{error.filename}”：{error.strerror}；请检查路径、权限与磁盘空间",
                      f"cannot use '{error.filename}': {error.strerror}; check the path, its permissions and the free disk")  # fmt: skip
        typer.secho(f"tuodi: {reason.show(_language_of(sys.argv))}", fg="red", err=True)
        raise SystemExit(2) from None


def _language_of(arguments: list[str]) -> str:
    """Return the language asked for on the command line or by the environment."""
    given = [value for option, value in zip(arguments, arguments[1:], strict=False) if option == "--lang"]
    wanted = given[-1] if given else os.environ.get("TUODI_LANG", "both")
    return wanted if wanted in set(Language) else Language.BOTH
