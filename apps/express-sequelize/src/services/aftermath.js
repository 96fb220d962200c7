/** Does what follows a commit: whatever becomes of it, the answer is settled. */
async function attempt(what, work) {
  try {
    await work;
  } catch (error) {
    console.error(`Could not ${what}`, error);
  }
}

module.exports = { attempt };
