# sqlc builds in two thirds of the time without cgo.
export CGO_ENABLED = 0

.PHONY: help generate test lint editor release ci

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

generate: ## make the generated code again, in every module
	.ci/run regenerate

test: ## run the tests; they need PostgreSQL
	go test ./...

lint: ## gofmt, go vet, staticcheck and go mod tidy, without changing anything
	.ci/run format vet staticcheck tidy

editor: ## try the schema of specgen.yaml in a YAML language server; it needs npm
	.ci/run editor

release: ## build the archives of a release into dist/
	.ci/release

ci: ## everything that must hold before a change is merged
	.ci/run
