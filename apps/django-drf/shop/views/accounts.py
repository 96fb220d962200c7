from django.db import IntegrityError, transaction
from rest_framework import generics
from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework_simplejwt.tokens import AccessToken

from shop.exceptions import Conflict
from shop.models import User
from shop.serializers.users import CredentialsSerializer, ProfileSerializer, UserSerializer
from shop.services import mail


@api_view(["POST"])
@permission_classes([AllowAny])
def register(request):
    serializer = ProfileSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    try:
        with transaction.atomic():
            user = serializer.save()
    except IntegrityError as error:
        raise Conflict("This e-mail is already registered.") from error
    mail.send_welcome(user)
    token = str(AccessToken.for_user(user))
    return Response({"token": token, "user": UserSerializer(user).data}, status=201)


@api_view(["POST"])
@permission_classes([AllowAny])
def login(request):
    serializer = CredentialsSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    user = User.objects.filter(email=serializer.validated_data["email"]).first()
    if user is None or not user.check_password(serializer.validated_data["password"]):
        raise AuthenticationFailed("Wrong e-mail or password.")
    return Response({"token": str(AccessToken.for_user(user))})


class MeView(generics.RetrieveUpdateAPIView):
    http_method_names = ["get", "patch"]

    def get_object(self):
        return self.request.user

    def get_serializer_class(self):
        return UserSerializer if self.request.method == "GET" else ProfileSerializer

    def update(self, request, *args, **kwargs):
        serializer = ProfileSerializer(request.user, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        try:
            with transaction.atomic():
                user = serializer.save()
        except IntegrityError as error:
            raise Conflict("This e-mail is already registered.") from error
        return Response(UserSerializer(user).data)
