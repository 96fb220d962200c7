import bcrypt from 'bcryptjs';
import { model, Schema } from 'mongoose';

import { config } from '../config';

export const ROLES = ['customer', 'admin'] as const;

const userSchema = new Schema(
  {
    email: { type: String, required: true, unique: true, lowercase: true, trim: true },
    name: { type: String, required: true, trim: true, minlength: 1, maxlength: 80 },
    /** The hash; a plain password that is set here is hashed before it is saved. */
    password_hash: { type: String, required: true, select: false },
    role: { type: String, enum: ROLES, default: 'customer' },
  },
  { timestamps: { createdAt: 'created_at', updatedAt: false }, versionKey: false },
);

userSchema.pre('save', async function () {
  if (this.isModified('password_hash')) {
    this.password_hash = await bcrypt.hash(this.password_hash, config.bcryptCost);
  }
});

export type User = InstanceType<typeof User>;
export const User = model('User', userSchema);
