import { model, Schema } from 'mongoose';

const reviewSchema = new Schema(
  {
    book: { type: Schema.Types.ObjectId, ref: 'Book', required: true },
    user: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    rating: { type: Number, required: true, min: 1, max: 5, validate: Number.isInteger },
    body: { type: String, maxlength: 2000, default: null },
  },
  { timestamps: { createdAt: 'created_at', updatedAt: false }, versionKey: false },
);

reviewSchema.index({ book: 1, user: 1 }, { unique: true });

export type Review = InstanceType<typeof Review>;
export const Review = model('Review', reviewSchema);
