from django.urls import include, path
from rest_framework.routers import SimpleRouter

from shop.views.accounts import MeView, login, register
from shop.views.catalog import AuthorViewSet, BookReviewsView, BookViewSet, ReviewViewSet
from shop.views.orders import AdminOrdersView, OrderViewSet
from shop.views.search import search
from shop.views.webhooks import payments

router = SimpleRouter(trailing_slash=False)
router.register("authors", AuthorViewSet)
router.register("books", BookViewSet)
router.register("reviews", ReviewViewSet)
router.register("orders", OrderViewSet, basename="order")

auth = [path("register", register), path("login", login)]

urlpatterns = [
    path("auth/", include(auth)),
    path("me", MeView.as_view()),
    path("books/<int:book_id>/reviews", BookReviewsView.as_view()),
    path("admin/orders", AdminOrdersView.as_view()),
    path("search", search),
    path("webhooks/payments", payments),
    path("", include(router.urls)),
]
