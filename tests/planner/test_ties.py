"""What belongs together already may be told to belong together once more."""

from __future__ import annotations

from pathlib import Path

from comfrey.planner import plan
from comfrey.reader import read
from comfrey.source.tree import open_tree

FILES = {
    "requirements.txt": "django\n",
    "config/__init__.py": "",
    "config/settings.py": 'ROOT_URLCONF = "config.urls"\nAUTH_USER_MODEL = "hike.Walker"\n',
    "hike/__init__.py": "",
    "hike/models.py": """from django.contrib.auth.models import AbstractUser
from django.db import models


class Hut(models.Model):
    name = models.CharField(max_length=20)


class Walker(AbstractUser):
    huts = models.ManyToManyField(Hut)
""",
    "config/urls.py": """from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_POST

from hike.models import Hut


@require_POST
@login_required
def visit(request, pk):
    request.user.huts.add(get_object_or_404(Hut, pk=pk))
    return HttpResponse(status=204)


urlpatterns = [path("huts/<int:pk>/visits", visit)]
""",
}


def test_an_orm_that_leaves_a_tie_as_it_is_refuses_no_second(tmp_path: Path) -> None:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (app,) = read(open_tree(tmp_path)).apps

    titles = [each.title for each in plan(app).cases if each.subject == "POST /huts/{pk}/visits"]

    assert any("that is not there" in each for each in titles)
    assert not any("second" in each for each in titles)
