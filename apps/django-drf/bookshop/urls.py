from django.conf import settings
from django.urls import include, path

from shop.views.health import health

urlpatterns = [
    path("health", health),
    path(f"{settings.API_PREFIX}/", include("shop.urls")),
]
