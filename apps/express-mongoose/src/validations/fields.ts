import { z } from 'zod';

const line = z.string().trim().min(1);

export const objectId = z.string().regex(/^[0-9a-f]{24}$/, 'Must be an id');
export const email = z.email().toLowerCase();
/** bcrypt reads no more than 72 bytes. */
export const password = z
  .string()
  .min(10)
  .refine((value) => Buffer.byteLength(value) <= 72, 'Must have at most 72 bytes');
export const userName = line.max(80);
export const authorName = line.max(120);
export const title = line.max(200);
export const isbn = z.string().regex(/^[0-9]{13}$/, 'Must have 13 digits');
export const cents = z.number().int().min(1);
export const stock = z.number().int().min(0);
export const rating = z.number().int().min(1).max(5);
export const reviewBody = z.string().max(2000);
export const quantity = z.number().int().min(1).max(100);
export const searchText = line.max(200);
export const priceFilter = z.coerce.number().int().min(0);
export const day = z.iso.date();

export const idParams = z.object({ id: objectId });

export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(100).default(20),
});

export type PageQuery = z.infer<typeof pageQuery>;
