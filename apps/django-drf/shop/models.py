from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q


class UserManager(BaseUserManager):
    def create_user(self, email, password, **fields):
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    class Role(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        ADMIN = "admin", "Admin"

    last_login = None

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.CUSTOMER)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=["customer", "admin"]), name="user_role"),
        ]

    def __str__(self):
        return self.email

    @property
    def is_shop_admin(self):
        return self.role == self.Role.ADMIN


class Author(models.Model):
    name = models.CharField(max_length=120, unique=True)
    bio = models.TextField(null=True, blank=True)  # noqa: DJ001 - absent is not empty

    def __str__(self):
        return self.name


class Book(models.Model):
    isbn = models.CharField(
        max_length=13,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{13}$", "An ISBN has 13 digits.")],
    )
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="books")
    price_cents = models.IntegerField(validators=[MinValueValidator(1)])
    stock = models.PositiveIntegerField()
    published_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_cents__gte=1), name="book_price_positive"),
        ]

    def __str__(self):
        return self.title


class Review(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reviews")
    rating = models.SmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    body = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "user"], name="review_once"),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="review_rating"),
        ]

    def __str__(self):
        return f"{self.rating} for {self.book_id}"


class Order(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        PAID = "paid", "Paid"
        CANCELLED = "cancelled", "Cancelled"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    total_cents = models.BigIntegerField()
    payment_id = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "paid", "cancelled"]), name="order_status"
            ),
        ]

    def __str__(self):
        return f"order {self.pk}"


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    unit_price_cents = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "book"], name="order_item_once"),
            models.CheckConstraint(condition=Q(quantity__range=(1, 100)), name="item_quantity"),
        ]

    def __str__(self):
        return f"{self.quantity} of {self.book_id}"
