// Carried into the bench and loaded by Jest there: one JSON line per thing that happens.
const { appendFileSync } = require('node:fs');

const FILE = process.env.OUTCOMES_FILE;
const LONGEST = 20_000;
const NEVER = 'The app did not begin to listen';

const say = (what) => appendFileSync(FILE, `${JSON.stringify(what)}\n`);

module.exports = class Outcomes {
  onTestFileResult(test, result) {
    const file = result.testFilePath;
    if (result.testExecError) {
      const { message = '', stack = '' } = result.testExecError;
      const reason = message || told(stack).message || result.failureMessage || '';
      if (nothingWorks(result.testResults)) giveUp(file, stack || reason, result.console ?? []);
      say({ what: 'collect', file, error: 'Error', message: reason, stack, frames: [] });
    }
    const late = result.testResults.flatMap((each) => each.failureMessages).find((each) => each.includes(NEVER));
    if (late) giveUp(file, late, result.console ?? []);
    const log = (result.console ?? []).map((each) => each.message).join('\n').slice(-LONGEST);
    for (const each of result.testResults) {
      say({
        what: 'test',
        file,
        names: [...each.ancestorTitles, each.title],
        state: each.status,
        errors: each.failureMessages.map((message, at) => told(message, each.failureDetails?.[at])),
        line: each.location?.line ?? 0,
        seconds: (each.duration ?? 0) / 1000,
        log,
      });
    }
  }

  onRunComplete() {
    say({ what: 'finish' });
  }
};

/** What nobody waited for went wrong, and every test waited in vain. */
function nothingWorks(tests) {
  return tests.length > 1 && tests.every((each) => each.status === 'failed');
}

/** An app that does not start does not start for the next file either: the run ends with the reason. */
function giveUp(file, text, logs) {
  const { message } = told(text);
  const last = logs.at(-1)?.message.trim();
  const reason = last ? `${message} The last that it said: ${last}` : message;
  say({ what: 'collect', file, error: 'Error', message: reason, stack: text, frames: [] });
  process.exit(1);
}

function told(text, details) {
  const at = text.search(/\n\s+at /);
  const message = (at < 0 ? text : text.slice(0, at)).replace(/^Error: /, '');
  const asserted = details?.matcherResult || /^(?:\u001b\[\d+m)*expect\(/.test(message);
  const named = details?.name ?? details?.error?.name ?? 'Error';
  const error = named === 'Error' && asserted ? 'AssertionError' : named;
  return { error, message, stack: text, frames: [] };
}
