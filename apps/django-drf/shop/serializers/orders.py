from rest_framework import serializers

from shop.models import Order, OrderItem


class OrderLineSerializer(serializers.Serializer):
    book_id = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1, max_value=100)


class OrderRequestSerializer(serializers.Serializer):
    items = OrderLineSerializer(many=True, min_length=1, max_length=100)

    def validate_items(self, items):
        if len({item["book_id"] for item in items}) < len(items):
            raise serializers.ValidationError("Name each book only once.")
        return items


class PaymentSerializer(serializers.Serializer):
    token = serializers.CharField(max_length=255)


class OrderItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderItem
        fields = ["id", "book_id", "quantity", "unit_price_cents"]


class OrderSerializer(serializers.ModelSerializer):
    items = OrderItemSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "user_id", "status", "total_cents", "payment_id", "created_at", "items"]
