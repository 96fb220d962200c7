from rest_framework.permissions import SAFE_METHODS, BasePermission


class IsAdmin(BasePermission):
    message = "Only an admin may do this."

    def has_permission(self, request, view):
        return bool(request.user.is_authenticated and request.user.is_shop_admin)


class IsAdminOrReadOnly(IsAdmin):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class IsReviewer(BasePermission):
    """Reviews belong to who wrote them; an admin may take one down."""

    message = "This is not your review."

    def has_permission(self, request, view):
        return bool(request.user.is_authenticated)

    def has_object_permission(self, request, view, review):
        if request.method == "DELETE" and request.user.is_shop_admin:
            return True
        return review.user_id == request.user.id
