import mongoose from 'mongoose';

import { app } from './app';
import { config } from './config';

async function main(): Promise<void> {
  await mongoose.connect(config.mongoUri);
  const server = app.listen(config.port, () => {
    console.log(`The bookshop listens on port ${config.port}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close(() => void mongoose.disconnect());
    });
  }
}

void main();
