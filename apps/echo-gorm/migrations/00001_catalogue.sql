-- +goose Up
CREATE TABLE users (
    id            BIGINT PRIMARY KEY AUTO_INCREMENT,
    email         VARCHAR(254) NOT NULL UNIQUE,
    name          VARCHAR(80)  NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    role          VARCHAR(8)   NOT NULL DEFAULT 'customer',
    created_at    DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    CONSTRAINT users_role CHECK (role IN ('customer', 'admin'))
);

CREATE TABLE authors (
    id   BIGINT PRIMARY KEY AUTO_INCREMENT,
    name VARCHAR(120) NOT NULL UNIQUE,
    bio  TEXT
);

CREATE TABLE books (
    id           BIGINT PRIMARY KEY AUTO_INCREMENT,
    isbn         VARCHAR(13)  NOT NULL UNIQUE,
    title        VARCHAR(200) NOT NULL,
    author_id    BIGINT       NOT NULL,
    price_cents  INT          NOT NULL,
    stock        INT          NOT NULL,
    published_on DATE,
    created_at   DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    updated_at   DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    CONSTRAINT books_price CHECK (price_cents >= 1),
    CONSTRAINT books_stock CHECK (stock >= 0),
    CONSTRAINT books_author FOREIGN KEY (author_id) REFERENCES authors (id) ON DELETE RESTRICT
);

CREATE TABLE reviews (
    id         BIGINT PRIMARY KEY AUTO_INCREMENT,
    book_id    BIGINT      NOT NULL,
    user_id    BIGINT      NOT NULL,
    rating     SMALLINT    NOT NULL,
    body       VARCHAR(2000),
    created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    CONSTRAINT reviews_rating CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT reviews_once UNIQUE (book_id, user_id),
    CONSTRAINT reviews_book FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE,
    CONSTRAINT reviews_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE reviews;
DROP TABLE books;
DROP TABLE authors;
DROP TABLE users;
