#!/bin/sh
# Makes the generated code of every case anew. Run it from this directory after
# the version of sqlc, a configuration or an SQL file here was changed.
set -eu
for config in */sqlc.yaml */sqlc.yml */sqlc.json; do
	dir=$(dirname "$config")
	find "$dir" -name '*.go' -delete
	go tool -modfile=../../../tools/go.mod sqlc generate -f "$config"
done
rm -r two/gen/json
