import { model, Schema } from 'mongoose';

const authorSchema = new Schema(
  {
    name: { type: String, required: true, unique: true, trim: true, minlength: 1, maxlength: 120 },
    bio: { type: String, default: null },
  },
  { versionKey: false },
);

export type Author = InstanceType<typeof Author>;
export const Author = model('Author', authorSchema);
