import { once } from 'node:events';

import mongoose from 'mongoose';

import { DATABASE_URL } from './environment';
import './app';

const { connection } = mongoose;

export const Author = mongoose.model<any>('Author');
export const Book = mongoose.model<any>('Book');
export const Order = mongoose.model<any>('Order');
export const Review = mongoose.model<any>('Review');
export const User = mongoose.model<any>('User');

export const disconnect = () => mongoose.disconnect();

const collection = (name: string) => connection.collection(name);

/** Connect where the app has not, and build the indexes that unique fields rest on. */
export async function migrateDatabase() {
  if (connection.readyState === 0) await mongoose.connect(DATABASE_URL);
  if (connection.readyState !== 1) await once(connection, 'connected');
  for (const model of Object.values(connection.models)) {
    await model.init();
  }
}

/** Delete every document that a test may have left. */
export async function cleanDatabase() {
  for (const name of refusing.splice(0)) {
    await connection.db!.command({ collMod: name, validator: {} });
  }
  for (const model of Object.values(connection.models)) {
    await model.collection.deleteMany({});
  }
}

/** All documents of the collections as they stand; `but` leaves fields out (`books.updatedAt`). */
export async function snapshot(collections: string[], { but = [] }: { but?: string[] } = {}) {
  const found: Record<string, string[]> = {};
  for (const name of collections) {
    const documents = await collection(name).find().project({ __v: 0 }).toArray();
    const spared = (key: string) => but.includes(`${name}.${key}`);
    found[name] = documents.map((each) =>
      JSON.stringify(each, (key, value) => (spared(key) ? undefined : value)),
    );
    found[name].sort();
  }
  return found;
}

const refusing: string[] = [];

/** Let the database refuse whatever is stored in the collection, until the test ends. */
export async function refuse(name: string) {
  const db = connection.db!;
  const there = await db.listCollections({ name }).hasNext();
  if (!there) await db.createCollection(name);
  refusing.push(name);
  await db.command({ collMod: name, validator: { _id: { $exists: false } } });
}
