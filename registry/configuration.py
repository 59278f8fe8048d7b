"""Reading a declarative YAML file into a frozen model, with file and line in every complaint.

Belongs here: the one YAML reader of the house. Does not belong here: what the models mean (`registry.district`).
"""

import difflib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from registry.errors import ConfigError


class Settings(BaseModel):
    """Base of every declared setting: unknown keys refused, values frozen, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Model = TypeVar("Model", bound=BaseModel)


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
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise ConfigError(f"YAML 写法有误：{error.problem}", f"not valid YAML: {error.problem}", file=path, line=line) from error


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


def find_line(document: Any, location: tuple[str | int, ...]) -> int | None:  # noqa: ANN401
    """Return the line of the deepest part of `location` that stands in the file, counted from 1."""
    node, line = document, None
    for key in location:
        if not isinstance(node, CommentedBase):
            break
        try:
            mark = node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key)
            line, node = mark[0] + 1, node[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    return line


def _allowed_keys(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    """Return keys near the unknown one; the model's own when nested ones cannot be told."""
    names = set(model.model_fields)
    for field in model.model_fields.values():
        for inner in getattr(field.annotation, "__args__", (field.annotation,)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                names |= set(inner.model_fields)
    return difflib.get_close_matches(str(location[-1]), sorted(names), n=1)


def parse(document: Any, model: type[Model], path: Path, prefix: tuple[str | int, ...] = ()) -> Model:  # noqa: ANN401
    """Return `document` (or the part of it at `prefix`) as `model`, or raise one ConfigError naming file and line."""
    part = document
    for key in prefix:
        part = part[key]
    try:
        return model.model_validate(_plain(part))
    except ValidationError as error:
        first = error.errors()[0]
        location = tuple(first["loc"])
        where = ".".join(map(str, (*prefix, *location))) or path.name
        near = _allowed_keys(model, location) if first["type"] == "extra_forbidden" else []
        hint_en, hint_zh = (f"; did you mean '{near[0]}'?", f"；是否应为“{near[0]}”？") if near else ("", "")
        more = f" (+{error.error_count() - 1})" if error.error_count() > 1 else ""
        raise ConfigError(
            f"{where}：{first['msg']}{hint_zh}{more}",
            f"{where}: {first['msg']}{hint_en}{more}",
            file=path,
            line=find_line(document, (*prefix, *location)),
        ) from error


def read_settings(path: Path, model: type[Model]) -> Model:
    """Return the whole of `path` as `model`."""
    return parse(read_yaml(path), model, path)
