from django.db import transaction
from rest_framework import generics, mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from shop.exceptions import BadGateway, Busy, Conflict, GatewayTimeout, PaymentRequired
from shop.filters import OrderFilter
from shop.models import Order, OrderItem
from shop.pagination import Paginated
from shop.permissions import IsAdmin
from shop.serializers.orders import OrderRequestSerializer, OrderSerializer, PaymentSerializer
from shop.services import mail, payments, stock


class OrderViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = OrderSerializer
    lookup_field = "id"

    def get_queryset(self):
        orders = Order.objects.filter(user=self.request.user).order_by("-created_at", "-id")
        return orders.prefetch_related("items")

    @transaction.atomic
    def create(self, request):
        serializer = OrderRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        lines = serializer.validated_data["items"]
        books = stock.lock_books([line["book_id"] for line in lines])
        for line in lines:
            if line["book_id"] not in books:
                raise NotFound("There is no such book.")
        for line in lines:
            if books[line["book_id"]].stock < line["quantity"]:
                raise Conflict("There are not enough copies.")
        total = sum(books[line["book_id"]].price_cents * line["quantity"] for line in lines)
        order = Order.objects.create(user=request.user, total_cents=total)
        for line in lines:
            book = books[line["book_id"]]
            book.stock -= line["quantity"]
            book.save(update_fields=["stock", "updated_at"])
            OrderItem.objects.create(
                order=order,
                book=book,
                quantity=line["quantity"],
                unit_price_cents=book.price_cents,
            )
        return Response(OrderSerializer(order).data, status=201)

    @action(detail=True, methods=["post"])
    def pay(self, request, id=None):
        serializer = PaymentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        # The lock is held while the card is charged: nobody pays or cancels the order meanwhile.
        with transaction.atomic():
            order = self.locked(id)
            if order.status != Order.Status.PENDING:
                raise Conflict(f"This order is already {order.status}.")
            try:
                order.payment_id = payments.charge(order, serializer.validated_data["token"])
            except payments.PaymentDeclined as error:
                raise PaymentRequired from error
            except payments.PaymentBusy as error:
                raise Busy from error
            except payments.PaymentTimeout as error:
                raise GatewayTimeout from error
            except payments.PaymentFailed as error:
                raise BadGateway("The payment service failed.") from error
            order.status = Order.Status.PAID
            order.save(update_fields=["payment_id", "status"])
        mail.send_receipt(request.user, order)
        return Response(OrderSerializer(order).data)

    @action(detail=True, methods=["post"])
    def cancel(self, request, id=None):
        with transaction.atomic():
            order = self.locked(id)
            if order.status == Order.Status.PAID:
                raise Conflict("A paid order cannot be cancelled.")
            if order.status == Order.Status.PENDING:
                stock.cancel(order)
        return Response(OrderSerializer(order).data)

    def locked(self, order_id):
        orders = Order.objects.select_for_update().filter(user=self.request.user)
        order = orders.filter(id=order_id).first()
        if order is None:
            raise NotFound("There is no such order.")
        return order


class AdminOrdersView(generics.ListAPIView):
    queryset = Order.objects.order_by("-created_at", "-id").prefetch_related("items")
    serializer_class = OrderSerializer
    permission_classes = [IsAdmin]
    pagination_class = Paginated
    filterset_class = OrderFilter
