package main

import (
	_ "github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/uptrace/bun"
	_ "github.com/uptrace/bun/dialect/pgdialect"
	_ "gorm.io/driver/postgres"
	_ "gorm.io/gorm"
	_ "github.com/specgen-dev/specgen/internal/pglocal"
	_ "github.com/specgen-dev/specgen/gen/rbac"
	_ "github.com/specgen-dev/specgen/schema"
)

func main() {}
