from rest_framework import serializers

from shop.models import User


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "email", "name", "role", "created_at"]


class CredentialsSerializer(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False)

    def validate_email(self, email):
        return email.lower()


class ProfileSerializer(serializers.ModelSerializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(min_length=10, write_only=True, trim_whitespace=False)

    class Meta:
        model = User
        fields = ["email", "name", "password"]

    def validate_email(self, email):
        return email.lower()

    def create(self, validated_data):
        password = validated_data.pop("password")
        user = User(**validated_data)
        user.set_password(password)
        user.save()
        return user

    def update(self, user, validated_data):
        password = validated_data.pop("password", None)
        if password is not None:
            user.set_password(password)
        return super().update(user, validated_data)
