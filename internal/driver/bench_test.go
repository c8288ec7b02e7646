package driver_test

import (
	"path/filepath"
	"testing"

	"github.com/specgen-dev/specgen/internal/driver"
)

// BenchmarkGenerate runs the pipeline from reading the files to formatted Go in memory: over all cases, of which some end
// with problems, and on the largest of the examples. bench/synth compares it with sqlc on the same input.
func BenchmarkGenerate(b *testing.B) {
	b.Run("cases", func(b *testing.B) {
		cases := loadCases(b, newModule(b))
		want := make([]int, len(cases))
		for i, c := range cases {
			want[i] = generatedSize(b, c.specification(), c.script == "")
		}
		b.ReportAllocs()
		for b.Loop() {
			for i, c := range cases {
				if got := generatedSize(b, c.specification(), c.script == ""); got != want[i] {
					b.Fatalf("%s: %d bytes of Go, and %d before", c.name, got, want[i])
				}
			}
		}
		b.ReportMetric(float64(len(cases)), "cases/op")
	})
	b.Run("backendai", func(b *testing.B) {
		const path = "../../examples/backendai/specgen.yaml"
		want := generatedSize(b, path, false)
		b.ReportAllocs()
		for b.Loop() {
			if got := generatedSize(b, path, false); got != want {
				b.Fatalf("%d bytes of Go, and %d before", got, want)
			}
		}
	})
}

func (c *caseFile) specification() string { return filepath.Join(c.dir, "specgen.yaml") }

// generatedSize generates from a specification and returns how many bytes of Go that gave: none exactly when it must be
// refused.
func generatedSize(b *testing.B, path string, refused bool) int {
	b.Helper()
	g, err := driver.Generate(path)
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for _, f := range g.Files {
		size += len(f.Text)
	}
	if g.Problems.HasErrors() != refused || (size == 0) != refused {
		b.Fatalf("%s: %d bytes of Go, and these problems: %+v", path, size, g.Problems)
	}
	return size
}
