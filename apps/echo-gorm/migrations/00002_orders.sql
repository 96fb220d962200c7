-- +goose Up
CREATE TABLE orders (
    id          BIGINT PRIMARY KEY AUTO_INCREMENT,
    user_id     BIGINT      NOT NULL,
    status      VARCHAR(9)  NOT NULL DEFAULT 'pending',
    total_cents BIGINT      NOT NULL,
    payment_id  VARCHAR(255),
    created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    CONSTRAINT orders_status CHECK (status IN ('pending', 'paid', 'cancelled')),
    CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE TABLE order_items (
    id               BIGINT PRIMARY KEY AUTO_INCREMENT,
    order_id         BIGINT   NOT NULL,
    book_id          BIGINT   NOT NULL,
    quantity         SMALLINT NOT NULL,
    unit_price_cents INT      NOT NULL,
    CONSTRAINT order_items_quantity CHECK (quantity BETWEEN 1 AND 100),
    CONSTRAINT order_items_once UNIQUE (order_id, book_id),
    CONSTRAINT order_items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_items_book FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE RESTRICT
);

-- +goose Down
DROP TABLE order_items;
DROP TABLE orders;
