import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Catalogue1767600000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TYPE "users_role_enum" AS ENUM ('customer', 'admin')`);
    await queryRunner.query(`
      CREATE TABLE "users" (
        "id" SERIAL PRIMARY KEY,
        "email" character varying(254) NOT NULL UNIQUE,
        "name" character varying(80) NOT NULL,
        "password_hash" character varying NOT NULL,
        "role" "users_role_enum" NOT NULL DEFAULT 'customer',
        "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now()
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "authors" (
        "id" SERIAL PRIMARY KEY,
        "name" character varying(120) NOT NULL UNIQUE,
        "bio" text
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "books" (
        "id" SERIAL PRIMARY KEY,
        "isbn" character varying(13) NOT NULL UNIQUE CHECK ("isbn" ~ '^[0-9]{13}$'),
        "title" character varying(200) NOT NULL,
        "author_id" integer NOT NULL REFERENCES "authors" ("id") ON DELETE RESTRICT,
        "price_cents" integer NOT NULL CHECK ("price_cents" >= 1),
        "stock" integer NOT NULL CHECK ("stock" >= 0),
        "published_on" date,
        "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now(),
        "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now()
      )
    `);
    await queryRunner.query(`CREATE INDEX "books_author_id" ON "books" ("author_id")`);
    await queryRunner.query(`
      CREATE TABLE "reviews" (
        "id" SERIAL PRIMARY KEY,
        "book_id" integer NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
        "user_id" integer NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
        "rating" smallint NOT NULL CHECK ("rating" BETWEEN 1 AND 5),
        "body" character varying(2000),
        "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now(),
        UNIQUE ("book_id", "user_id")
      )
    `);
    await queryRunner.query(`CREATE INDEX "reviews_user_id" ON "reviews" ("user_id")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "reviews", "books", "authors", "users"`);
    await queryRunner.query(`DROP TYPE "users_role_enum"`);
  }
}
