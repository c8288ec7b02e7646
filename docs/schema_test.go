package docs_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/code"
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

const schemaFile = "specgen.schema.json"

// beyondSchema are the problems of the loader that no JSON Schema can find. A
// specification that has no others may be one that the schema accepts.
func beyondSchema() map[string]string {
	return map[string]string{
		"SG002": "how deep values nest, and how much aliases add: not seen in the document that they make",
		"SG003": "a second document in the file: a schema is for each",
		"SG009": "a key that is written twice: a JSON object has it once",
		"SG021": "how a number or a tag is written: JSON has the value",
		"SG031": "the grammar of expressions nests, and patterns do not",
		"SG032": "the grammar of expressions",
		"SG033": "the grammar of expressions",
		"SG034": "the grammar of expressions",
		"SG035": "the grammar of expressions",
		"SG036": "the grammar of expressions",
		"SG037": "the grammar of expressions",
		"SG038": "the grammar of expressions",
		"SG039": "the grammar of expressions",
	}
}

// TestSchemaIsPublished holds the published schema to the loader's.
// SPECGEN_UPDATE=1 writes it.
func TestSchemaIsPublished(t *testing.T) {
	t.Parallel()
	if os.Getenv("SPECGEN_UPDATE") == "1" {
		if err := os.WriteFile(schemaFile, spec.JSONSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, schemaFile), string(spec.JSONSchema())); diff != "" {
		t.Errorf("%s (-published +made):\n%s", schemaFile, diff)
	}
}

// Schema and loader accept and refuse the same specifications: every one that
// this module has.
func TestSchemaAgreesWithLoader(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	beyond := beyondSchema()
	needed := map[string]bool{} // codes without which an exception would be a difference
	var accepted, refused int
	for name, text := range corpus(t) {
		var problems diag.List
		spec.Parse("specgen.yaml", text, &problems)
		var codes []string
		for _, p := range problems.Sorted() {
			codes = append(codes, p.Code)
		}
		instance, err := asJSON(text)
		if err == nil {
			err = compiled.Validate(instance)
		}
		byShape := slices.ContainsFunc(codes, func(code string) bool { return beyond[code] == "" })
		switch {
		case len(codes) == 0 && err != nil:
			t.Errorf("%s: the loader accepts what the schema refuses: %v\n%s", name, err, text)
		case byShape && err == nil:
			t.Errorf("%s: the loader refuses with %q what the schema accepts:\n%s", name, codes, text)
		case len(codes) == 0:
			accepted++
		case err != nil:
			refused++
		default:
			for _, code := range codes {
				needed[code] = true
			}
		}
	}
	if accepted < 120 || refused < 40 {
		t.Errorf("%d specifications are accepted and %d refused: some are lost", accepted, refused)
	}
	for code := range beyond {
		if !needed[code] {
			t.Errorf("no specification that the schema accepts has the problem %s: it is no exception", code)
		}
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(spec.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(spec.SchemaURL, document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(spec.SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// corpus returns every specification of the module, by a name: those of the
// golden cases, the examples of the language reference and of the pages of codes,
// and whole projects.
func corpus(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, pattern := range []string{"../internal/spec/testdata/*.txtar", "../internal/driver/testdata/cases/*.txtar"} {
		for _, file := range glob(t, pattern) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range archive.Files {
				if f.Name == "specgen.yaml" {
					all[file] = f.Data
				}
			}
		}
	}
	for _, pattern := range []string{"../specgen.yaml", "../testdata/*/specgen.yaml", "../examples/*/specgen.yaml", "../bench/*.yaml", "../internal/cli/testdata/project/*.yaml"} {
		for _, file := range glob(t, pattern) {
			if text := read(t, file); strings.Contains(text, "\nscopes:") {
				all[file] = []byte(text)
			}
		}
	}
	examples := readExamples(t, reference)
	base := baseOf(t, examples)
	for _, file := range howtos(t) {
		examples = append(examples, readExamples(t, file)...)
	}
	for _, e := range examples {
		if e.kind == "example" || e.kind == "refused" {
			all[e.place()] = []byte(e.whole(t, base.text, e.name()))
		}
	}
	for _, c := range code.Codes() {
		page, ok := code.Find(c)
		if !ok {
			t.Fatalf("the page of %s is malformed", c)
		}
		for _, part := range page.Example {
			if (part.File == "" || part.File == "specgen.yaml") && !part.Absent && !part.Appended {
				all["the page of "+c] = []byte(withHead(part.Text))
			}
		}
	}
	return all
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files: %v", pattern, len(files), err)
	}
	return files
}

// asJSON reads a YAML file as editors do: by the core schema of YAML 1.2, in
// which a date is text.
func asJSON(text []byte) (any, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	nodes := 0
	return nodeAsJSON(doc.Content[0], &nodes)
}

func nodeAsJSON(n *yaml.Node, nodes *int) (any, error) {
	if *nodes++; *nodes > 100_000 {
		return nil, errors.New("the document is too large")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return nodeAsJSON(n.Alias, nodes)
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			v, err := nodeAsJSON(item, nodes)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := nodeAsJSON(n.Content[i+1], nodes)
			if err != nil {
				return nil, err
			}
			object[n.Content[i].Value] = v
		}
		return object, nil
	}
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strconv.ParseBool(n.Value)
	case "!!int":
		var i int64
		if err := n.Decode(&i); err == nil {
			return i, nil
		}
		fallthrough
	case "!!float":
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return 0.5, nil // JSON has no such number
		}
		return f, nil
	default:
		return n.Value, nil
	}
}
