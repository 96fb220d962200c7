import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import ParseError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from shop.models import Order
from shop.serializers.webhooks import PaymentEventSerializer
from shop.services import stock


def is_signed(body, signature):
    """The signature is the hexadecimal HMAC-SHA256 of the body, keyed by our shared secret."""
    secret = settings.PAYMENT_WEBHOOK_SECRET.encode()
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def payments(request):
    if not is_signed(request.body, request.headers.get("X-Payment-Signature", "")):
        raise ParseError("Bad signature")
    serializer = PaymentEventSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    event = serializer.validated_data
    if event["type"] == "payment.refunded":
        with transaction.atomic():
            order = (
                Order.objects.select_for_update()
                .filter(id=event["data"]["order_id"], payment_id=event["data"]["payment_id"])
                .first()
            )
            if order is not None and order.status == Order.Status.PAID:
                stock.cancel(order)
    return Response({"received": True})
