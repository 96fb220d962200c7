import logging

from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from shop.models import Book
from shop.pagination import PageSerializer
from shop.serializers.catalog import BookSerializer
from shop.services.search import SearchFailed, find_books

logger = logging.getLogger(__name__)


class SearchSerializer(PageSerializer):
    q = serializers.CharField(min_length=1, max_length=200)


@api_view(["GET"])
@permission_classes([AllowAny])
def search(request):
    serializer = SearchSerializer(data=request.query_params)
    serializer.is_valid(raise_exception=True)
    page, per_page = serializer.validated_data["page"], serializer.validated_data["per_page"]
    text = serializer.validated_data["q"]
    start = (page - 1) * per_page
    try:
        ids, total = find_books(text, start, per_page)
    except SearchFailed:
        logger.exception("The search service failed, asking the database")
        matching = Book.objects.filter(title__icontains=text).order_by("title", "id")
        books, total, degraded = matching[start : start + per_page], matching.count(), True
    else:
        found = Book.objects.in_bulk(ids)
        books, degraded = [found[each] for each in ids if each in found], False
    return Response(
        {
            "items": BookSerializer(books, many=True).data,
            "total": total,
            "page": page,
            "per_page": per_page,
            "degraded": degraded,
        }
    )
