package explain_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/explain"
	"github.com/specgen-dev/specgen/internal/plan"
)

func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("SPECGEN_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func document(t *testing.T, spec, scope string) *explain.Document {
	t.Helper()
	g, err := driver.Generate(filepath.Join("..", "..", filepath.FromSlash(spec)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := explain.New(g.Plan, scope)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDocuments holds the plans of the README's example, and of a scope of the
// reference RBAC with parents and nested loops.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*explain.Document{
		"readme":  document(t, "testdata/readme/specgen.yaml", ""),
		"project": document(t, "specgen.yaml", "project"),
	} {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		validate(t, text)
		golden(t, filepath.Join("testdata", name+".json"), text)
		golden(t, filepath.Join("testdata", name+".md"), d.Markdown())
	}
}

func validate(t *testing.T, text string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../docs/plans.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestNothingIsNull holds that readers find empty arrays.
func TestNothingIsNull(t *testing.T) {
	t.Parallel()
	d, err := explain.New(&plan.Package{Name: "p", Scopes: []*plan.Scope{{Name: "s", Operations: []*plan.Operation{{
		Plan: &plan.Coordinator{Flushes: []*plan.Flush{{}, {Calls: []*plan.Call{{}}}}}}}}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "null") {
		t.Errorf("a list is null:\n%s", text)
	}
}

// TestMarkdownIsText holds that no text becomes markup.
func TestMarkdownIsText(t *testing.T) {
	t.Parallel()
	const attack = "a|b`c``d\n\n# evil <img> ~~~ ```` [x](y) \\"
	c := &plan.Coordinator{Flushes: []*plan.Flush{{Calls: []*plan.Call{{Step: attack, Action: attack, Query: attack, SQL: attack,
		Args: []plan.Arg{{Name: attack, Source: attack, Rule: attack}}, Fails: []plan.Failure{{When: attack, Error: attack}}}}}}}
	d, err := explain.New(&plan.Package{Name: attack, Scopes: []*plan.Scope{{Name: attack, Doc: attack, Operations: []*plan.Operation{{Plan: c}}}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	fence := ""
	for line := range strings.Lines(d.Markdown()) {
		line = strings.TrimSpace(line)
		switch {
		case fence != "":
			if line == fence {
				fence = ""
			}
		case strings.HasSuffix(line, "`sql"):
			fence = strings.TrimSuffix(line, "sql")
			if len(fence) < 5 {
				t.Errorf("the fence %s is no longer than what it holds", fence)
			}
		case strings.HasPrefix(line, "# evil"):
			t.Errorf("text became a heading")
		case strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") > 4:
			t.Errorf("text became a cell: %s", line)
		}
	}
	if fence != "" {
		t.Errorf("the fence %s is not closed", fence)
	}
}

// TestSchema holds docs/plans.schema.json against the types.
func TestSchema(t *testing.T) {
	t.Parallel()
	defs := map[string]any{}
	top := schemaOf(reflect.TypeFor[explain.Document](), defs)
	schema := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "https://github.com/specgen-dev/specgen/blob/main/docs/plans.schema.json",
		"title":       "Plans that specgen prints with explain --format json",
		"description": "Fields may be added within a version; readers ignore those that they do not know.",
		"$ref":        top["$ref"],
		"$defs":       defs,
	}
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "..", "docs", "plans.schema.json"), string(text)+"\n")
}

// schemaOf is the JSON Schema of a type; that of a struct goes to defs.
func schemaOf(t reflect.Type, defs map[string]any) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), defs)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), defs)}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Struct:
		name := strings.ToLower(t.Name())
		if defs[name] == nil {
			properties, required := map[string]any{}, []string{}
			defs[name] = map[string]any{"type": "object", "properties": properties, "required": &required}
			for i := range t.NumField() {
				f := t.Field(i)
				key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
				property := schemaOf(f.Type, defs)
				if doc := f.Tag.Get("doc"); doc != "" {
					property["description"] = doc
				}
				properties[key] = property
				if options != "omitempty" {
					required = append(required, key)
				}
			}
		}
		return map[string]any{"$ref": "#/$defs/" + name}
	default:
		return map[string]any{"type": "string"}
	}
}
