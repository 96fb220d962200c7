'use strict';
// An error as JSON: what was thrown, and where, deepest frame last.

const FRAME = /^\s*at (?:async )?(?:(.*?) \()?(?:file:\/\/)?(\/.*?):(\d+)(?::\d+)?\)?$/;
const MISSING = /Cannot find (?:module|package) '([^']+)'/;

function describe(thrown) {
  const error = innermost(thrown);
  const message = String(error?.message ?? error);
  const missing = MISSING.exec(message);
  return {
    type: error?.name ?? error?.constructor?.name ?? typeof error,
    message,
    outer: `${thrown?.name ?? ''}: ${thrown?.message ?? thrown}`,
    frames: frames(error?.stack),
    missing: missing ? missing[1] : null,
  };
}

function innermost(error) {
  let found = error;
  while (found?.cause instanceof Error) found = found.cause;
  return found;
}

function frames(stack) {
  const lines = String(stack ?? '').split('\n');
  const found = lines.map((line) => FRAME.exec(line)).filter(Boolean);
  return found.reverse().map(([, name, file, line]) => [decodeURI(file), Number(line), name ?? '']);
}

/** The whole error as a log shows it, with its causes. */
function text(error) {
  if (!(error instanceof Error)) return String(error?.message ?? error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\n[cause]: ${text(error.cause)}` : own;
}

module.exports = { describe, text };
