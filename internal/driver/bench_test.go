package driver_test

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/driver"
)

// BenchmarkGenerate runs the pipeline on a real specification, from reading the files to formatted Go in memory. To
// compare it with sqlc, time `sqlc generate` on the same files.
func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	files := 0
	for b.Loop() {
		g, err := driver.Generate("../../examples/backendai/specgen.yaml")
		if err != nil {
			b.Fatal(err)
		}
		if g.Problems.HasErrors() {
			b.Fatalf("the specification has problems: %+v", g.Problems)
		}
		files = len(g.Files)
	}
	const want = 7
	if files != want {
		b.Errorf("%d files, want %d: one for each scope, the Provider and the errors", files, want)
	}
}
