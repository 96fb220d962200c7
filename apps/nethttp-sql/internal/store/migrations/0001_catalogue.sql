CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    email         VARCHAR(254) NOT NULL UNIQUE,
    name          VARCHAR(80)  NOT NULL,
    password_hash TEXT         NOT NULL,
    role          VARCHAR(8)   NOT NULL DEFAULT 'customer' CHECK (role IN ('customer', 'admin')),
    created_at    DATETIME     NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE authors (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(120) NOT NULL UNIQUE,
    bio  TEXT
);

CREATE TABLE books (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    isbn         VARCHAR(13)  NOT NULL UNIQUE,
    title        VARCHAR(200) NOT NULL,
    author_id    INTEGER      NOT NULL REFERENCES authors (id) ON DELETE RESTRICT,
    price_cents  INTEGER      NOT NULL CHECK (price_cents >= 1),
    stock        INTEGER      NOT NULL CHECK (stock >= 0),
    published_on DATE,
    created_at   DATETIME     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at   DATETIME     NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX books_author_id ON books (author_id);

CREATE TABLE reviews (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    book_id    INTEGER  NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    user_id    INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    rating     INTEGER  NOT NULL CHECK (rating BETWEEN 1 AND 5),
    body       VARCHAR(2000),
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (book_id, user_id)
);
