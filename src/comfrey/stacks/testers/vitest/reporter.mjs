// Carried into the bench and loaded by Vitest there: one JSON line per thing that happens.
import { appendFileSync } from 'node:fs';

const FILE = process.env.OUTCOMES_FILE;
const LONGEST = 20_000;
const NEVER = 'The app did not begin to listen';

const say = (what) => appendFileSync(FILE, `${JSON.stringify(what)}\n`);

const told = (error) => ({
  error: error.name ?? 'Error',
  message: String(error.message ?? error),
  stack: String(error.stack ?? ''),
  test: error.VITEST_TEST_NAME ?? '',
  frames: (error.stacks ?? []).map((each) => [each.file, each.line, each.method ?? '']),
});

export default class Outcomes {
  logs = new Map();
  seen = new Set();
  ended = new Set();

  onUserConsoleLog({ taskId, content }) {
    this.logs.set(taskId, ((this.logs.get(taskId) ?? '') + content).slice(-LONGEST));
  }

  onTestCaseResult(test) {
    const { state, errors = [] } = test.result();
    this.tell({
      file: test.module.moduleId,
      names: namesOf(test),
      state,
      errors: errors.map(told),
      line: test.location?.line ?? 0,
      seconds: (test.diagnostic()?.duration ?? 0) / 1000,
      log: this.logs.get(test.id) ?? '',
    });
  }

  onTestModuleEnd(module) {
    this.ended.add(module.moduleId);
    for (const error of module.errors?.() ?? []) say({ what: 'collect', file: module.moduleId, ...told(error) });
    for (const suite of module.children?.allSuites?.() ?? []) {
      for (const error of suite.errors?.() ?? []) say({ what: 'hook', file: module.moduleId, ...told(error) });
    }
    const errors = [...(module.errors?.() ?? []), ...[...(module.children?.allSuites?.() ?? [])].flatMap((each) => each.errors?.() ?? [])];
    const late = errors.find((each) => String(each.message).includes(NEVER));
    if (late) this.giveUp(module.moduleId, late);
  }

  /** An app that does not start does not start for the next file either: the run ends with the reason. */
  giveUp(file, error) {
    const last = [...this.logs.values()].join('').trim().split('\n').pop() ?? '';
    const message = last ? `${error.message} The last that it said: ${last}` : error.message;
    say({ what: 'collect', file, ...told({ ...error, message }) });
    process.exit(1);
  }

  onTestRunEnd(modules, errors = []) {
    for (const module of modules) if (!this.ended.has(module.moduleId)) this.onTestModuleEnd(module);
    for (const error of errors) say({ what: 'unhandled', ...told(error) });
    say({ what: 'finish' });
  }

  // Vitest 1 and 2 know neither of the above.
  onFinished(files = [], errors = []) {
    if (this.seen.size) return;
    for (const file of files) {
      const message = file.result?.errors?.[0];
      if (message && !file.tasks.length) say({ what: 'collect', file: file.filepath, ...told(message) });
      this.walk(file.tasks, file, []);
    }
    for (const error of errors) say({ what: 'unhandled', ...told(error) });
    say({ what: 'finish' });
  }

  walk(tasks, file, above) {
    for (const task of tasks) {
      const names = [...above, task.name];
      if (task.type === 'suite') this.walk(task.tasks, file, names);
      else {
        const state = { pass: 'passed', fail: 'failed' }[task.result?.state] ?? 'skipped';
        const errors = (task.result?.errors ?? []).map(told);
        const seconds = (task.result?.duration ?? 0) / 1000;
        const log = this.logs.get(task.id) ?? '';
        this.tell({ file: file.filepath, names, state, errors, line: task.location?.line ?? 0, seconds, log });
      }
    }
  }

  tell(test) {
    this.seen.add(test);
    say({ what: 'test', ...test });
  }
}

function namesOf(test) {
  const names = [];
  for (let each = test; each && each.type !== 'module'; each = each.parent) names.unshift(each.name);
  return names;
}
