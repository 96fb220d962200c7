"""What packages bring for signing in, as this project's user model has it: views and serializers that are followed
like the project's own code, and never run. FIELD stands for the user's `USERNAME_FIELD`.

https://django-rest-framework-simplejwt.readthedocs.io/en/latest/rest_framework_simplejwt.html
https://www.django-rest-framework.org/api-guide/authentication/#by-exposing-an-api-endpoint
https://dj-rest-auth.readthedocs.io/en/latest/api_endpoints.html
https://djoser.readthedocs.io/en/latest/token_endpoints.html
"""

from __future__ import annotations

JWT_SERIALIZERS = """import jwt
from django.contrib.auth import authenticate
from rest_framework import exceptions, serializers


class TokenObtainSerializer(serializers.Serializer):
    FIELD = serializers.CharField()
    password = serializers.CharField(write_only=True)

    def validate(self, attrs):
        self.user = authenticate(username=attrs["FIELD"], password=attrs["password"])
        if self.user is None:
            raise exceptions.AuthenticationFailed()
        return {}


class TokenObtainPairSerializer(TokenObtainSerializer):
    def validate(self, attrs):
        super().validate(attrs)
        made = jwt.encode({"user_id": self.user.id}, "key", algorithm="HS256")
        return {"access": made, "refresh": made}


class TokenObtainSlidingSerializer(TokenObtainSerializer):
    def validate(self, attrs):
        super().validate(attrs)
        return {"token": jwt.encode({"user_id": self.user.id}, "key", algorithm="HS256")}
"""
JWT_VIEWS = """from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework_simplejwt import serializers


class TokenViewBase(GenericAPIView):
    permission_classes = ()
    authentication_classes = ()

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


class TokenObtainPairView(TokenViewBase):
    serializer_class = serializers.TokenObtainPairSerializer


class TokenObtainSlidingView(TokenViewBase):
    serializer_class = serializers.TokenObtainSlidingSerializer


token_obtain_pair = TokenObtainPairView.as_view()
token_obtain_sliding = TokenObtainSlidingView.as_view()
"""
AUTHTOKEN_SERIALIZERS = """from django.contrib.auth import authenticate
from rest_framework import serializers


class AuthTokenSerializer(serializers.Serializer):
    username = serializers.CharField(write_only=True)
    password = serializers.CharField(write_only=True)

    def validate(self, attrs):
        user = authenticate(username=attrs["username"], password=attrs["password"])
        if user is None:
            raise serializers.ValidationError("Unable to log in with provided credentials.")
        return {**attrs, "user": user}
"""
AUTHTOKEN_VIEWS = """from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.response import Response
from rest_framework.views import APIView


class ObtainAuthToken(APIView):
    permission_classes = ()
    serializer_class = AuthTokenSerializer

    def post(self, request, *args, **kwargs):
        serializer = self.serializer_class(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        user = serializer.validated_data["user"]
        token, created = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})


obtain_auth_token = ObtainAuthToken.as_view()
"""
REST_AUTH_SERIALIZERS = """from django.contrib.auth import authenticate
from rest_framework import serializers


class LoginSerializer(serializers.Serializer):
    FIELD = serializers.CharField()
    password = serializers.CharField()

    def validate(self, attrs):
        user = authenticate(username=attrs["FIELD"], password=attrs["password"])
        if user is None:
            raise serializers.ValidationError("Unable to log in with provided credentials.")
        return {**attrs, "user": user}


class PasswordResetSerializer(serializers.Serializer):
    email = serializers.EmailField()


class PasswordResetConfirmSerializer(serializers.Serializer):
    new_password1 = serializers.CharField(max_length=128)
    new_password2 = serializers.CharField(max_length=128)
    uid = serializers.CharField()
    token = serializers.CharField()


class PasswordChangeSerializer(serializers.Serializer):
    new_password1 = serializers.CharField(max_length=128)
    new_password2 = serializers.CharField(max_length=128)
"""
REST_AUTH_VIEWS = """from dj_rest_auth import serializers
from dj_rest_auth.answers import let_in
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class LoginView(GenericAPIView):
    permission_classes = (AllowAny,)
    serializer_class = serializers.LoginSerializer

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return let_in(serializer.validated_data["user"])


class PasswordResetView(GenericAPIView):
    permission_classes = (AllowAny,)
    serializer_class = serializers.PasswordResetSerializer

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"detail": "Password reset e-mail has been sent."})


class PasswordResetConfirmView(GenericAPIView):
    permission_classes = (AllowAny,)
    serializer_class = serializers.PasswordResetConfirmSerializer

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"detail": "Password has been reset with the new password."})


class PasswordChangeView(GenericAPIView):
    permission_classes = (IsAuthenticated,)
    serializer_class = serializers.PasswordChangeSerializer

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        request.user.set_password(serializer.validated_data["new_password1"])
        request.user.save()
        return Response({"detail": "New password has been saved."})
"""
REST_AUTH_URLS = """from dj_rest_auth import views
from django.urls import path

urlpatterns = [
    path("password/reset/", views.PasswordResetView.as_view(), name="rest_password_reset"),
    path("password/reset/confirm/", views.PasswordResetConfirmView.as_view(), name="rest_password_reset_confirm"),
    path("login/", views.LoginView.as_view(), name="rest_login"),
    path("logout/", views.LogoutView.as_view(), name="rest_logout"),
    path("user/", views.UserDetailsView.as_view(), name="rest_user_details"),
    path("password/change/", views.PasswordChangeView.as_view(), name="rest_password_change"),
]
"""
DJOSER_VIEWS = """from django.contrib.auth import authenticate
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class TokenCreateSerializer(serializers.Serializer):
    FIELD = serializers.CharField()
    password = serializers.CharField()

    def validate(self, attrs):
        user = authenticate(username=attrs["FIELD"], password=attrs["password"])
        if user is None:
            raise serializers.ValidationError("Unable to log in with provided credentials.")
        return {**attrs, "user": user}


class TokenCreateView(GenericAPIView):
    permission_classes = (AllowAny,)
    serializer_class = TokenCreateSerializer

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = serializer.validated_data["user"]
        token, created = Token.objects.get_or_create(user=user)
        return Response({"auth_token": token.key})


class TokenDestroyView(APIView):
    permission_classes = (IsAuthenticated,)

    def post(self, request):
        Token.objects.filter(user=request.user).delete()
        return Response(status=204)
"""
DJOSER_TOKEN_URLS = """from django.urls import path
from djoser import views

urlpatterns = [
    path("token/login/", views.TokenCreateView.as_view(), name="login"),
    path("token/logout/", views.TokenDestroyView.as_view(), name="logout"),
]
"""
DJOSER_JWT_URLS = """from django.urls import path
from rest_framework_simplejwt import views

urlpatterns = [
    path("jwt/create/", views.TokenObtainPairView.as_view(), name="jwt-create"),
    path("jwt/refresh/", views.TokenRefreshView.as_view(), name="jwt-refresh"),
    path("jwt/verify/", views.TokenVerifyView.as_view(), name="jwt-verify"),
]
"""
MODULES = {
    "rest_framework_simplejwt.serializers": JWT_SERIALIZERS,
    "rest_framework_simplejwt.views": JWT_VIEWS,
    "rest_framework.authtoken.serializers": AUTHTOKEN_SERIALIZERS,
    "rest_framework.authtoken.views": AUTHTOKEN_VIEWS,
    "dj_rest_auth.serializers": REST_AUTH_SERIALIZERS,
    "dj_rest_auth.views": REST_AUTH_VIEWS,
    "dj_rest_auth.urls": REST_AUTH_URLS,
    "djoser.views": DJOSER_VIEWS,
    "djoser.urls.authtoken": DJOSER_TOKEN_URLS,
    "djoser.urls.jwt": DJOSER_JWT_URLS,
}


def packages(field: str) -> dict[str, str]:
    """Module → its text, for users who are called by `field`."""
    return {module: text.replace("FIELD", field) for module, text in MODULES.items()}
