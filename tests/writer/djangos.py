"""The library app once more, as a Django project that tests with `manage.py test`."""

from __future__ import annotations

from pathlib import Path

from comfrey.model.project import Application, DatabaseHook, Project, Stack
from comfrey.model.project import TestSuite as Suite
from writer import library

FILES = {
    "manage.py": """
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config")
    execute_from_command_line(sys.argv)
""",
    "config.py": """
import os

SECRET_KEY = os.environ["SECRET_KEY"]
ROOT_URLCONF = "library.urls"
INSTALLED_APPS = ["library"]
LOADER = ("django.template.loaders.locmem.Loader", {"book.html": "{{ form }}"})
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [LOADER]}}
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "own.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
""",
    "library/__init__.py": "",
    "library/models.py": """
from django.db import models


class Clipped(models.CharField):
    # What comes after the eighth character is lost on the way to the database.
    def get_prep_value(self, value):
        return value and value[:8]


class Reader(models.Model):
    email = models.CharField(max_length=80, unique=True)

    class Meta:
        db_table = "readers"


class Book(models.Model):
    title = models.CharField(max_length=200, unique=True)
    pages = models.IntegerField(default=1)
    blurb = Clipped(max_length=80, null=True)
    reader = models.ForeignKey(Reader, models.CASCADE)

    class Meta:
        db_table = "books"
""",
    "library/tokens.py": """
from datetime import UTC, datetime, timedelta

import jwt
from django.conf import settings


def create_token(reader_id):
    claims = {"sub": str(reader_id), "exp": datetime.now(UTC) + timedelta(hours=1)}
    return jwt.encode(claims, settings.SECRET_KEY, algorithm="HS256")
""",
    "library/urls.py": """
import json

import jwt
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from library.models import Book, Reader


def caller(request):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None
    return Reader.objects.filter(pk=claims["sub"]).first() if scheme == "Bearer" else None


def shown(book, status=200):
    return JsonResponse({"id": book.id, "title": book.title, "pages": book.pages}, status=status)


class NewBook(forms.Form):
    title = forms.CharField(max_length=200)
    pages = forms.IntegerField(min_value=1, required=False)


def books(request):
    reader = caller(request)
    if reader is None:
        return HttpResponse(status=401)
    sent = json.loads(request.body)
    form = NewBook(sent)
    if not form.is_valid():
        return render(request, "book.html", {"form": form}, status=422)
    try:
        with transaction.atomic():
            book = Book.objects.create(reader=reader, **sent)
    except IntegrityError:
        return HttpResponse(status=409)
    return shown(book, 201)


def book(request, pk):
    return shown(get_object_or_404(Book, pk=pk))


urlpatterns = [path("books", books), path("books/<int:pk>", book)]
""",
}


def lay(folder: Path) -> None:
    """The project's own files below `folder`."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip())


def project() -> Project:
    """The Project that reading them gives."""
    found = library.project(asynchronous=False)
    assert found.authentication is not None and found.authentication.mint is not None
    mint = found.authentication.mint.replace(module="library.tokens")
    return found.replace(
        stack=Stack(
            language="python",
            framework="django",
            orm="django",
            migrations="django",
            test_framework="django_test",
            test_framework_declared=True,
        ),
        application=Application(settings="config"),
        migrations="manage.py",
        records=tuple(each.replace(module="library.models") for each in found.records),
        authentication=found.authentication.replace(mint=mint),
        database=DatabaseHook(dialect="sqlite"),
        tests=Suite(framework="django_test", folder="tests"),
    )
