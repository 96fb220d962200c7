from email.message import EmailMessage

import aiosmtplib

from app.models import Order, User
from app.settings import settings


async def send_welcome(user: User) -> None:
    await send(
        user.email,
        "Welcome to the bookshop",
        f"Hello {user.name},\n\nyour account is ready. Enjoy your reading!\n",
    )


async def send_receipt(user: User, order: Order) -> None:
    lines = [
        f"{item.quantity} x book {item.book_id} at {euros(item.unit_price_cents)}"
        for item in order.items
    ]
    await send(
        user.email,
        f"Receipt for order {order.id}",
        "\n".join(
            [f"Hello {user.name},", "", *lines, "", f"Total: {euros(order.total_cents)}", ""]
        ),
    )


def euros(cents: int) -> str:
    return f"EUR {cents // 100}.{cents % 100:02}"


async def send(recipient: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = recipient
    message["Subject"] = subject
    message.set_content(text)
    await aiosmtplib.send(
        message,
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username or None,
        password=settings.smtp_password.get_secret_value() or None,
        timeout=settings.smtp_timeout_seconds,
    )
