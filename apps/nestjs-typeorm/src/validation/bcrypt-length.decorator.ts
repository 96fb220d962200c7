import { ValidateBy } from 'class-validator';

/** bcrypt reads no more than 72 bytes. */
export function BcryptLength(): PropertyDecorator {
  return ValidateBy({
    name: 'bcryptLength',
    validator: {
      validate: (value) => typeof value === 'string' && Buffer.byteLength(value) <= 72,
      defaultMessage: () => '$property must have at most 72 bytes',
    },
  });
}
