import logging

from django.core.mail import send_mail

logger = logging.getLogger(__name__)


def send_welcome(user):
    attempt(
        "Welcome to the bookshop",
        f"Hello {user.name},\n\nyour account is ready. Enjoy your reading!\n",
        user.email,
    )


def send_receipt(user, order):
    lines = [
        f"{item.quantity} x book {item.book_id} at {euros(item.unit_price_cents)}"
        for item in order.items.all()
    ]
    text = "\n".join([f"Hello {user.name},", "", *lines, "", f"Total: {euros(order.total_cents)}"])
    attempt(f"Receipt for order {order.id}", text, user.email)


def euros(cents):
    return f"EUR {cents // 100}.{cents % 100:02}"


def attempt(subject, text, recipient):
    """A mail follows a commit: whatever becomes of it, the answer is settled."""
    try:
        send_mail(subject, text, None, [recipient])
    except OSError:
        logger.exception("Could not send %r", subject)
