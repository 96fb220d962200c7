/** Does what follows a commit: whatever becomes of it, the answer is settled. */
export async function attempt(what: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    console.error(`Could not ${what}`, error);
  }
}
