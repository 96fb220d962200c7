// Carried into the bench and loaded by Jest there: one JSON line per thing that happens.
const { appendFileSync } = require('node:fs');

const FILE = process.env.OUTCOMES_FILE;
const LONGEST = 20_000;

const say = (what) => appendFileSync(FILE, `${JSON.stringify(what)}\n`);

module.exports = class Outcomes {
  onTestFileResult(test, result) {
    const file = result.testFilePath;
    if (result.testExecError) {
      const { message = '', stack = '' } = result.testExecError;
      say({ what: 'collect', file, error: 'Error', message: message || result.failureMessage || '', stack, frames: [] });
    }
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

function told(text, details) {
  const at = text.search(/\n\s+at /);
  const message = (at < 0 ? text : text.slice(0, at)).replace(/^Error: /, '');
  const asserted = details?.matcherResult || /^(?:\u001b\[\d+m)*expect\(/.test(message);
  const named = details?.name ?? details?.error?.name ?? 'Error';
  const error = named === 'Error' && asserted ? 'AssertionError' : named;
  return { error, message, stack: text, frames: [] };
}
