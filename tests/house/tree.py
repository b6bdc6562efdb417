"""What the house tests read: the files of the project, as git sees them, and their Python."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(pattern: str) -> list[Path]:
    """Every file matching a git pattern that is tracked, or would be if added."""
    listing = _git("ls-files", "--cached", "--others", "--exclude-standard", "--", pattern)
    return [ROOT / name for name in listing if (ROOT / name).is_file()]


def tracked() -> list[str]:
    """The names of all files that a fresh clone has."""
    return _git("ls-files")


def _git(*arguments: str) -> list[str]:
    command = ["git", "-c", "core.quotepath=off", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout.splitlines()


@dataclass(frozen=True, eq=False)
class Module:
    """One Python module of the package."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@cache
def modules() -> list[Module]:
    return [read(path.relative_to(ROOT), path.read_text()) for path in files("checkin/*.py")]


def read(path: Path, text: str) -> Module:
    parts = path.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, text, ast.parse(text))


@dataclass(frozen=True)
class Import:
    """One name that a module imports, and where."""

    target: str
    line: int
    in_function: bool
    for_types_only: bool


@cache
def imports(module: Module) -> list[Import]:
    return list(_walk(module, module.tree, in_function=False, for_types_only=False))


def _walk(
    module: Module, node: ast.AST, *, in_function: bool, for_types_only: bool
) -> Iterator[Import]:
    in_function |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for_types_only |= isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    for target in _targets(module, node):
        yield Import(target, getattr(node, "lineno", 0), in_function, for_types_only)
    for child in ast.iter_child_nodes(node):
        yield from _walk(module, child, in_function=in_function, for_types_only=for_types_only)


def _targets(module: Module, node: ast.AST) -> list[str]:
    """`from a import b` names `a.b`: whether b is a module or a name is told by `resolve`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = module.package.split(".")[: 1 - node.level or None]
            base = ".".join([*above, *filter(None, [node.module])])
        return [f"{base}.{alias.name}" for alias in node.names]
    return []


def resolve(target: str, known: set[str]) -> str | None:
    """The module of ours that `target` comes from, if it is ours."""
    while target and target not in known:
        target = target.rpartition(".")[0]
    return target or None
