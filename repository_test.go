package specgen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yamlv3 "gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/cli"
)

// The workflow of GitHub runs each section of .ci/run once, and no other.
func TestWorkflowRunsEverySection(t *testing.T) {
	t.Parallel()
	m := regexp.MustCompile(`(?m)^sections=\((.*)\)$`).FindStringSubmatch(readFile(t, ".ci/run"))
	if m == nil {
		t.Fatal(".ci/run has no list of sections")
	}
	sections := strings.Fields(m[1])
	var workflow struct {
		Jobs map[string]struct {
			Strategy struct {
				Matrix struct{ Sections []string }
			}
			Steps []struct{ Run string }
		}
	}
	readYAML(t, ".github/workflows/ci.yml", &workflow)
	var run []string
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			args, ok := strings.CutPrefix(step.Run, ".ci/run ")
			switch {
			case ok && args == "${{ matrix.sections }}":
				for _, list := range job.Strategy.Matrix.Sections {
					run = append(run, strings.Fields(list)...)
				}
			case ok:
				run = append(run, strings.Fields(args)...)
			}
		}
	}
	slices.Sort(run)
	slices.Sort(sections)
	// PostgreSQL is installed wherever something needs it.
	if diff := cmp.Diff(sections, slices.Compact(run)); diff != "" {
		t.Errorf("sections (-.ci/run +workflow):\n%s", diff)
	}
}

// The hooks of pre-commit are commands of specgen, for the files that it reads.
func TestPreCommitHooks(t *testing.T) {
	t.Parallel()
	var hooks []struct{ ID, Entry, Language, Files string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 2 {
		t.Errorf("there are %d hooks", len(hooks))
	}
	for _, h := range hooks {
		args := strings.Fields(h.Entry)
		if args[0] != "specgen" || h.ID != strings.Join(args, "-") || h.Language != "golang" {
			t.Errorf("the hook %s runs %q by %s", h.ID, h.Entry, h.Language)
		}
		if code := cli.Run(append(args[1:], "--help"), &strings.Builder{}, &strings.Builder{}); code != 0 {
			t.Errorf("%s ends with %d", h.Entry, code)
		}
		files := regexp.MustCompile(h.Files)
		for path, want := range map[string]bool{
			"specgen.yaml": true, "app/specgen.yml": true, "db/sqlc.json": true, "queries/a.sql": true, "gen/db/models.go": true,
			"README.md": false, "sqlc.yaml.orig": false,
		} {
			if files.MatchString(path) != want {
				t.Errorf("the hook %s is for %s: %v", h.ID, path, !want)
			}
		}
	}
}

// The action's steps, run as a workflow runs them, check a project, find stale
// code, compare with a commit, and refuse other commands.
func TestAction(t *testing.T) {
	t.Parallel()
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	readYAML(t, "action.yml", &action)
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	project, temp := t.TempDir(), t.TempDir()
	if err := os.CopyFS(project, os.DirFS("internal/cli/testdata/project")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(project, "go.mod"), []byte("module example.com/app\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	input := regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`)
	run := func(inputs map[string]string) (string, int) {
		var out string
		for _, step := range action.Runs.Steps {
			if step.Run == "" {
				continue
			}
			if strings.Contains(step.Run, "${{") {
				t.Errorf("a value stands in the text of a script:\n%s", step.Run)
			}
			cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
			cmd.Dir = project
			cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+root, "RUNNER_TEMP="+temp, "GITHUB_WORKSPACE="+project)
			for name, value := range step.Env {
				m := input.FindStringSubmatch(value)
				if m == nil {
					t.Fatalf("%s is %q, which is no input", name, value)
				}
				declared, ok := action.Inputs[m[1]]
				if !ok {
					t.Fatalf("there is no input %s", m[1])
				}
				given, ok := inputs[m[1]]
				if !ok {
					given = declared.Default
				}
				cmd.Env = append(cmd.Env, name+"="+given)
			}
			text, err := cmd.CombinedOutput()
			out += string(text)
			if err != nil {
				return out, cmd.ProcessState.ExitCode()
			}
		}
		return out, 0
	}
	for _, tc := range []struct {
		inputs map[string]string
		says   string
		code   int
	}{
		{nil, "", 0},
		{map[string]string{"command": "diff", "strict": "true"}, "the generated code is stale", 3},
		{map[string]string{"file": "other.yaml"}, "other.yaml", 2},
		{map[string]string{"file": "specgen.yaml\nother.yaml\n"}, "other.yaml", 2},
		{map[string]string{"command": "breaking", "against": "HEAD"}, "is in no git repository", 2},
		{map[string]string{"command": "generate; echo $HOME"}, "must be check, diff or breaking", 2},
	} {
		if out, code := run(tc.inputs); code != tc.code || !strings.Contains(out, tc.says) {
			t.Errorf("%v ends with %d, want %d and %q:\n%s", tc.inputs, code, tc.code, tc.says, out)
		}
	}
}

func readYAML(t *testing.T, name string, v any) {
	t.Helper()
	if err := yamlv3.Unmarshal([]byte(readFile(t, name)), v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
