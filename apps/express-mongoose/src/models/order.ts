import { model, Schema } from 'mongoose';

export const STATUSES = ['pending', 'paid', 'cancelled'] as const;

/** A line of an order, with the price of the day on which it was placed. */
const itemSchema = new Schema(
  {
    book: { type: Schema.Types.ObjectId, ref: 'Book', required: true },
    quantity: { type: Number, required: true, min: 1, max: 100, validate: Number.isInteger },
    unit_price_cents: { type: Number, required: true, min: 1, validate: Number.isInteger },
  },
  { _id: false },
);

const orderSchema = new Schema(
  {
    user: { type: Schema.Types.ObjectId, ref: 'User', required: true, index: true },
    status: { type: String, enum: STATUSES, default: 'pending' },
    total_cents: { type: Number, required: true, min: 1, validate: Number.isInteger },
    payment_id: { type: String, default: null },
    items: [itemSchema],
  },
  { timestamps: { createdAt: 'created_at', updatedAt: false }, versionKey: false },
);

orderSchema.index({ 'items.book': 1 });

export type Order = InstanceType<typeof Order>;
export const Order = model('Order', orderSchema);
