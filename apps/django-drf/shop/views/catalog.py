from django.db import IntegrityError, transaction
from django.db.models import Avg, ProtectedError
from django.shortcuts import get_object_or_404
from rest_framework import generics, mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.permissions import SAFE_METHODS, AllowAny, IsAuthenticated
from rest_framework.response import Response

from shop.exceptions import BadGateway, Conflict, TooLarge
from shop.filters import BookFilter
from shop.models import Author, Book, Review
from shop.pagination import Paginated
from shop.permissions import IsAdminOrReadOnly, IsReviewer
from shop.serializers.catalog import (
    AuthorSerializer,
    BookDetailSerializer,
    BookSerializer,
    ReviewSerializer,
)
from shop.services import storage

MAX_COVER_BYTES = 1024 * 1024
COVER_TYPES = ("image/png", "image/jpeg")


class CoverParser(BaseParser):
    media_type = "*/*"

    def parse(self, stream, media_type=None, parser_context=None):
        return stream.read(MAX_COVER_BYTES + 1)


class AuthorViewSet(
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    queryset = Author.objects.order_by("name")
    serializer_class = AuthorSerializer
    permission_classes = [IsAdminOrReadOnly]
    lookup_field = "id"

    def perform_create(self, serializer):
        try:
            with transaction.atomic():
                serializer.save()
        except IntegrityError as error:
            raise Conflict("There is already an author of this name.") from error

    def perform_destroy(self, author):
        try:
            author.delete()
        except ProtectedError as error:
            raise Conflict("This author still has books.") from error


class BookViewSet(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("-created_at", "-id")
    serializer_class = BookSerializer
    permission_classes = [IsAdminOrReadOnly]
    pagination_class = Paginated
    filterset_class = BookFilter
    lookup_field = "id"

    def get_queryset(self):
        if self.action == "retrieve":
            return (
                super()
                .get_queryset()
                .select_related("author")
                .annotate(rating_average=Avg("reviews__rating"))
            )
        return super().get_queryset()

    def get_serializer_class(self):
        return BookDetailSerializer if self.action == "retrieve" else BookSerializer

    def perform_create(self, serializer):
        self.save(serializer)

    def perform_update(self, serializer):
        self.save(serializer)

    def save(self, serializer):
        author_id = serializer.validated_data.get("author_id")
        if author_id is not None and not Author.objects.filter(id=author_id).exists():
            raise NotFound("There is no such author.")
        try:
            with transaction.atomic():
                serializer.save()
        except IntegrityError as error:
            raise Conflict("There is already a book with this ISBN.") from error

    def perform_destroy(self, book):
        try:
            book.delete()
        except ProtectedError as error:
            raise Conflict("This book has been ordered.") from error

    @action(detail=True, methods=["put"], parser_classes=[CoverParser])
    def cover(self, request, id=None):
        book = self.get_object()
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        if content_type not in COVER_TYPES:
            raise UnsupportedMediaType(content_type)
        content = request.data
        if len(content) > MAX_COVER_BYTES:
            raise TooLarge
        try:
            url = storage.put_cover(book.id, content, content_type)
        except storage.StorageFailed as error:
            raise BadGateway("The cover could not be stored.") from error
        return Response({"url": url})


class BookReviewsView(generics.ListCreateAPIView):
    serializer_class = ReviewSerializer

    def get_permissions(self):
        return [AllowAny()] if self.request.method in SAFE_METHODS else [IsAuthenticated()]

    def get_queryset(self):
        book = get_object_or_404(Book, id=self.kwargs["book_id"])
        return Review.objects.filter(book=book).order_by("-created_at", "-id")

    def perform_create(self, serializer):
        book = get_object_or_404(Book, id=self.kwargs["book_id"])
        try:
            with transaction.atomic():
                serializer.save(book=book, user=self.request.user)
        except IntegrityError as error:
            raise Conflict("You have already reviewed this book.") from error


class ReviewViewSet(mixins.UpdateModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet):
    queryset = Review.objects.all()
    serializer_class = ReviewSerializer
    permission_classes = [IsReviewer]
    http_method_names = ["patch", "delete"]
    lookup_field = "id"
