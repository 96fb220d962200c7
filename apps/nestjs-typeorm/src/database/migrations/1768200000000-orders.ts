import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Orders1768200000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TYPE "orders_status_enum" AS ENUM ('pending', 'paid', 'cancelled')`,
    );
    await queryRunner.query(`
      CREATE TABLE "orders" (
        "id" SERIAL PRIMARY KEY,
        "user_id" integer NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
        "status" "orders_status_enum" NOT NULL DEFAULT 'pending',
        "total_cents" bigint NOT NULL,
        "payment_id" character varying(255),
        "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now()
      )
    `);
    await queryRunner.query(`CREATE INDEX "orders_user_id" ON "orders" ("user_id")`);
    await queryRunner.query(`
      CREATE TABLE "order_items" (
        "id" SERIAL PRIMARY KEY,
        "order_id" integer NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
        "book_id" integer NOT NULL REFERENCES "books" ("id") ON DELETE RESTRICT,
        "quantity" smallint NOT NULL CHECK ("quantity" BETWEEN 1 AND 100),
        "unit_price_cents" integer NOT NULL,
        UNIQUE ("order_id", "book_id")
      )
    `);
    await queryRunner.query(`CREATE INDEX "order_items_book_id" ON "order_items" ("book_id")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "order_items", "orders"`);
    await queryRunner.query(`DROP TYPE "orders_status_enum"`);
  }
}
