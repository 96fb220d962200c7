from django_filters import rest_framework as django_filters

from shop.models import Book, Order


class BookFilter(django_filters.FilterSet):
    author_id = django_filters.NumberFilter(field_name="author_id")
    min_price = django_filters.NumberFilter(field_name="price_cents", lookup_expr="gte")
    max_price = django_filters.NumberFilter(field_name="price_cents", lookup_expr="lte")
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains")
    sort = django_filters.OrderingFilter(
        fields=(("title", "title"), ("price_cents", "price"), ("created_at", "created"))
    )

    class Meta:
        model = Book
        fields = []


class OrderFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Order.Status.choices)
    user_id = django_filters.NumberFilter(field_name="user_id")

    class Meta:
        model = Order
        fields = []
