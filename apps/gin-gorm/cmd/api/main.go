// Command api serves the bookshop.
package main

import (
	"log"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"example.com/bookshop/internal/config"
	"example.com/bookshop/internal/models"
	"example.com/bookshop/internal/server"
)

func main() {
	cfg, err := config.Load()
	if err != nil {
		log.Fatalf("read the settings: %v", err)
	}
	db, err := gorm.Open(postgres.Open(cfg.DatabaseURL), models.GormConfig())
	if err != nil {
		log.Fatalf("open the database: %v", err)
	}
	if err := models.Migrate(db); err != nil {
		log.Fatalf("migrate the database: %v", err)
	}
	if err := server.New(cfg, db).Run(":" + cfg.Port); err != nil {
		log.Fatal(err)
	}
}
