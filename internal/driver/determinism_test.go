package driver_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/driver"
)

// TestSameInputSameBytes generates every case that has a script twice, and then
// with the keys of all its mappings in other orders.
func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	const seeds = 20
	for _, c := range loadCases(t, newModule(t)) {
		if c.script == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := render(t, c)
			if diff := cmp.Diff(want, render(t, c)); diff != "" {
				t.Errorf("the same again (-first +second):\n%s", diff)
			}
			for seed := range uint64(seeds) {
				writeFile(t, filepath.Join(c.dir, "specgen.yaml"), shuffled(t, c.section("specgen.yaml"), seed))
				if diff := cmp.Diff(want, render(t, c)); diff != "" {
					t.Fatalf("with seed %d (-in order +shuffled):\n%s", seed, diff)
				}
			}
		})
	}
}

// render generates a case in memory, and returns the texts of the files by name.
func render(t *testing.T, c *caseFile) map[string]string {
	t.Helper()
	g, err := driver.Generate(filepath.Join(c.dir, "specgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if g.Problems.HasErrors() {
		t.Fatalf("problems: %v", g.Problems.Sorted())
	}
	texts := map[string]string{}
	for _, f := range g.Files {
		texts[f.Name] = string(f.Text)
	}
	return texts
}

// shuffled writes a document with the keys of every mapping in another order.
func shuffled(t *testing.T, text []byte, seed uint64) []byte {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	shuffle(&doc, rand.New(rand.NewPCG(seed, 0)))
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	if err := enc.Encode(&doc); err != nil {
		t.Fatal(fmt.Errorf("writing the document: %w", err))
	}
	return b.Bytes()
}

func shuffle(n *yaml.Node, r *rand.Rand) {
	for _, child := range n.Content {
		shuffle(child, r)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	r.Shuffle(len(n.Content)/2, func(i, j int) {
		n.Content[2*i], n.Content[2*j] = n.Content[2*j], n.Content[2*i]
		n.Content[2*i+1], n.Content[2*j+1] = n.Content[2*j+1], n.Content[2*i+1]
	})
}
