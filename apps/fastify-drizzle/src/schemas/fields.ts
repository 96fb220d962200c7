import { Type } from '@sinclair/typebox';

const INT4_MAX = 2_147_483_647;

export const Id = Type.Integer({ minimum: 1, maximum: INT4_MAX });
export const Email = Type.String({ format: 'email', maxLength: 254 });
/** bcrypt reads no more than 72 bytes. */
export const Password = Type.String({ minLength: 10, maxLength: 72 });
export const Line = (maxLength: number) => Type.String({ minLength: 1, maxLength });
export const Cents = Type.Integer({ minimum: 1, maximum: INT4_MAX });
export const Count = Type.Integer({ minimum: 0, maximum: INT4_MAX });
export const Day = Type.String({ format: 'date' });
/** A union would make an empty text of null: Ajv coerces to the first type that it can. */
export const NullableText = (rules: { maxLength?: number; format?: string } = {}) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...rules });
export const Moment = Type.Unsafe<Date>({ type: 'string', format: 'date-time' });

export const IdParams = Type.Object({ id: Id });

export const PageQuery = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: INT4_MAX, default: 1 }),
  per_page: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
});

export const PageOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    total: Type.Integer(),
    page: Type.Integer(),
    per_page: Type.Integer(),
  });
