from rest_framework import serializers

from shop.models import Author, Book, Review


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["id", "name", "bio"]
        extra_kwargs = {"name": {"validators": []}}


class BookSerializer(serializers.ModelSerializer):
    author_id = serializers.IntegerField(min_value=1)
    price_cents = serializers.IntegerField(min_value=1, max_value=2147483647)
    stock = serializers.IntegerField(min_value=0, max_value=2147483647)
    isbn = serializers.RegexField(r"^[0-9]{13}$")

    class Meta:
        model = Book
        fields = [
            "id",
            "isbn",
            "title",
            "author_id",
            "price_cents",
            "stock",
            "published_on",
            "created_at",
            "updated_at",
        ]


class BookDetailSerializer(BookSerializer):
    author = AuthorSerializer(read_only=True)
    rating_average = serializers.FloatField(read_only=True)

    class Meta(BookSerializer.Meta):
        fields = [*BookSerializer.Meta.fields, "author", "rating_average"]


class ReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["id", "book_id", "user_id", "rating", "body", "created_at"]
