package spec

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/specgen-dev/specgen/internal/diag"
)

// specFile is the name under which the tests parse a specification.
const specFile = "specgen.yaml"

// TestParse parses specgen.yaml of every archive in testdata. An archive holds
// the problems expected, if any, and the document, if there are none; where
// there are problems, a document is compared if the archive has one.
// SPECGEN_UPDATE=1 rewrites what is expected.
func TestParse(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 45 {
		t.Fatalf("testdata has %d cases, want 45 at least", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: archive.Comment}
			text := section(archive, specFile)
			got.Files = append(got.Files, txtar.File{Name: specFile, Data: text})
			var problems diag.List
			doc := Parse(specFile, text, &problems)
			if problems.Len() > 0 {
				got.Files = append(got.Files, txtar.File{Name: "problems", Data: printProblems(t, &problems, text)})
			}
			if problems.Len() == 0 || section(archive, "document") != nil {
				got.Files = append(got.Files, txtar.File{Name: "document", Data: []byte(dump(doc))})
			}
			if os.Getenv("SPECGEN_UPDATE") == "1" {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(got))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func section(a *txtar.Archive, name string) []byte {
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return a.Files[i].Data
}

func printProblems(t *testing.T, problems *diag.List, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := diag.PrintText(&b, problems.Sorted(), func(string) []byte { return text }); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
