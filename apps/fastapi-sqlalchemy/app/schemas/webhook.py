from pydantic import BaseModel

from app.schemas.fields import Reference


class PaymentEventData(BaseModel):
    order_id: Reference
    payment_id: str


class PaymentEvent(BaseModel):
    type: str
    data: PaymentEventData


class Receipt(BaseModel):
    received: bool = True
