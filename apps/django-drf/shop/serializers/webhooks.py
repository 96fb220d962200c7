from rest_framework import serializers


class PaymentDataSerializer(serializers.Serializer):
    order_id = serializers.IntegerField(min_value=1)
    payment_id = serializers.CharField(max_length=255)


class PaymentEventSerializer(serializers.Serializer):
    type = serializers.CharField()
    data = PaymentDataSerializer()
