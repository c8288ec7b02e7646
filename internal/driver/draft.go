package driver

import (
	"path/filepath"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/disk"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// Inputs are what the sqlc configurations of a project lead to: the generated
// queries, and the schema.
type Inputs struct {
	API     *sqlcapi.API
	Catalog *schema.Catalog
}

// LoadInputs reads what the configurations name. The base is the directory of
// the specification; positions are relative to it. What is wrong goes to
// problems; the Inputs hold what could be read in spite of it. What is looked at
// is noted in files, which may be nil.
func LoadInputs(files *disk.Reader, base string, configs []sqlcapi.Config, problems *diag.List) *Inputs {
	api := sqlcapi.Load(files, base, configs, problems)
	return &Inputs{API: api, Catalog: loadSchema(files, base, api, problems)}
}

// Draft does what [Generate] does for a specification that is not written yet,
// with inputs that are loaded already. The inputs may hold queries of which no
// file has the text or the code yet. They are not changed, and serve any number
// of drafts.
func Draft(path string, text []byte, in *Inputs) (*Generation, error) {
	g := &Generation{Base: filepath.Dir(path), File: filepath.Base(path), inputs: in}
	return g.generate(text)
}

// loadSchema reads the SQL files of every package, each once.
func loadSchema(files *disk.Reader, base string, api *sqlcapi.API, problems *diag.List) *schema.Catalog {
	var texts []schema.File
	seen := map[string]bool{}
	for _, p := range api.Packages {
		for _, name := range p.Schema {
			if seen[name] {
				continue
			}
			seen[name] = true
			text, err := files.ReadFile(filepath.Join(base, filepath.FromSlash(name)))
			if err != nil {
				problems.Errorf(p.Pos, "SG157", "the schema file %s cannot be read", name)
				continue
			}
			texts = append(texts, schema.File{Name: name, Text: text})
		}
	}
	return schema.Load(texts, problems)
}
