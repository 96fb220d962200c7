import { QueryFailedError } from 'typeorm';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; 18 tells ON DELETE RESTRICT apart. */
const UNIQUE_VIOLATION = ['23505'];
const FOREIGN_KEY_VIOLATION = ['23503', '23001'];

export function isUniqueViolation(error: unknown): boolean {
  return isRefusal(error, UNIQUE_VIOLATION);
}

export function isForeignKeyViolation(error: unknown): boolean {
  return isRefusal(error, FOREIGN_KEY_VIOLATION);
}

function isRefusal(error: unknown, codes: string[]): boolean {
  return error instanceof QueryFailedError && codes.includes(error.driverError.code);
}
