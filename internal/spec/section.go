package spec

import (
	"gopkg.in/yaml.v3"
)

// document reads the top level of the file.
func (p *parser) document(v value, doc *Document) {
	const what = "the specification"
	m, ok := p.mapping(v, what, "a mapping")
	if !ok || !p.version(m) {
		return
	}
	f := p.known(m, what, []string{"version", "sqlc", "output", "go", "context", "data", "blocks", "scopes"})
	p.require(f, f.pos, what, "version", "version: 1")
	p.sqlc(f, what, doc)
	p.output(f, what, doc)
	p.goPackage(f, doc)
	doc.Context = p.declarations(f, "context")
	doc.Data = p.data(f)
	doc.Blocks = p.blocks(f)
	p.scopes(f, what, doc)
}

// version reports whether the file is of the version that this package reads.
// A later version has another grammar: going on would report nonsense.
func (p *parser) version(m mapping) bool {
	v, ok := m.get("version")
	if !ok {
		return true
	}
	if v.node.Kind != yaml.ScalarNode || scalarTag(v.node) != "!!int" {
		p.wrongKind(v, "`version`", "the number 1", "write `version: 1`")
		return true
	}
	if v.node.Value != "1" {
		p.errorf(v.pos, "SG015", "write `version: 1`, or use a later specgen", "version %s of the language is not supported", v.node.Value)
		return false
	}
	return true
}

func (p *parser) sqlc(f fields, what string, doc *Document) {
	const want = "a path, or a list of paths"
	p.require(f, f.pos, what, "sqlc", "sqlc: sqlc.yaml")
	v, ok := f.get("sqlc")
	switch {
	case !ok:
	case v.node.Kind == yaml.MappingNode:
		p.wrongKind(v, "`sqlc`", want, "")
	case v.node.Kind == yaml.SequenceNode:
		doc.Sqlc = p.names(v, "`sqlc`", want, anyText)
	default:
		if t := p.matching(v, "`sqlc`", anyText); t.Value != "" {
			doc.Sqlc = []Text{t}
		}
	}
}

func (p *parser) output(f fields, what string, doc *Document) {
	doc.Output = Output{Dir: f.absent(), Package: f.absent()}
	p.require(f, f.pos, what, "output", "output: {dir: gen/rbac}")
	v, ok := f.get("output")
	if !ok {
		return
	}
	out, ok := p.fields(v, "`output`", "dir", "package")
	if !ok {
		return
	}
	doc.Output = Output{Dir: p.optional(out, "dir", anyText), Package: p.optional(out, "package", p.isPackage)}
	p.require(out, out.pos, "`output`", "dir", "dir: gen/rbac")
	if _, written := out.get("package"); !written && doc.Output.Dir.Value != "" {
		doc.Output.Package = p.packageOf(doc.Output.Dir)
	}
}

func (p *parser) goPackage(f fields, doc *Document) {
	doc.Go = f.absent()
	v, ok := f.get("go")
	if !ok {
		return
	}
	g, ok := p.fields(v, "`go`", "package")
	if !ok {
		return
	}
	doc.Go = p.optional(g, "package", p.isImportPath)
	p.require(g, g.pos, "`go`", "package", "package: example.com/app/rules")
}

// declarations reads `context` or `inputs`. A context needs its types; the type
// of an input may come from a parameter of its name.
func (p *parser) declarations(f fields, key string) []*Declaration {
	v, ok := f.get(key)
	if !ok {
		return nil
	}
	m, _ := p.mapping(v, "`"+key+"`", "a mapping of names to types")
	var declarations []*Declaration
	check := p.isName
	if key == "inputs" {
		check = p.isForeign // it may be the name of a parameter
	}
	for _, e := range m.entries {
		named := check(e.key, "the name of an entry of `"+key+"`")
		if d := p.declaration(e, key); d != nil && named {
			declarations = append(declarations, d)
		}
	}
	return declarations
}

func (p *parser) declaration(e entry, key string) *Declaration {
	d := &Declaration{Name: e.key, Doc: Text{Pos: e.value.pos}}
	if e.value.node.Kind != yaml.MappingNode {
		want := "a type such as uuid or \"[]uuid\", or {type, doc}"
		if key == "inputs" {
			want = "a type such as uuid or \"[]uuid\", or {type, default, doc}"
		}
		if e.value.node.Kind == yaml.SequenceNode {
			p.wrongKind(e.value, quoted(e.key.Value), want, "quote the type of a list: \"[]uuid\"")
			return nil
		}
		if e.value.isNull() {
			p.wrongKind(e.value, quoted(e.key.Value), want, "")
			return nil
		}
		if d.Type = p.matching(e.value, "a type", anyText); d.Type.Value == "" {
			return nil
		}
		return d
	}
	known := []string{"type", "doc"}
	if key == "inputs" {
		known = []string{"type", "default", "doc"}
	}
	before := len(p.reported)
	f, ok := p.fields(e.value, "an entry of `"+key+"`", known...)
	if !ok {
		return nil
	}
	d.Type, d.Doc = p.optional(f, "type", anyText), p.optional(f, "doc", anyText)
	if v, ok := f.get("default"); ok {
		d.Default = p.literal(v, "a default")
	}
	if key == "context" {
		p.require(f, e.key.Pos, quoted(e.key.Value), "type", "type: uuid")
	}
	if len(p.reported) > before {
		return nil // of no certain type
	}
	return d
}

// data reads the named lists of constant rows.
func (p *parser) data(f fields) []*Data {
	v, ok := f.get("data")
	if !ok {
		return nil
	}
	m, _ := p.mapping(v, "`data`", "a mapping of names to {key, rows}")
	var data []*Data
	for _, e := range m.entries {
		what := "the data " + quoted(e.key.Value)
		named := p.isName(e.key, "the name of data")
		f, ok := p.fields(e.value, what, "key", "rows")
		if !ok {
			continue
		}
		d := &Data{Name: e.key, Key: p.optional(f, "key", p.isForeign)}
		p.require(f, e.key.Pos, what, "rows", "rows: [{…}]")
		if rows, ok := f.get("rows"); ok {
			d.Rows = p.rows(rows)
		}
		if named && d.Rows != nil {
			data = append(data, d)
		}
	}
	return data
}

func (p *parser) rows(v value) *List {
	rows := &List{Pos: v.pos}
	for _, item := range p.list(v, "`rows`", "a list of mappings") {
		if item.node.Kind != yaml.MappingNode {
			p.wrongKind(item, "a row", "a mapping of fields to values", "")
			continue
		}
		if row := p.literal(item, "a row"); row != nil {
			rows.Items = append(rows.Items, row)
		}
	}
	if len(rows.Items) == 0 {
		return nil
	}
	return rows
}

// blocks reads the lists of steps that scopes share.
func (p *parser) blocks(f fields) []*Block {
	v, ok := f.get("blocks")
	if !ok {
		return nil
	}
	m, _ := p.mapping(v, "`blocks`", "a mapping of names to {params, steps}")
	var blocks []*Block
	for _, e := range m.entries {
		what := "the block " + quoted(e.key.Value)
		named := p.isName(e.key, "the name of a block")
		f, ok := p.fields(e.value, what, "params", "steps", "ignore")
		if !ok {
			continue
		}
		p.ignore(f, e.key.Pos, e.value.node)
		b := &Block{Name: e.key}
		if params, ok := f.get("params"); ok {
			b.Params = p.names(params, "`params`", "a list of names", p.isLocal)
		}
		b.Steps = p.steps(f, "steps")
		p.require(f, e.key.Pos, what, "steps", "steps: [ … ]")
		if named {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

func (p *parser) scopes(f fields, what string, doc *Document) {
	p.require(f, f.pos, what, "scopes", "scopes: {project: {row: CreateProject}}")
	v, ok := f.get("scopes")
	if !ok {
		return
	}
	m, ok := p.mapping(v, "`scopes`", "a mapping of names to scopes")
	if ok && len(v.node.Content) == 0 {
		p.errorf(v.pos, "SG014", "add a scope", "`scopes` is empty")
	}
	for _, e := range m.entries {
		named := p.isName(e.key, "the name of a scope")
		if s := p.scope(e); s != nil && named {
			doc.Scopes = append(doc.Scopes, s)
		}
	}
}

// errors reads the constraints that have an error of their own.
func (p *parser) errors(f fields) []*ConstraintError {
	v, ok := f.get("errors")
	if !ok {
		return nil
	}
	m, _ := p.mapping(v, "`errors`", "a mapping of constraints to errors")
	var errors []*ConstraintError
	for _, e := range m.entries {
		if e.key.Value == "" {
			p.errorf(e.key.Pos, "SG016", "", "a constraint needs a name")
			continue
		}
		if t := p.matching(e.value, "the error of "+quoted(e.key.Value), p.isError); t.Value != "" {
			errors = append(errors, &ConstraintError{Constraint: e.key, Error: t})
		}
	}
	return errors
}
