"""Places of an app that lies in a folder of its tree, as the app's own folder tells them."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.origin import Refusal
from comfrey.model.place import Place, seen_from


def test_every_place_of_a_noun_is_told_from_the_apps_folder() -> None:
    found = Endpoint(
        method="GET",
        path="/boats",
        handler=Handler(name="boats", file="backend/app/main.py", line=7),
        refusals=(Refusal(status=404, place=Place(file="backend/app/main.py", line=9)),),
        evidence=(Place(file="backend/app/main.py"), Place(file="shared/backend/app.py")),
    )
    seen = seen_from(found, "backend")
    assert seen.handler == Handler(name="boats", file="app/main.py", line=7)
    assert [each.place for each in seen.refusals] == [Place(file="app/main.py", line=9)]
    assert [each.file for each in seen.evidence] == ["app/main.py", "shared/backend/app.py"]
    assert seen_from(found, ".") == found
