import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '@prisma/client';

import { config } from './config.js';

export const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: config.DATABASE_URL }),
});

/** The codes of https://www.prisma.io/docs/orm/reference/error-reference that we answer. */
export const UNIQUE_VIOLATION = 'P2002';
const FOREIGN_KEY_VIOLATION = 'P2003';
export const NOT_FOUND = 'P2025';

export function isPrismaError(error: unknown, code: string): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}

/** PostgreSQL 18 tells ON DELETE RESTRICT apart, and the adapter has no code for that yet. */
export function isForeignKeyViolation(error: unknown): boolean {
  const driver = error as { cause?: { originalCode?: string } } | null;
  return isPrismaError(error, FOREIGN_KEY_VIOLATION) || driver?.cause?.originalCode === '23001';
}
