"""Reading a declarative YAML file into a frozen model, with file and line in every complaint.

Belongs here: the one YAML reader of the house, how a value is quoted, and the sentences for what a model does not accept.
Does not belong here: what the models mean (`registry.district`), whether parts of a file agree (`registry.roll_checks`).
"""

import difflib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError

from registry.errors import ConfigError
from registry.schema.text import Text

Location = tuple[str | int, ...]
COMPLAINT: Final = "complaint"
NEAR: Final = 0.55
"""How alike two names have to be before one is offered for the other."""

WORDS_OF_YAML: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
TYPES: Final = {
    "string_type": Text("应为文字（必要时加引号）", "expected text; put it in quotes"),
    "list_type": Text("应为列表，写作 [甲, 乙] 或逐行“- ”", "expected a list, such as [a, b]"),
    "dict_type": Text("应为“键: 值”", "expected keys with values"),
    "model_type": Text("应为“键: 值”", "expected keys with values"),
    "int_type": Text("应为整数，不加引号", "expected a whole number without quotes"),
    "float_type": Text("应为数字，不加引号", "expected a number without quotes"),
    "bool_type": Text("应为 true 或 false", "expected true or false"),
    "tuple_type": Text("应为列表，写作 [1, 2]", "expected a list, such as [1, 2]"),
    "missing": Text("缺少此项，请补写", "this is missing; write it"),
    "too_short": Text("至少写一项", "expected at least one item"),
    "too_long": Text("项数过多", "too many items"),
}
"""What a value should have been, by pydantic's name of the fault."""


class Settings(BaseModel):
    """Base of every declared setting: unknown keys refused, values frozen, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Model = TypeVar("Model", bound=BaseModel)


def complain(zh: str, en: str, key: str | int | None = None) -> PydanticCustomError:
    """Return what a validator raises: a sentence in two languages, and the key inside the value it is about."""
    return PydanticCustomError(COMPLAINT, "{en}", {"zh": zh, "en": en, "key": key})


def suggest(wrong: object, known: Iterable[object]) -> Text:
    """Return `; did you mean …?` for the nearest of the known names; nothing when none is near."""
    near = difflib.get_close_matches(str(wrong), sorted(map(str, known)), n=1, cutoff=NEAR)
    return Text(f"；是否应为“{near[0]}”？", f"; did you mean '{near[0]}'?") if near else Text("", "")


def quote(value: str) -> str:
    """Return `value` as it stands on one line of YAML: bare where that is safe, else in double quotes."""
    if re.fullmatch(r"[A-Za-z\u4e00-\u9fff][\w()（）./·-]*", value) and value.lower() not in WORDS_OF_YAML:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08X}" for letter in quoted)


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - YAML is untyped until a model has read it
    """Return the content of `path` with positions kept; duplicate keys and bad syntax raise ConfigError."""
    if not path.is_file():
        raise ConfigError("文件不存在，请检查路径", "no such file; check the path", file=path)
    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        broken = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError("编码应为 UTF-8，请另存为 UTF-8", "expected UTF-8 text; save it as UTF-8", file=path, line=broken) from error
    except MarkedYAMLError as error:
        mark, said = error.problem_mark or error.context_mark, _name_syntax_error(error)
        line = mark.line + 1 if mark else None
        raise ConfigError(f"YAML 写法有误：{said.zh}", f"not valid YAML: {said.en}", file=path, line=line) from error


def _name_syntax_error(error: MarkedYAMLError) -> Text:
    """Return what is wrong; of a key written twice the key only, never what stands under it."""
    problem = str(error.problem)
    key = re.search(r'duplicate key "([^"]*)"', problem) if isinstance(error, DuplicateKeyError) else None
    if key:
        return Text(f"键“{key[1]}”出现两次，请只保留一处", f"the key '{key[1]}' stands twice; keep one")
    return Text(problem, problem)


def _plain(node: Any) -> Any:  # noqa: ANN401
    """Return ruamel's annotated containers and scalars as plain Python, so that strict models accept them."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return node if kind is bool else kind(node)
    return node


def find_line(document: Any, location: Location) -> int | None:  # noqa: ANN401
    """Return the line of the deepest part of `location` that stands in the file, counted from 1."""
    node, line = document, document.lc.line + 1 if isinstance(document, CommentedBase) else None
    for key in location:
        if not isinstance(node, CommentedBase):
            break
        try:
            mark = node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key)
            line, node = mark[0] + 1, node[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    return line


def _step(annotation: Any, key: str | int) -> Any:  # noqa: ANN401 - walks type annotations
    """Return the annotation of the value under `key`, None when it cannot be told."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(key))
        return field.annotation if field else None
    parts = get_args(annotation)
    if get_origin(annotation) in {list, dict, tuple}:
        return parts[-1] if parts else None
    return next((found for part in parts if (found := _step(part, key)) is not None), None)


def _find_keys(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that may stand where the last part of `location` stands."""
    annotation: Any = model
    for key in location[:-1]:
        annotation = _step(annotation, key)
    models = [annotation, *get_args(annotation)]
    return [name for part in models if isinstance(part, type) and issubclass(part, BaseModel) for name in part.model_fields]


def _word(error: ErrorDetails, model: type[BaseModel]) -> Text:
    """Return one sentence for one fault. Values are repeated only where they were to be one of a closed list: a secret never is."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == COMPLAINT:
        return Text(context["zh"], context["en"])
    if kind == "extra_forbidden":
        known = _find_keys(model, error["loc"])
        near, listed = suggest(error["loc"][-1], known), ", ".join(known)
        return Text(f"没有这个键{near.zh or f'，可用：{listed}'}", f"unknown key{near.en or f'; known: {listed}'}")
    if kind == "literal_error":
        near = suggest(error["input"], re.findall(r"'([^']*)'", context["expected"]))
        got = str(error["input"])[:40]
        return Text(f"应为 {context['expected']} 之一，而不是“{got}”{near.zh}", f"expected {context['expected']}, got '{got}'{near.en}")
    said = str(error["msg"]).removeprefix("Value error, ")
    return TYPES.get(kind, Text(said, said))


def _locate(error: ErrorDetails) -> Location:
    key = error.get("ctx", {}).get("key")
    return error["loc"] if key is None else (*error["loc"], key)


def _show_place(document: Any, location: Location, kind: str) -> str:  # noqa: ANN401
    """Return the parts of `location` that stand in the file, as people.0.name; of an absent key its name too."""
    node, shown = document, []
    for key in location:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            shown += [key] if kind == "missing" else []
            break
        shown.append(key)
    return ".".join(map(str, shown))


def parse(document: Any, model: type[Model], path: Path, prefix: Location = ()) -> Model:  # noqa: ANN401
    """Return `document` (or the part of it at `prefix`) as `model`, or raise one ConfigError naming file and line."""
    part = document
    for key in prefix:
        part = part[key]
    try:
        return model.model_validate(_plain(part))
    except ValidationError as error:
        first = min(error.errors(), key=lambda fault: (fault["type"] == "missing", find_line(document, (*prefix, *fault["loc"])) or 0))
        location = (*prefix, *_locate(first))
        where, said = _show_place(document, location, first["type"]) or path.name, _word(first, model)
        more = f" (+{error.error_count() - 1})" if error.error_count() > 1 else ""
        line = find_line(document, location)
        raise ConfigError(f"{where}：{said.zh}{more}", f"{where}: {said.en}{more}", file=path, line=line) from None


def read_settings(path: Path, model: type[Model]) -> Model:
    """Return the whole of `path` as `model`."""
    return parse(read_yaml(path), model, path)
