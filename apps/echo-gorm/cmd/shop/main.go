// Command shop serves the bookshop.
package main

import (
	"log"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"

	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/handler"
)

func main() {
	cfg, err := config.Load()
	if err != nil {
		log.Fatal(err)
	}
	db, err := gorm.Open(mysql.Open(cfg.DatabaseDSN), &gorm.Config{
		TranslateError: true,
		NowFunc:        func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	})
	if err != nil {
		log.Fatalf("open the database: %v", err)
	}
	server, err := handler.NewServer(cfg, db)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.Start(cfg.Address))
}
