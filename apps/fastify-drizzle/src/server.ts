import { buildApp } from './app.js';
import { config } from './config.js';

const app = await buildApp({ logger: { level: config.LOG_LEVEL } });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}

await app.listen({ port: config.PORT, host: '0.0.0.0' });
