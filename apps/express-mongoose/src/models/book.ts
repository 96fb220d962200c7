import { model, Schema } from 'mongoose';

const whole = { validator: Number.isInteger, message: 'must be a whole number' };

const bookSchema = new Schema(
  {
    isbn: { type: String, required: true, unique: true, match: /^[0-9]{13}$/ },
    title: { type: String, required: true, trim: true, minlength: 1, maxlength: 200 },
    author: { type: Schema.Types.ObjectId, ref: 'Author', required: true, index: true },
    price_cents: { type: Number, required: true, min: 1, validate: whole },
    stock: { type: Number, required: true, min: 0, validate: whole },
    published_on: { type: Date, default: null },
  },
  { timestamps: { createdAt: 'created_at', updatedAt: 'updated_at' }, versionKey: false },
);

export type Book = InstanceType<typeof Book>;
export const Book = model('Book', bookSchema);
