"""What the threads of one process share: nothing that a request writes, but for what is listed here."""

import ast
from pathlib import Path

import pytest

from tests.architecture.test_house import each, modules, name, walk

SHARED = {
    "activity/actions.py": {"_broker_rests_until"},
    "activity/suspicions.py": {"_while_the_cache_is_away"},
}
"""A moment, replaced whole in one step: a thread that reads the one before asks a resting broker once more. A count of
lines, in which two threads at once may count one too few: one line more is written."""
CHANGES = frozenset(
    [
        "append",
        "add",
        "update",
        "pop",
        "popitem",
        "setdefault",
        "clear",
        "extend",
        "remove",
        "insert",
        "discard",
    ]
)
CACHES = frozenset({"cache", "lru_cache"})


def held(tree: ast.Module) -> set[str]:
    """Names of a module that hold something that can change."""
    made = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp, ast.Call)
    targets = [
        target
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, made)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def changed(tree: ast.Module) -> set[str]:
    names, found = held(tree), set()
    for function in (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))):
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                found |= set(node.names)
            elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                found |= _name(node.value) & names
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CHANGES
            ):
                found |= _name(node.func.value) & names
    return found


def _name(node: ast.AST) -> set[str]:
    return {node.id} if isinstance(node, ast.Name) else set()


@each(modules())
def test_no_function_changes_what_its_module_holds(path: Path) -> None:
    assert changed(ast.parse(path.read_text())) == SHARED.get(name(path), set())


@pytest.mark.parametrize(
    "code",
    [
        "SEEN = {}\ndef f(x): SEEN[x] = 1",
        "SEEN = []\ndef f(x): SEEN.append(x)",
        "SEEN = 0\ndef f():\n global SEEN\n SEEN = 1",
    ],
)
def test_what_two_threads_would_change_at_once_is_noticed(code: str) -> None:
    assert changed(ast.parse(code)) == {"SEEN"}


@each(modules())
def test_only_functions_without_a_reader_are_remembered(path: Path) -> None:
    """functools' caches are safe among threads; what they hold is given to everybody, so it may be nobody's."""
    for node in walk(path):
        if isinstance(node, ast.FunctionDef) and any(CACHES & _called(mark) for mark in node.decorator_list):
            given = {argument.arg for argument in node.args.args}
            assert not given & {"self", "user", "request", "member", "by", "reader"}, (
                f"{name(path)}: {node.name}"
            )


def _called(mark: ast.AST) -> set[str]:
    return _name(mark.func if isinstance(mark, ast.Call) else mark)
