package main

//go:generate go tool -modfile=../tools/go.mod sqlc generate
//go:generate go run -C .. ./cmd/specgen generate -C bench
