"""Regeneration: base, theirs and ours merged per test; what a hand has changed or deleted stays so."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from comfrey.model.history import WrittenFile
from comfrey.model.noun import Noun
from comfrey.stacks.testers import for_file
from comfrey.writer.blocks import PREAMBLE, Blocks, blocks_of
from comfrey.writer.lock import Lock, LockedFile

BESIDE = ".comfrey-new"


class MergeResult(Noun, frozen=True, kw_only=True):
    """`files` are to stand (changed or not), `removed` to go. `kept` hold edits by hand; `conflicts`
    were left as they are, and ours laid beside as `<file>.comfrey-new`. `lock` goes with them."""

    files: tuple[WrittenFile, ...]
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    lock: Lock = Lock()


class Conflict(Exception):
    """Both sides changed the same lines."""


def merge(
    existing: Mapping[str, str], lock: Lock | None, fresh: tuple[WrittenFile, ...]
) -> MergeResult:
    """`existing` maps paths to the text that stands there now (for every path of lock and fresh that
    exists). Without a lock nothing that stands is overwritten."""
    base = lock or Lock()
    files: list[WrittenFile] = []
    kept: list[str] = []
    conflicts: list[str] = []
    for ours in fresh:
        theirs = existing.get(ours.path)
        text, clash = _file(base.text(ours.path), theirs, ours)
        if clash:
            conflicts.append(ours.path)
            files.append(WrittenFile(path=ours.path + BESIDE, text=ours.text))
        if text is not None:
            files.append(ours.replace(text=text, tests=_standing(ours, text)))
            if text != ours.text and not clash:
                kept.append(ours.path)
    gone = [each for each in base.files if each.path not in {file.path for file in fresh}]
    removed = tuple(each.path for each in gone if existing.get(each.path) == each.text)
    kept += [each.path for each in gone if existing.get(each.path, each.text) != each.text]
    return MergeResult(
        files=tuple(files),
        removed=removed,
        kept=tuple(sorted(kept)),
        conflicts=tuple(conflicts),
        lock=Lock(
            files=tuple(
                LockedFile(path=each.path, text=each.text, tests=each.tests) for each in fresh
            ),
            facts=base.facts,
        ),
    )


def _file(base: str | None, theirs: str | None, ours: WrittenFile) -> tuple[str | None, bool]:
    """(the text that is to stand, whether both sides changed the same)."""
    if theirs is None:
        if base is None or not ours.tests:
            return ours.text, False
        return _added(base, ours.text, blocks_of(ours.path)), False
    if theirs == ours.text or theirs == base:
        return ours.text, False
    if base is None:
        return theirs, True
    if base == ours.text:
        return theirs, False
    if for_file(ours.path) is None:
        return theirs, True
    try:
        return _merged(base, theirs, ours.text, blocks_of(ours.path))
    except SyntaxError:
        return theirs, True


def _added(base: str, ours: str, blocks: Blocks) -> str | None:
    """Of a file that was deleted by hand: only the tests that are new since, if any."""
    known, new = blocks.split(base), blocks.split(ours)
    added = {name: text for name, text in new.items() if name not in known}
    kept = (PREAMBLE, *blocks.FRAME, *added)
    return blocks.join({name: new[name] for name in new if name in kept}) if added else None


def _merged(base: str, theirs: str, ours: str, blocks: Blocks) -> tuple[str, bool]:
    old, hand, new = blocks.split(base), blocks.split(theirs), blocks.split(ours)
    result: dict[str, str] = {}
    clash = False
    for name, text in hand.items():
        merged, clashed = _block(name, old.get(name), text, new.get(name), blocks)
        clash |= clashed
        if merged is not None:
            result[name] = merged
    for name, text in new.items():
        if name not in hand and name not in old:
            result = _inserted(result, name, text, list(new))
    return blocks.join(result), clash


def _block(
    name: str, old: str | None, hand: str, new: str | None, blocks: Blocks
) -> tuple[str | None, bool]:
    if new is None:
        return (None, False) if hand == old else (hand, False)
    if hand in (old, new):
        return new, False
    if new == old:
        return hand, False
    if name == PREAMBLE:
        return _preamble(hand, new, blocks), False
    if old is None:
        return hand, True
    try:
        return _lines(old, hand, new), False
    except Conflict:
        return hand, True


def _preamble(hand: str, new: str, blocks: Blocks) -> str:
    """Their preamble, and those of our imports that it lacks."""
    have = {" ".join(each.split()) for each in blocks.imports(hand)}
    lacking = [each for each in blocks.imports(new) if " ".join(each.split()) not in have]
    if not lacking:
        return hand
    known = blocks.imports(hand)
    if not known:
        return "\n".join([hand, *lacking]).strip("\n")
    head, last, tail = hand.rpartition(known[-1])
    return head + "\n".join([last, *lacking]) + tail


def _inserted(result: dict[str, str], name: str, text: str, order: list[str]) -> dict[str, str]:
    """The new block behind the nearest of its predecessors that stands."""
    before = [each for each in order[: order.index(name)] if each in result]
    after = before[-1] if before else next(iter(result), None)
    grown: dict[str, str] = {}
    for each, standing in result.items():
        grown[each] = standing
        if each == after:
            grown[name] = text
    return grown or {name: text}


def _lines(old: str, hand: str, new: str) -> str:
    """Three-way merge by lines; `Conflict` where both sides changed the same ones."""
    base = old.splitlines()
    changes = sorted(_changes(base, hand.splitlines()) + _changes(base, new.splitlines()))
    result: list[str] = []
    position = 0
    for index, (start, end, lines) in enumerate(changes):
        if index and changes[index - 1] == (start, end, lines):
            continue
        if start < position or (index and start == changes[index - 1][0]):
            raise Conflict
        result += base[position:start] + list(lines)
        position = end
    return "\n".join(result + base[position:])


def _changes(base: list[str], other: list[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """(first line, line after the last, what stands there instead) of each difference."""
    matcher = difflib.SequenceMatcher(None, base, other, autojunk=False)
    return [
        (start, end, tuple(other[from_:to]))
        for kind, start, end, from_, to in matcher.get_opcodes()
        if kind != "equal"
    ]


def _standing(ours: WrittenFile, text: str) -> tuple[tuple[str, str, str], ...]:
    """The tests whose function still stands in the text."""
    if text == ours.text:
        return ours.tests
    holds = blocks_of(ours.path).holds
    return tuple(test for test in ours.tests if holds(text, test[0]))
