"""The project's own copy of the suite, as it stood when the walk began, and how the new one joins it."""

from __future__ import annotations

from pathlib import Path

from comfrey.bench.carry import Change
from comfrey.model.history import WrittenFile
from comfrey.model.project import Project
from comfrey.writer.lock import Lock, lock_path, read_lock, show_lock
from comfrey.writer.merge import MergeResult, merge


class Home:
    """Texts below the app's folder, each read once, before anything of ours is laid there."""

    def __init__(self, folder: Path, project: Project) -> None:
        self.folder = folder
        self.lock_file = lock_path(project)
        self._texts: dict[str, str | None] = {}
        text = self._text(self.lock_file)
        self.lock: Lock | None = read_lock(text, self.lock_file) if text is not None else None

    def files(self, fresh: tuple[WrittenFile, ...]) -> tuple[WrittenFile, ...]:
        """The suite that is to stand: ours, with what a hand has changed in it."""
        return self._merged(fresh).files

    def standing(self) -> tuple[WrittenFile, ...]:
        """The suite as it stands in the project now; empty when none was ever written."""
        return tuple(
            WrittenFile(path=each.path, text=text, tests=each.tests)
            for each in (self.lock or Lock()).files
            if (text := self._text(each.path)) is not None
        )

    def changes(self, fresh: tuple[WrittenFile, ...]) -> tuple[Change, ...]:
        """What has to be carried so that the suite stands, the lock included."""
        result = self._merged(fresh)
        news = {each.path: each.text for each in result.files}
        changes = [Change(path=path, old=self._text(path), new=text) for path, text in news.items()]
        changes += [Change(path=path, old=self._text(path), new=None) for path in result.removed]
        lock = show_lock(result.lock)
        return (*changes, Change(path=self.lock_file, old=self._text(self.lock_file), new=lock))

    def _merged(self, fresh: tuple[WrittenFile, ...]) -> MergeResult:
        paths = {each.path for each in fresh} | {each.path for each in (self.lock or Lock()).files}
        texts = {path: self._text(path) for path in sorted(paths)}
        return merge({p: text for p, text in texts.items() if text is not None}, self.lock, fresh)

    def _text(self, path: str) -> str | None:
        if path not in self._texts:
            file = self.folder / path
            self._texts[path] = file.read_text(encoding="utf-8") if file.is_file() else None
        return self._texts[path]
