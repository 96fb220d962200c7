import { z } from 'zod';

const INT4_MAX = 2_147_483_647;

/** PostgreSQL cannot store a NUL character. */
const text = z.string().refine((value) => !value.includes('\0'), 'Must not contain NUL characters');
const line = text.trim().min(1);

export const id = z.coerce.number().int().min(1).max(INT4_MAX);
export const reference = z.number().int().min(1).max(INT4_MAX);
export const email = z.email().max(254).toLowerCase();
/** bcrypt reads no more than 72 bytes. */
export const password = z
  .string()
  .min(10)
  .max(72)
  .refine((value) => Buffer.byteLength(value) <= 72, 'Must have at most 72 bytes');
export const userName = line.max(80);
export const authorName = line.max(120);
export const title = line.max(200);
export const bio = text;
export const isbn = z.string().regex(/^[0-9]{13}$/, 'Must have 13 digits');
export const cents = z.number().int().min(1).max(INT4_MAX);
export const stock = z.number().int().min(0).max(INT4_MAX);
export const rating = z.number().int().min(1).max(5);
export const reviewBody = text.max(2000);
export const quantity = z.number().int().min(1).max(100);
export const cardToken = line.max(255);
export const searchText = line.max(200);
export const priceFilter = z.coerce.number().int().min(0).max(INT4_MAX);
export const day = z.iso.date().refine((value) => value >= '0001', 'Must not lie before year 1');

export const idParams = z.object({ id });

export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(INT4_MAX).default(1),
  per_page: z.coerce.number().int().min(1).max(100).default(20),
});

export type PageQuery = z.infer<typeof pageQuery>;
