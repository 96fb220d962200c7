/** https://www.postgresql.org/docs/current/errcodes-appendix.html; 18 tells ON DELETE RESTRICT apart. */
const UNIQUE_VIOLATION = ['23505'];
const FOREIGN_KEY_VIOLATION = ['23503', '23001'];
const NUL_IN_TEXT = ['22021'];

export const isUniqueViolation = (error: unknown) => hasCode(error, UNIQUE_VIOLATION);
export const isForeignKeyViolation = (error: unknown) => hasCode(error, FOREIGN_KEY_VIOLATION);
export const isNulInText = (error: unknown) => hasCode(error, NUL_IN_TEXT);

/** Drizzle wraps what the driver throws. */
function hasCode(error: unknown, codes: string[]): boolean {
  const { code } = (error as { cause?: { code?: string } } | null)?.cause ?? {};
  return code !== undefined && codes.includes(code);
}
