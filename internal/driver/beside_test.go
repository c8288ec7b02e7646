package driver_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/specgen-dev/specgen/internal/driver"
)

// TestBeside puts files beside the generated ones: what the Go compiler refuses is
// SG606, and what it takes is not.
func TestBeside(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/cases/minimal.txtar")
	if err != nil {
		t.Fatal(err)
	}
	root := newModule(t)
	c := &caseFile{name: "minimal", archive: archive, dir: filepath.Join(root, "minimal")}
	c.layOut(t)
	if _, err := generate(t, c.dir).Write(); err != nil {
		t.Fatal(err)
	}
	const own, test = "own.go", "own_test.go"
	for _, tc := range []struct{ file, text string }{
		{own, "package gen\n\ntype Provider struct{}\n"},
		{own, "package gen\n\nvar (\n\tx, PreparedTeam = 1, 2\n)\n"},
		{own, "package gen\n\nfunc NewProvider() {}\n"},
		{own, "package gen\n\ntype WriterOps = int\n"},
		{own, "package gen\n\nconst teamConstraints = 1\n"},
		{own, "package gen\n\nfunc (p *Provider) CreateTeam() {}\n"},
		{own, "package gen\n\nfunc (p *Provider) MakeTeam() {}\n"},
		{own, "package gen\n\nfunc (p Provider) runner() {}\n"},
		{own, "package gen\n\nfunc (TeamCreatorResult) Row() {}\n"},
		{own, "package gen\n\ntype context struct{}\n"},
		{own, "package gen\n\ntype db struct{}\n"},
		{own, "package gen\n\ntype pgx struct{}\n\ntype uuid int\n\nvar TeamID, Create, runner, ctx, err, _ int\n"},
		{own, "package gen\n\nfunc nil() {}\n"},
		{own, "package gen\n\nfunc clear() {}\n\nfunc init() {}\n"},
		{own, "package gen\n\nimport Provider \"os\"\n\nvar X = Provider.Args\n"},
		{own, "package gen\n\nimport \"os\"\n\nfunc (p *Provider) Args() []string { return os.Args }\n"},
		{own, "package gen\n\ntype T struct{ Provider }\n\nfunc (T) CreateTeam() {}\n\nfunc f() { var Provider int; _ = Provider }\n"},
		{own, "//go:build ignore\n\npackage main\n\ntype Provider struct{}\n"},
		{own, "//go:build sometimes\n\npackage gen\n\ntype Provider struct{}\n"},
		{test, "package gen\n\ntype Provider struct{}\n"},
		{test, "package gen_test\n\ntype Provider struct{}\n"},
		{"_own.go", "package gen\n\ntype Provider struct{}\n"},
	} {
		path := filepath.Join(c.dir, "gen", tc.file)
		writeFile(t, path, []byte(tc.text))
		cmd := exec.CommandContext(t.Context(), "go", "vet", "-trimpath", "./minimal/gen")
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
		out, refused := cmd.CombinedOutput()
		g, err := driver.Generate(filepath.Join(c.dir, "specgen.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		problems := g.Problems.Sorted()
		if told := len(problems) == 1 && problems[0].Code == "SG606"; told != (refused != nil) || !told && len(problems) > 0 {
			t.Errorf("%s: %q: problems %v; the compiler says:\n%s", tc.file, tc.text, problems, out)
		}
		if !g.Problems.HasErrors() {
			if _, err := g.Write(); err != nil {
				t.Errorf("%s: %q: %v", tc.file, tc.text, err)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}
