const net = require('node:net');

const nock = require('nock');

const { MAILBOX_PORT } = require('./environment');

const FAILURES = {
  declined: [
    402,
    {
      error: {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'generic_decline',
        message: 'Your card was declined.',
      },
    },
  ],
  rate_limit: [429, { error: { message: 'too many requests' } }],
  shape: [200, { unexpected: true }],
  status500: [500, { error: { message: 'internal error' } }],
};

/** Answers well until it is told to fail, and remembers what it was asked. */
class Double {
  constructor(answers = {}) {
    this.answers = answers;
    this.forget();
  }

  async start() {}

  async stop() {}

  /** Start anew: nothing asked, nothing wrong. */
  forget() {
    this.calls = [];
    this.failing = '';
    this.times = 0;
    this.answered = undefined;
  }

  /** Answer so from now on. */
  answer(status = 200, body = {}) {
    this.answered = [status, body];
  }

  /** Fail so from now on, or only `times` times. */
  fail(kind, times = 0) {
    this.failing = kind;
    this.times = times;
  }

  callsTo(path) {
    return this.calls.filter((call) => call.path === path);
  }

  /** Remember a call; returns how to fail it, or nothing. */
  asked(call) {
    this.calls.push(call);
    const kind = this.failing;
    if (this.times > 0) {
      this.times -= 1;
      if (this.times === 0) this.failing = '';
    }
    return kind;
  }

  /** The good answer to a request. */
  known(method, path) {
    return this.answered ?? this.answers[`${method} ${path}`] ?? [200, {}];
  }
}

/** A mail server on a port of this machine; a call's body is `to`, `from`, `subject` and `text`. */
class MailDouble extends Double {
  constructor(port) {
    super();
    this.port = port;
  }

  async start() {
    const server = net.createServer((socket) => this.serve(socket));
    this.server = server;
    await new Promise((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  async stop() {
    this.server?.close();
  }

  serve(socket) {
    let mail = '';
    let waiting = '';
    let receiving = false;
    const say = (line) => socket.write(`${line}\r\n`);
    socket.on('error', () => socket.destroy());
    if (this.failing === 'network') return socket.destroy();
    say('220 ready');
    socket.on('data', async (chunk) => {
      const lines = (waiting + chunk).split('\r\n');
      waiting = lines.pop() ?? '';
      for (const line of lines) {
        if (receiving && line !== '.') mail += `${line.replace(/^\./, '')}\n`;
        else if (receiving) {
          receiving = false;
          say(await this.receive(mail));
          mail = '';
        } else if (/^DATA/i.test(line)) {
          receiving = true;
          say('354 go on');
        } else if (/^EHLO/i.test(line)) say('250-here\r\n250 AUTH PLAIN LOGIN');
        else if (/^AUTH/i.test(line)) say('235 welcome');
        else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else say('250 fine');
      }
    });
    return socket;
  }

  async receive(mail) {
    const [head = '', ...rest] = mail.split('\n\n');
    const lines = head.replace(/\n[ \t]+/g, ' ').matchAll(/^(.*?): (.*)$/gm);
    const headers = {};
    for (const [, name, value] of lines) headers[name.toLowerCase()] = value;
    const { to = '', from = '', subject = '' } = headers;
    const text = decoded(rest.join('\n\n'), headers['content-transfer-encoding']);
    const kind = this.asked({
      method: 'SEND',
      path: to,
      headers,
      body: { to, from, subject, text },
    });
    if (kind === 'timeout') await sleep(2000);
    const refusals = { status500: '554 failed', rate_limit: '451 later', shape: 'what?' };
    return refusals[kind] ?? '250 sent';
  }
}

function decoded(text, encoding = '') {
  if (/base64/i.test(encoding)) return Buffer.from(text, 'base64').toString();
  if (!/quoted-printable/i.test(encoding)) return text;
  const joined = text.replace(/=\n/g, '').replaceAll('%', '%25');
  return decodeURIComponent(joined.replace(/=([0-9A-F]{2})/gi, '%$1'));
}

/** An HTTP service, in the place of its host. */
class HttpDouble extends Double {
  constructor(origin, answers = {}) {
    super(answers);
    this.origin = origin;
  }

  async start() {
    if (!nock.isActive()) nock.activate();
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']) {
      const double = this;
      nock(this.origin)
        .persist()
        .intercept(() => true, method)
        .reply(async function (uri, body) {
          const { headers } = this.req;
          const path = uri.split('?')[0];
          const content = parsed(body, String(headers['content-type']));
          return double.respond({ method, path, headers, body: content });
        });
    }
  }

  /** Give the network back: each file of tests brings a nock of its own. */
  async stop() {
    nock.cleanAll();
    nock.restore();
  }

  async respond(call) {
    const { method, path } = call;
    const kind = this.asked(call);
    if (kind === 'network') {
      throw Object.assign(new Error('the service is away'), { code: 'ECONNREFUSED' });
    }
    if (kind === 'timeout') await sleep(2000);
    const [status, document] = FAILURES[kind] ?? this.known(method, path);
    return [status, document, { 'Content-Type': 'application/json' }];
  }
}

/** A request's body as data, by its content type. */
function parsed(body, media = '') {
  if (typeof body !== 'string') return body;
  if (media.includes('form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  return media.includes('json') && body ? JSON.parse(body) : body;
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const mailbox = new MailDouble(MAILBOX_PORT);
const payment = new HttpDouble('http://payment.test', {
  'POST /v1/charges': [
    200,
    {
      id: 'ch_3MmlLrLkdIwHu7ix0snN0B15',
      object: 'charge',
      amount: 1099,
      currency: 'eur',
      paid: true,
      status: 'succeeded',
      captured: true,
    },
  ],
});

const doubles = [mailbox, payment];

/** No test reaches further than this machine. */
function closeNetwork() {
  nock.disableNetConnect();
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[?::1\]?)(:|$)/);
}

module.exports = { closeNetwork, doubles, mailbox, payment };
