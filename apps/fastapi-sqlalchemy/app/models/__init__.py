from app.models.base import Base
from app.models.catalog import Author, Book
from app.models.order import Order, OrderItem, OrderStatus
from app.models.review import Review
from app.models.user import Role, User

__all__ = ["Author", "Base", "Book", "Order", "OrderItem", "OrderStatus", "Review", "Role", "User"]
