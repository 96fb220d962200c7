"""E-mails follow what is done already: one that cannot be sent is logged, and no more."""

import logging
import smtplib

from flask_mail import Message

from bookshop.extensions import mail
from bookshop.models import Order, User

logger = logging.getLogger(__name__)


def send_welcome(user: User) -> None:
    text = f"Hello {user.name},\n\nyour account is ready. Enjoy your reading!\n"
    send(user.email, "Welcome to the bookshop", text)


def send_receipt(user: User, order: Order) -> None:
    lines = [
        f"{item.quantity} x book {item.book_id} at {euros(item.unit_price_cents)}"
        for item in order.items
    ]
    text = "\n".join(
        [f"Hello {user.name},", "", *lines, "", f"Total: {euros(order.total_cents)}", ""]
    )
    send(user.email, f"Receipt for order {order.id}", text)


def euros(cents: int) -> str:
    return f"EUR {cents // 100}.{cents % 100:02}"


def send(recipient: str, subject: str, text: str) -> None:
    try:
        mail.send(Message(subject, recipients=[recipient], body=text))
    except (OSError, smtplib.SMTPException):
        logger.exception("The e-mail %r could not be sent", subject)
