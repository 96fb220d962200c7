import pytest
from django.db import IntegrityError

from shop.models import Author

from .database import snapshot


def test_stores_an_author_with_what_is_required():
    author = Author(name="Tomas Berg")
    author.save()

    found = Author.objects.get(id=author.id)

    assert found.name == "Tomas Berg"
    assert found.bio is None


def test_finds_an_author_by_id_and_name(seed_data):
    author = seed_data.author()
    seed_data.author()

    found = Author.objects.get(id=author.id)

    assert found.id == author.id

    found_by_name = Author.objects.get(name=author.name)

    assert found_by_name.id == author.id


def test_changes_only_the_bio_of_an_author(seed_data):
    author = seed_data.author()
    seed_data.author()
    before = snapshot(Author, but=[Author.bio])

    author.bio = "Kept short on purpose."
    author.save()

    saved_author = Author.objects.get(id=author.id)
    assert saved_author.bio == "Kept short on purpose."
    assert snapshot(Author, but=[Author.bio]) == before


def test_changes_the_bio_and_name_of_an_author_together(seed_data):
    author = seed_data.author()
    seed_data.author()
    before = snapshot(Author, but=[Author.bio, Author.name])

    author.bio = "Kept short on purpose."
    author.name = "Tomas Berg"
    author.save()

    saved_author = Author.objects.get(id=author.id)
    assert saved_author.bio == "Kept short on purpose."
    assert saved_author.name == "Tomas Berg"
    assert snapshot(Author, but=[Author.bio, Author.name]) == before


def test_removes_an_author_and_no_other(seed_data):
    author = seed_data.author()
    other_author = seed_data.author()

    author.delete()

    assert Author.objects.filter(id=author.id).first() is None
    assert Author.objects.filter(id=other_author.id).first() is not None


def test_keeps_an_author_that_a_book_points_to(seed_data):
    author = seed_data.author()
    seed_data.book(author_id=author.id)

    with pytest.raises(IntegrityError):
        author.delete()


def test_refuses_two_authors_with_the_same_name(seed_data):
    author = seed_data.author()

    second = Author(name=author.name)
    with pytest.raises(IntegrityError):
        second.save()


def test_refuses_an_author_without_a_required_field():
    incomplete = Author(name=None)
    with pytest.raises(IntegrityError):
        incomplete.save()
